revoke all on support_group from :"app_role";
grant select, insert, update on support_group to :"app_role";

alter table support_group enable row level security;
alter table support_group force row level security;

drop policy if exists tenant on support_group;
create policy tenant on support_group to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or member_id in (select p.id from member p)))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or member_id in (select p.id from member p)));

drop policy if exists system on support_group;
create policy system on support_group to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
