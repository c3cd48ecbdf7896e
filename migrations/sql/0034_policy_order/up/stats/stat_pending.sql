revoke all on stat_pending from :"app_role";
grant select on stat_pending to :"app_role";

alter table stat_pending enable row level security;
alter table stat_pending force row level security;

drop policy if exists tenant on stat_pending;
create policy tenant on stat_pending to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])));

drop policy if exists system on stat_pending;
create policy system on stat_pending to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

drop policy if exists follow on stat_pending;
create policy follow on stat_pending for insert to current_user with check (true);
