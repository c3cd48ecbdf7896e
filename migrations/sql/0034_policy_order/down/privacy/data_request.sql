revoke all on data_request from :"app_role";
grant select, insert, update on data_request to :"app_role";

alter table data_request enable row level security;
alter table data_request force row level security;

-- Who works for some groups only does not handle requests: they are about everything that is kept of a person.
drop policy if exists tenant on data_request;
create policy tenant on data_request to :"app_role"
    using (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and (select scope_all_groups()))
    with check (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and (select scope_all_groups()));

drop policy if exists system on data_request;
create policy system on data_request to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
