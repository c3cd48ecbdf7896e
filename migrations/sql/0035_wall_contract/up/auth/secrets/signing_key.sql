-- Nobody but the owner's functions: what they give away is in the files beside this one.
revoke all on signing_key from :"app_role";

alter table signing_key enable row level security;
alter table signing_key force row level security;

drop policy if exists system on signing_key;
create policy system on signing_key to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
