revoke all on user_group from :"app_role";
grant select, insert, update, delete on user_group to :"app_role";

alter table user_group enable row level security;
alter table user_group force row level security;

drop policy if exists tenant on user_group;
create policy tenant on user_group to :"app_role"
    using (exists (select from app_user u where u.id = user_id))
    with check (exists (select from app_user u where u.id = user_id));

drop policy if exists system on user_group;
create policy system on user_group to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger outdate_scopes after insert or update or delete on user_group
    for each row execute function outdate_scopes();
