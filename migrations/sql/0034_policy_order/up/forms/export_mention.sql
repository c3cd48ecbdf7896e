-- Written with its list; read by erasure, and by whoever sees the list.
revoke all on export_mention from :"app_role";
grant select, insert on export_mention to :"app_role";

alter table export_mention enable row level security;
alter table export_mention force row level security;

drop policy if exists tenant_read on export_mention;
create policy tenant_read on export_mention for select to :"app_role"
    using (((select scope_network()) in (network, '*')) and exists (select from export_list l where l.id = list_id));

drop policy if exists own_act on export_mention;
create policy own_act on export_mention for insert to :"app_role"
    with check (((select scope_network()) in (network, '*')));

drop policy if exists system on export_mention;
create policy system on export_mention to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger append_only before update or delete on export_mention
    for each row execute function refuse_change();

create or replace trigger append_only_truncate before truncate on export_mention
    for each statement execute function refuse_change();

create or replace trigger with_its_list after insert on export_mention referencing new table as added
    for each statement execute function refuse_late_row();
