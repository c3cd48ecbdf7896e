revoke all on outbox_event from :"app_role";
grant select, insert on outbox_event to :"app_role";

alter table outbox_event enable row level security;
alter table outbox_event force row level security;

drop policy if exists tenant on outbox_event;
create policy tenant on outbox_event to :"app_role"
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

drop policy if exists system on outbox_event;
create policy system on outbox_event to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

drop policy if exists of_all_groups on outbox_event;
create policy of_all_groups on outbox_event as restrictive for select to :"app_role"
    using ((select scope_all_groups()));

-- Rows that an organisation has wherever they lie: a client that is limited to places has those of its places and its own.
drop policy if exists of_limited_client on outbox_event;
create policy of_limited_client on outbox_event as restrictive to :"app_role"
    using (not (select scope_limited())
        or client_id = (select scope_actor())
        or province_code = any ((select scope_provinces())::text[])
        or commune_code = any ((select scope_communes())::text[]));

create or replace trigger pending after insert on outbox_event
    referencing new table as added for each statement execute function note_outbox();

create or replace trigger refs after insert on outbox_event referencing new table as added
    for each statement execute function refs_of_outbox_event();

create or replace trigger refs_stay before update of network, organisation_id, client_id on outbox_event
    for each row when ((old.network, old.organisation_id, old.client_id)
        is distinct from (new.network, new.organisation_id, new.client_id))
    execute function refuse_change();
