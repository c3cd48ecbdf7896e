-- A sealed secret is read by `lease_deliveries` alone, for the process that signs with it.
revoke all on webhook_secret from :"app_role";
grant select (id, webhook_id, created_at, expires_at, revoked_at), insert on webhook_secret to :"app_role";
grant update (sealed, expires_at, revoked_at) on webhook_secret to :"app_role";

alter table webhook_secret enable row level security;
alter table webhook_secret force row level security;

drop policy if exists tenant on webhook_secret;
create policy tenant on webhook_secret to :"app_role"
    using (exists (select from webhook w where w.id = webhook_id))
    with check (exists (select from webhook w where w.id = webhook_id));

drop policy if exists system on webhook_secret;
create policy system on webhook_secret to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
