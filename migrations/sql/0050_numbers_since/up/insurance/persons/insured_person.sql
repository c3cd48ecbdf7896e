-- What the law asks of the person of an enrolment of the actor's network who pays for it: a collector takes the money of a
-- customer whose record in the register they do not see. For the price alone; no answer shows it.
create or replace function insured_person(p_enrolment uuid)
returns table (birth_date date, sex text, numbers_since timestamptz)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    asking constant text := scope_network();
begin
    perform set_config('app.system', 'on', true);
    return query
    select m.birth_date, m.sex, m.numbers_since
      from enrolment e join member m on m.id = e.member_id
     where e.id = p_enrolment and asking in ('*', e.network);
    perform set_config('app.system', was, true);
end $$;

grant execute on function insured_person to :"app_role";
