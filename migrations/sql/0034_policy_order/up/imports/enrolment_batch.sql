revoke all on enrolment_batch from :"app_role";
grant select, insert, update on enrolment_batch to :"app_role";

alter table enrolment_batch enable row level security;
alter table enrolment_batch force row level security;

drop policy if exists tenant on enrolment_batch;
create policy tenant on enrolment_batch to :"app_role"
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

drop policy if exists system on enrolment_batch;
create policy system on enrolment_batch to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- A batch names people of all groups, so those who work for some groups only do not see it.
drop policy if exists of_all_groups on enrolment_batch;
create policy of_all_groups on enrolment_batch as restrictive to :"app_role"
    using ((select scope_all_groups()));

-- Rows that an organisation has wherever they lie: a client that is limited to places has those of its places and its own.
drop policy if exists of_limited_client on enrolment_batch;
create policy of_limited_client on enrolment_batch as restrictive to :"app_role"
    using (not (select scope_limited())
        or client_id = (select scope_actor())
        or province_code = any ((select scope_provinces())::text[])
        or commune_code = any ((select scope_communes())::text[]));

create or replace trigger kept before delete on enrolment_batch for each row execute function refuse_change();

create or replace trigger kept_truncate before truncate on enrolment_batch
    for each statement execute function refuse_change();

create or replace trigger kept_key before update of id on enrolment_batch
    for each row when (old.id is distinct from new.id) execute function refuse_change();
