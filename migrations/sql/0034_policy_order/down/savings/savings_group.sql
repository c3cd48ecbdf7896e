revoke all on savings_group from :"app_role";
grant select, insert, update on savings_group to :"app_role";

alter table savings_group enable row level security;
alter table savings_group force row level security;

-- The ledger's writer looks a group up as its owner, under the tenant's scope.
drop policy if exists tenant on savings_group;
create policy tenant on savings_group to public
    using (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or id = any ((select scope_groups())::uuid[])))
    with check (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or id = any ((select scope_groups())::uuid[])));

drop policy if exists system on savings_group;
create policy system on savings_group to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger accounts_of_group after insert on savings_group
    for each row execute function open_group_accounts();

create or replace trigger accounts_of_moved_group after update of province_code, commune_code on savings_group
    for each row when (old.commune_code <> new.commune_code or old.province_code <> new.province_code)
    execute function move_group_accounts();
