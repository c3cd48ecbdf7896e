revoke all on organisation_account from :"app_role";
grant select on organisation_account to :"app_role";

alter table organisation_account enable row level security;
alter table organisation_account force row level security;

-- The book of one's own organisation wherever it lies; a treasurer or collector sees what they hold themselves.
drop policy if exists tenant on organisation_account;
create policy tenant on organisation_account to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation()))
        and ((select scope_all_groups())
            or holder_id = (select scope_actor())))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation()))
        and ((select scope_all_groups())
            or holder_id = (select scope_actor())));

drop policy if exists of_limited_client on organisation_account;
create policy of_limited_client on organisation_account as restrictive to :"app_role"
    using (not (select scope_limited())
        or province_code = any ((select scope_provinces())::text[])
        or commune_code = any ((select scope_communes())::text[]));

drop policy if exists system on organisation_account;
create policy system on organisation_account to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- The writer has seen whom the entry is about under the tenant's scope and named the book (`scope_book`).
drop policy if exists writer on organisation_account;
create policy writer on organisation_account to current_user
    using (organisation_id = scope_book())
    with check (organisation_id = scope_book());
