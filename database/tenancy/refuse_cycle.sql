-- Nobody stands above themselves on any day. One change of the tree at a time, so that two cannot close a circle together.
create or replace function refuse_cycle() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform pg_advisory_xact_lock(hashtext('ansinh.organisation_parent'));
    perform set_config('app.system', 'on', true);
    if exists (
        with recursive above as (
            select new.parent_id as id, daterange(new.valid_from, new.valid_to, '[]') as days
            union
            select p.parent_id, a.days * daterange(p.valid_from, p.valid_to, '[]')
              from above a join organisation_parent p
                on p.organisation_id = a.id and daterange(p.valid_from, p.valid_to, '[]') && a.days
        ) select from above where id = new.organisation_id
    ) then
        raise exception using errcode = 'AS409', message = 'organisation_cycle', detail = '{}';
    end if;
    perform set_config('app.system', was, true);
    return null;
end $$;
