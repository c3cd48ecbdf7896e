revoke all on export_row from :"app_role";
grant select, insert on export_row to :"app_role";

alter table export_row enable row level security;
alter table export_row force row level security;

drop policy if exists tenant on export_row;
create policy tenant on export_row to :"app_role"
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

drop policy if exists system on export_row;
create policy system on export_row to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- Both name people of all groups, so those who work for some groups only do not see them.
drop policy if exists of_all_groups on export_row;
create policy of_all_groups on export_row as restrictive to :"app_role" using ((select scope_all_groups()));

-- Its data changes when a person is erased (`erased_row`, `erased_head`), and then alone.
create or replace trigger append_only before update or delete on export_row
    for each row execute function keep_export_row();

create or replace trigger append_only_truncate before truncate on export_row
    for each statement execute function refuse_change();

create or replace trigger with_its_list after insert on export_row referencing new table as added
    for each statement execute function refuse_late_row();
