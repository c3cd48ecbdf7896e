revoke all on award from :"app_role";
grant select, insert, update on award to :"app_role";

alter table award enable row level security;
alter table award force row level security;

drop policy if exists tenant on award;
create policy tenant on award to :"app_role"
    using (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])))
    with check (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])));

drop policy if exists tenant_read on award;
create policy tenant_read on award for select to :"app_role"
    using (((select scope_network()) in ('*', network)) and province_code is null);

drop policy if exists system on award;
create policy system on award to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
