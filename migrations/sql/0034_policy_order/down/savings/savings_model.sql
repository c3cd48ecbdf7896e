revoke all on savings_model from :"app_role";
grant select, insert, update on savings_model to :"app_role";

alter table savings_model enable row level security;
alter table savings_model force row level security;

drop policy if exists tenant on savings_model;
create policy tenant on savings_model to :"app_role"
    using (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])))
    with check (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])));

-- All of a network read what belongs to the whole of it; the national level writes it.
drop policy if exists tenant_read on savings_model;
create policy tenant_read on savings_model for select to :"app_role"
    using (((select scope_network()) in ('*', network)) and province_code is null);

drop policy if exists system on savings_model;
create policy system on savings_model to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- A commune works with the models of its province, so it reads them as well.
drop policy if exists tenant_read_home on savings_model;
create policy tenant_read_home on savings_model for select to :"app_role"
    using ((select scope_network()) in ('*', network)
        and commune_code is null
        and province_code = any ((select scope_home_provinces())::text[]));
