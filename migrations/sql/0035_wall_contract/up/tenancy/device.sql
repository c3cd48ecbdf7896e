revoke all on device from :"app_role";
grant select, insert, update on device to :"app_role";

alter table device enable row level security;
alter table device force row level security;

-- Seen with its user. That somebody logs in with one is noted before there is an actor (`claim_device`).
drop policy if exists tenant on device;
create policy tenant on device to :"app_role"
    using (exists (select from app_user u where u.id = user_id))
    with check (exists (select from app_user u where u.id = user_id));

drop policy if exists system on device;
create policy system on device to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger outdate_scopes after update of user_id, revoked_at on device
    for each row when ((old.user_id, old.revoked_at) is distinct from
        (new.user_id, new.revoked_at)) execute function outdate_scopes();
