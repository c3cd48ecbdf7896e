revoke all on renewal_reminder from :"app_role";
grant select on renewal_reminder to :"app_role";

alter table renewal_reminder enable row level security;
alter table renewal_reminder force row level security;

drop policy if exists tenant on renewal_reminder;
create policy tenant on renewal_reminder to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])
            or group_id is null and exists (select from coverage c where c.id = coverage_id)))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])
            or group_id is null and exists (select from coverage c where c.id = coverage_id)));

drop policy if exists system on renewal_reminder;
create policy system on renewal_reminder to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger append_only before update or delete on renewal_reminder
    for each row execute function refuse_change();

create or replace trigger append_only_truncate before truncate on renewal_reminder
    for each statement execute function refuse_change();
