revoke all on target_version from :"app_role";
grant select, insert on target_version to :"app_role";

alter table target_version enable row level security;
alter table target_version force row level security;

drop policy if exists tenant on target_version;
create policy tenant on target_version to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])));

drop policy if exists tenant_read on target_version;
create policy tenant_read on target_version for select to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and (province_code is null
            or exists (select from target t where t.id = target_id and (t.for_user_id = (select scope_actor())
                or t.for_group_id = any ((select scope_groups())::uuid[])))));

drop policy if exists system on target_version;
create policy system on target_version to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger append_only before update or delete on target_version
    for each row execute function refuse_change();

create or replace trigger append_only_truncate before truncate on target_version
    for each statement execute function refuse_change();
