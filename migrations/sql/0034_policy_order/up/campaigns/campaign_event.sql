revoke all on campaign_event from :"app_role";
grant select, insert, update on campaign_event to :"app_role";

alter table campaign_event enable row level security;
alter table campaign_event force row level security;

drop policy if exists tenant on campaign_event;
create policy tenant on campaign_event to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])));

drop policy if exists tenant_read on campaign_event;
create policy tenant_read on campaign_event for select to :"app_role"
    using (((select scope_network()) in (network, '*')) and province_code is null);

drop policy if exists system on campaign_event;
create policy system on campaign_event to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
