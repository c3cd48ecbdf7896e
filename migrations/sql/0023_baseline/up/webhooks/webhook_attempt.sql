revoke all on webhook_attempt from :"app_role";
grant select on webhook_attempt to :"app_role";

alter table webhook_attempt enable row level security;
alter table webhook_attempt force row level security;

drop policy if exists tenant on webhook_attempt;
create policy tenant on webhook_attempt to :"app_role"
    using (exists (select from webhook w where w.id = webhook_id))
    with check (exists (select from webhook w where w.id = webhook_id));

drop policy if exists system on webhook_attempt;
create policy system on webhook_attempt to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
