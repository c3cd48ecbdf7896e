revoke all on read_audit from :"app_role";
grant select, insert on read_audit to :"app_role";

alter table read_audit enable row level security;
alter table read_audit force row level security;

-- Who works for some groups only does not look at what others saw. A search that showed nobody in particular has no place:
-- the own organisation and who works nationwide read it.
drop policy if exists tenant_read on read_audit;
create policy tenant_read on read_audit for select to :"app_role"
    using (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation()))
        and (select scope_all_groups()));

drop policy if exists system on read_audit;
create policy system on read_audit to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- Whoever reads leaves a trace of their own.
drop policy if exists own_act on read_audit;
create policy own_act on read_audit for insert to :"app_role" with check (actor_id = (select scope_actor())
    and (select scope_network()) is not null);

-- Rows that an organisation has wherever they lie: a client that is limited to places has its own.
drop policy if exists of_limited_client on read_audit;
create policy of_limited_client on read_audit as restrictive to :"app_role"
    using (not (select scope_limited()) or actor_id = (select scope_actor()));

create or replace trigger append_only before update or delete on read_audit
    for each row execute function keep_read_audit();

create or replace trigger append_only_truncate before truncate on read_audit
    for each statement execute function refuse_change();
