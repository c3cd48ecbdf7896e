-- Nobody but the owner's functions: what they give away is in the files beside this one.
revoke all on auth_session from :"app_role";

alter table auth_session enable row level security;
alter table auth_session force row level security;

drop policy if exists system on auth_session;
create policy system on auth_session to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger forget_scope
    after update of user_id, client_id, device_id, scopes, second_factor, emergency_access_id, initial_until on auth_session
    for each row when ((old.user_id, old.client_id, old.device_id, old.scopes, old.second_factor, old.emergency_access_id,
        old.initial_until) is distinct from (new.user_id, new.client_id, new.device_id, new.scopes, new.second_factor,
        new.emergency_access_id, new.initial_until)) execute function forget_scope();
