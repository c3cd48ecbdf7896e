revoke all on closed_period from :"app_role";
grant select, insert, update on closed_period to :"app_role";

alter table closed_period enable row level security;
alter table closed_period force row level security;

drop policy if exists tenant on closed_period;
create policy tenant on closed_period to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])));

drop policy if exists system on closed_period;
create policy system on closed_period to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- The writer has seen the group under the tenant's scope and named it (`scope_group`), or the book (`scope_book`).
drop policy if exists writer on closed_period;
create policy writer on closed_period for select to current_user
    using (scope_group() is not null or scope_book() is not null);
