revoke all on books_opening from :"app_role";
grant select, insert, update on books_opening to :"app_role";

alter table books_opening enable row level security;
alter table books_opening force row level security;

drop policy if exists tenant on books_opening;
create policy tenant on books_opening to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])));

drop policy if exists system on books_opening;
create policy system on books_opening to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- The writer has seen the group under the tenant's scope and named it (`scope_group`), or the book (`scope_book`).
drop policy if exists writer on books_opening;
create policy writer on books_opening for select to current_user
    using (scope_group() is not null or scope_book() is not null);
