revoke all on webhook from :"app_role";
grant select, insert, update on webhook to :"app_role";

alter table webhook enable row level security;
alter table webhook force row level security;

drop policy if exists tenant on webhook;
create policy tenant on webhook to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation())))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation())));

drop policy if exists system on webhook;
create policy system on webhook to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- A partner system has its own endpoints and sees no others; who works for some groups only has none to look after.
drop policy if exists of_staff_or_itself on webhook;
create policy of_staff_or_itself on webhook as restrictive to :"app_role"
    using ((select scope_all_groups())
        and (client_id = (select scope_actor())
            or not exists (select from api_client c where c.id = (select scope_actor()))));
