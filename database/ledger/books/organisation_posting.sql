revoke all on organisation_posting from :"app_role";
grant select on organisation_posting to :"app_role";

alter table organisation_posting enable row level security;
alter table organisation_posting force row level security;

drop policy if exists tenant on organisation_posting;
create policy tenant on organisation_posting to :"app_role"
    using (exists (select from organisation_account a where a.id = account_id))
    with check (exists (select from organisation_account a where a.id = account_id));

drop policy if exists system on organisation_posting;
create policy system on organisation_posting to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

drop policy if exists follow on organisation_posting;
create policy follow on organisation_posting for insert to current_user with check (true);

create or replace trigger append_only before update or delete on organisation_posting
    for each row execute function refuse_change();

create or replace trigger append_only_truncate before truncate on organisation_posting
    for each statement execute function refuse_change();
