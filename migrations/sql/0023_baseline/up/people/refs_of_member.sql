-- What rows of a batch share is looked for once for each value of a statement, where a foreign key looks once for each
-- row: a third of what writing an enrolment cost. At the other end the parents refuse to go or to change their key (their
-- triggers `kept`), so that nothing is ever referred to that is not there.
create or replace function refs_of_member() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    lost boolean;
begin
    perform set_config('app.system', 'on', true);
    lost := exists (select from (select distinct network, organisation_id from added) a
                    where not ((a.network is null or exists (select from network p where p.code = a.network))
                        and (a.organisation_id is null or exists (select from organisation p where p.id = a.organisation_id))));
    perform set_config('app.system', was, true);
    if lost then
        raise exception 'table % refers to what is not there', tg_table_name using errcode = '23503';
    end if;
    return null;
end $$;
