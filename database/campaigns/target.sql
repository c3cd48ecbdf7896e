revoke all on target from :"app_role";
grant select, insert, update on target to :"app_role";

alter table target enable row level security;
alter table target force row level security;

-- A collector sees what is set for them, a treasurer what is set for their group, wherever its place is; what is set for another
-- person or group only who works for all groups.
drop policy if exists tenant on target;
create policy tenant on target to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups()) or for_user_id is null and for_group_id is null
            or for_user_id = (select scope_actor()) or for_group_id = any ((select scope_groups())::uuid[])))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups()) or for_user_id is null and for_group_id is null
            or for_user_id = (select scope_actor()) or for_group_id = any ((select scope_groups())::uuid[])));

drop policy if exists tenant_read on target;
create policy tenant_read on target for select to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and (province_code is null
                and ((select scope_all_groups()) or for_user_id is null and for_group_id is null)
            or for_user_id = (select scope_actor()) or for_group_id = any ((select scope_groups())::uuid[])));

drop policy if exists system on target;
create policy system on target to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
