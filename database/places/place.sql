revoke all on place from :"app_role";
grant select, insert on place to :"app_role";

alter table place enable row level security;
alter table place force row level security;

-- The same for everybody; written by whoever acts.
drop policy if exists tenant on place;
create policy tenant on place for insert to :"app_role" with check ((select scope_network()) is not null);

drop policy if exists tenant_read on place;
create policy tenant_read on place for select to public using (true);

drop policy if exists system on place;
create policy system on place to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
