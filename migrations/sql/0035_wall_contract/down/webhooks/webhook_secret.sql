revoke all on webhook_secret from :"app_role";
grant select, insert, update on webhook_secret to :"app_role";

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
