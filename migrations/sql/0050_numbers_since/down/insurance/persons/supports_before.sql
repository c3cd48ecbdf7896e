-- How many months with the state's support each of these members of the actor's network already had, over all registers:
-- the limit is one for a person's lifetime. p_enrolments, beside p_members: the enrolment whose price is asked, or null.
--
-- It says a number and no more; and a union is told that of its own member alone until BHXH has accepted an enrolment of
-- the member: else it would learn from a price whether anybody whose number it enters is insured in another register.
create or replace function supports_before(p_members uuid[], p_enrolments uuid[])
returns table (member_id uuid, enrolment_id uuid, months integer)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    asking constant text := scope_network();
begin
    perform set_config('app.system', 'on', true);
    return query
    with asked as materialized (
        select x.member_id, x.enrolment_id,
               asking = '*' or exists (
                   select from enrolment e
                    where e.member_id = m.id and e.status in ('accepted', 'paid', 'active', 'ended')) as accepted
          from (select distinct * from unnest(p_members, p_enrolments)) as x (member_id, enrolment_id)
          join member m on m.id = x.member_id and asking in ('*', m.network)
    ), person as materialized (
        select s.member_id, array_agg(s.id) as ids
          from same_person(array(select distinct a.member_id from asked a where a.accepted)) s group by s.member_id
    )
    select a.member_id, a.enrolment_id, support_of(coalesce(p.ids, array[a.member_id]), a.enrolment_id)
      from asked a left join person p on p.member_id = a.member_id;
    perform set_config('app.system', was, true);
end $$;

grant execute on function supports_before to :"app_role";
