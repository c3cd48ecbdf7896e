-- The hash is read and written by the owner's functions alone; whoever sees the client sees how old its secrets are, and
-- can end one.
revoke all on client_secret from :"app_role";
grant select (id, client_id, created_at, expires_at, revoked_at, last_used_at) on client_secret to :"app_role";
grant update (expires_at, revoked_at) on client_secret to :"app_role";

alter table client_secret enable row level security;
alter table client_secret force row level security;

drop policy if exists tenant on client_secret;
create policy tenant on client_secret to :"app_role"
    using (exists (select from api_client c where c.id = client_secret.client_id))
    with check (exists (select from api_client c where c.id = client_secret.client_id));

drop policy if exists system on client_secret;
create policy system on client_secret to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
