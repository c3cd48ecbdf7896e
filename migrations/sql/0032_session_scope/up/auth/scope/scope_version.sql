-- Nobody but the owner's functions: whoever could set it back would bring back rights that were taken away.
revoke all on scope_version from :"app_role";

alter table scope_version enable row level security;
alter table scope_version force row level security;

drop policy if exists system on scope_version;
create policy system on scope_version to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
