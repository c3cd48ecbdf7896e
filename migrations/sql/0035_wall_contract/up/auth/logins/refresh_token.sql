-- Nobody but the owner's functions: what they give away is in the files beside this one.
revoke all on refresh_token from :"app_role";

alter table refresh_token enable row level security;
alter table refresh_token force row level security;

drop policy if exists system on refresh_token;
create policy system on refresh_token to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
