-- Nobody but the owner's functions: what they give away is in the files beside this one.
revoke all on auth_session from :"app_role";

alter table auth_session enable row level security;
alter table auth_session force row level security;

drop policy if exists system on auth_session;
create policy system on auth_session to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
