-- Nobody but the owner's functions: what they give away is in the files beside this one.
revoke all on recovery_code from :"app_role";

alter table recovery_code enable row level security;
alter table recovery_code force row level security;

drop policy if exists system on recovery_code;
create policy system on recovery_code to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
