revoke all on contribution_batch from :"app_role";
grant select, insert, update on contribution_batch to :"app_role";

alter table contribution_batch enable row level security;
alter table contribution_batch force row level security;

drop policy if exists tenant on contribution_batch;
create policy tenant on contribution_batch to :"app_role"
    using (((select scope_network()) in ('*', network))
        and organisation_id = (select scope_organisation())
        and ((select scope_all_groups())
            or sent_by = (select scope_actor())))
    with check (((select scope_network()) in ('*', network))
        and organisation_id = (select scope_organisation())
        and ((select scope_all_groups())
            or sent_by = (select scope_actor())));

drop policy if exists system on contribution_batch;
create policy system on contribution_batch to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- Rows that an organisation has wherever they lie: a client that is limited to places has those of its places and its own.
drop policy if exists of_limited_client on contribution_batch;
create policy of_limited_client on contribution_batch as restrictive to :"app_role"
    using (not (select scope_limited())
        or sent_by = (select scope_actor())
        or province_code = any ((select scope_provinces())::text[])
        or commune_code = any ((select scope_communes())::text[]));
