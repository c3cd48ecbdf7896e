revoke all on organisation_place from :"app_role";
grant select, insert, update, delete on organisation_place to :"app_role";

alter table organisation_place enable row level security;
alter table organisation_place force row level security;

-- Read with the organisation, and written by those in whose places it sits: a unit of the whole network only nationally.
drop policy if exists tenant on organisation_place;
create policy tenant on organisation_place to :"app_role"
    using (exists (select from organisation o where o.id = organisation_id
            and ((select scope_national())
                or o.province_code = any ((select scope_provinces())::text[])
                or o.commune_code = any ((select scope_communes())::text[])))
        and coverage_in_scope(provinces, communes, nationwide))
    with check (exists (select from organisation o where o.id = organisation_id
            and ((select scope_national())
                or o.province_code = any ((select scope_provinces())::text[])
                or o.commune_code = any ((select scope_communes())::text[])))
        and coverage_in_scope(provinces, communes, nationwide));

drop policy if exists tenant_read on organisation_place;
create policy tenant_read on organisation_place for select to :"app_role"
    using (exists (select from organisation o where o.id = organisation_id));

drop policy if exists system on organisation_place;
create policy system on organisation_place to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
