revoke all on enrolment from :"app_role";
grant select, insert, update on enrolment to :"app_role";

alter table enrolment enable row level security;
alter table enrolment force row level security;

drop policy if exists tenant on enrolment;
create policy tenant on enrolment to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])));

drop policy if exists system on enrolment;
create policy system on enrolment to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger refs after insert on enrolment referencing new table as added
    for each statement execute function refs_of_enrolment();

create or replace trigger refs_stay before update of network, organisation_id, client_id, batch_id on enrolment
    for each row when ((old.network, old.organisation_id, old.client_id, old.batch_id)
        is distinct from (new.network, new.organisation_id, new.client_id, new.batch_id))
    execute function refuse_change();
