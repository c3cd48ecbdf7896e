revoke all on emergency_access from :"app_role";
grant select, insert, update on emergency_access to :"app_role";

alter table emergency_access enable row level security;
alter table emergency_access force row level security;

-- Those of the place that is asked for see it, and those of the organisation that asks.
drop policy if exists tenant_read on emergency_access;
create policy tenant_read on emergency_access for select to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation()))
        and (select scope_all_groups()) and not (select scope_limited()));

drop policy if exists own_act on emergency_access;
create policy own_act on emergency_access for insert to :"app_role"
    with check (requested_by = (select scope_actor()) and organisation_id = (select scope_organisation())
        and status = 'requested' and (select scope_network()) is not null);

-- What a step may be, and whose, is said by the trigger.
drop policy if exists step on emergency_access;
create policy step on emergency_access for update to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation()))
        and (select scope_all_groups()) and not (select scope_limited()));

drop policy if exists system on emergency_access;
create policy system on emergency_access to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger step before update on emergency_access
    for each row execute function emergency_step();

create or replace trigger no_delete before delete on emergency_access
    for each row execute function refuse_change();

create or replace trigger append_only_truncate before truncate on emergency_access
    for each statement execute function refuse_change();
