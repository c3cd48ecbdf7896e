revoke all on account from :"app_role";
grant select on account to :"app_role";

alter table account enable row level security;
alter table account force row level security;

drop policy if exists tenant on account;
create policy tenant on account to :"app_role"
    using (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])))
    with check (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])));

drop policy if exists system on account;
create policy system on account to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- The writer has seen the group under the tenant's scope and named it (`scope_group`).
drop policy if exists writer on account;
create policy writer on account to current_user
    using (group_id = scope_group())
    with check (group_id = scope_group());

-- What follows a row that was checked.
drop policy if exists follow on account;
create policy follow on account for insert to current_user with check (true);
