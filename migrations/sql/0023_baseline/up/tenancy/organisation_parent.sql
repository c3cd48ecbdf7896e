revoke all on organisation_parent from :"app_role";
grant select, insert, update on organisation_parent to :"app_role";

alter table organisation_parent enable row level security;
alter table organisation_parent force row level security;

-- Read with the organisation, and written by those in whose places it sits: a unit of the whole network only nationally.
drop policy if exists tenant on organisation_parent;
create policy tenant on organisation_parent to :"app_role"
    using (exists (select from organisation o where o.id = organisation_id
            and ((select scope_national())
                or o.province_code = any ((select scope_provinces())::text[])
                or o.commune_code = any ((select scope_communes())::text[])))
        and exists (select from organisation o where o.id = parent_id))
    with check (exists (select from organisation o where o.id = organisation_id
            and ((select scope_national())
                or o.province_code = any ((select scope_provinces())::text[])
                or o.commune_code = any ((select scope_communes())::text[])))
        and exists (select from organisation o where o.id = parent_id));

drop policy if exists tenant_read on organisation_parent;
create policy tenant_read on organisation_parent for select to :"app_role"
    using (exists (select from organisation o where o.id = organisation_id));

drop policy if exists system on organisation_parent;
create policy system on organisation_parent to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger no_cycle after insert or update on organisation_parent
    for each row execute function refuse_cycle();
