-- Which other enrolments of the same person lie in some of the same months as each of these enrolments of the actor's
-- network: of its own member, whichever group sent them, and of whoever else is the same person in any register. Of the
-- latter a union is told only of an enrolment that BHXH has accepted with the member's numbers as they are, and then only that somebody has paid or that BHXH
-- accepted it: else it would learn whether anybody whose number it enters is insured elsewhere. BHXH is told all.
create or replace function other_enrolments(p_enrolments uuid[])
returns table (enrolment_id uuid, other_id uuid, own boolean, status text, network text, from_month date, months integer)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    asking constant text := scope_network();
begin
    perform set_config('app.system', 'on', true);
    return query
    with asked as materialized (
        select e.id, e.member_id, e.product, e.from_month, (e.from_month + make_interval(months => e.months))::date as until,
               asking = '*' or e.status in ('accepted', 'paid', 'active')
                   and (m.numbers_since is null or e.decided_at > m.numbers_since) as told
          from enrolment e join member m on m.id = e.member_id where e.id = any (p_enrolments) and asking in ('*', e.network)
    ), person as materialized (
        select s.member_id, s.id
          from same_person(array(select distinct a.member_id from asked a where a.told)) s
    ), same as (
        select a.id, a.member_id as other from asked a
        union
        select a.id, p.id from asked a join person p on p.member_id = a.member_id where a.told
    )
    select a.id, case when asking = '*' or o.member_id = a.member_id then o.id end, o.member_id = a.member_id,
           case when c.id is null then o.status else 'paid' end, case when asking = '*' then n.name_vi end,
           o.from_month, o.months
      from same s
      join asked a on a.id = s.id
      join enrolment o on o.member_id = s.other and o.id <> a.id and o.product = a.product
           and o.from_month < a.until and a.from_month < (o.from_month + make_interval(months => o.months))::date
      join network n on n.code = o.network
      left join coverage c on c.enrolment_id = o.id and c.valid_from is not null
           and (c.ended_on is null or c.ended_on >= a.from_month)
     where (o.status in ('submitted', 'accepted', 'paid', 'active') or c.id is not null)
       and (asking = '*' or o.member_id = a.member_id or o.status in ('accepted', 'paid', 'active') or c.id is not null)
     order by a.id, o.id;
    perform set_config('app.system', was, true);
end $$;

grant execute on function other_enrolments to :"app_role";
