-- Nobody but the owner's functions: what they give away is in the files beside this one.
revoke all on user_password from :"app_role";

alter table user_password enable row level security;
alter table user_password force row level security;

drop policy if exists system on user_password;
create policy system on user_password to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
