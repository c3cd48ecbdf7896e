-- Nobody but the owner's functions: what they give away is in the files beside this one.
revoke all on second_factor from :"app_role";

alter table second_factor enable row level security;
alter table second_factor force row level security;

drop policy if exists system on second_factor;
create policy system on second_factor to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
