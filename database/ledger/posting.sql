revoke all on posting from :"app_role";
grant select on posting to :"app_role";

alter table posting enable row level security;
alter table posting force row level security;

drop policy if exists tenant on posting;
create policy tenant on posting to :"app_role"
    using (exists (select from account a where a.id = account_id))
    with check (exists (select from account a where a.id = account_id));

drop policy if exists system on posting;
create policy system on posting to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

drop policy if exists follow on posting;
create policy follow on posting for insert to current_user with check (true);

create or replace trigger append_only before update or delete on posting
    for each row execute function refuse_change();

create or replace trigger append_only_truncate before truncate on posting
    for each statement execute function refuse_change();
