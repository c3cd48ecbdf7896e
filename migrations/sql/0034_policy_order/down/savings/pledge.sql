revoke all on pledge from :"app_role";
grant select, insert, update on pledge to :"app_role";

alter table pledge enable row level security;
alter table pledge force row level security;

drop policy if exists tenant on pledge;
create policy tenant on pledge to :"app_role"
    using (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])))
    with check (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])));

drop policy if exists system on pledge;
create policy system on pledge to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
