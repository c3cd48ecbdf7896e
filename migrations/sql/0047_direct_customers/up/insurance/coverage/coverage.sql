revoke all on coverage from :"app_role";
grant select, insert, update on coverage to :"app_role";

alter table coverage enable row level security;
alter table coverage force row level security;

drop policy if exists tenant on coverage;
create policy tenant on coverage to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])
            or group_id is null and is_direct_customer(member_id)))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])
            or group_id is null and is_direct_customer(member_id)));

drop policy if exists system on coverage;
create policy system on coverage to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger fixed before update or delete on coverage for each row
    execute function refuse_other_change('months', 'supported_months', 'ended_on', 'ended_why', 'version');
