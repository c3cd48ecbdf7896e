revoke all on stat_province_month from :"app_role";
grant select on stat_province_month to :"app_role";

alter table stat_province_month enable row level security;
alter table stat_province_month force row level security;

drop policy if exists tenant on stat_province_month;
create policy tenant on stat_province_month to :"app_role"
    using (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])))
    with check (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])));

drop policy if exists system on stat_province_month;
create policy system on stat_province_month to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
