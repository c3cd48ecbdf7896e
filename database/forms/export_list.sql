revoke all on export_list from :"app_role";
grant select, insert, update (job_id) on export_list to :"app_role";

alter table export_list enable row level security;
alter table export_list force row level security;

drop policy if exists tenant on export_list;
create policy tenant on export_list to :"app_role"
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

drop policy if exists system on export_list;
create policy system on export_list to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- Both name people of all groups, so those who work for some groups only do not see them.
drop policy if exists of_all_groups on export_list;
create policy of_all_groups on export_list as restrictive to :"app_role" using ((select scope_all_groups()));

-- The application's role may not change the collector's name, which goes when they are erased.
create or replace trigger fixed before update or delete on export_list
    for each row execute function refuse_other_change('job_id', 'collector_name', 'collector_code');
