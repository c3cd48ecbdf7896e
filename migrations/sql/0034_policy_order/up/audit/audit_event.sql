revoke all on audit_event from :"app_role";
grant select, insert on audit_event to :"app_role";

alter table audit_event enable row level security;
alter table audit_event force row level security;

drop policy if exists tenant on audit_event;
create policy tenant on audit_event to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation())))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation())));

drop policy if exists system on audit_event;
create policy system on audit_event to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- Whoever acts knows who they are and leaves a trace, also while their organisation covers no place.
drop policy if exists own_act on audit_event;
create policy own_act on audit_event for insert to :"app_role" with check (actor_id = (select scope_actor())
    and (select scope_network()) is not null);

create or replace trigger append_only before update or delete on audit_event
    for each row execute function keep_audit();

create or replace trigger append_only_truncate before truncate on audit_event
    for each statement execute function refuse_change();
