revoke all on observation from :"app_role";
grant select, insert on observation to :"app_role";

alter table observation enable row level security;
alter table observation force row level security;

drop policy if exists tenant on observation;
create policy tenant on observation to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])));

drop policy if exists tenant_read on observation;
create policy tenant_read on observation for select to :"app_role"
    using (((select scope_network()) in (network, '*')) and province_code is null);

drop policy if exists system on observation;
create policy system on observation to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger append_only before update or delete on observation
    for each row execute function refuse_change();

create or replace trigger append_only_truncate before truncate on observation
    for each statement execute function refuse_change();
