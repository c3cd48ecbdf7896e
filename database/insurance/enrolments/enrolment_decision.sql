revoke all on enrolment_decision from :"app_role";
grant select, insert, update (job_id, dry_run_id, reasons, enrolment_ids, versions, rows, done, refused, items)
    on enrolment_decision to :"app_role";

alter table enrolment_decision enable row level security;
alter table enrolment_decision force row level security;

-- BHXH's own: the list of one organisation names enrolments of all networks in its places.
drop policy if exists tenant on enrolment_decision;
create policy tenant on enrolment_decision to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and organisation_id = (select scope_organisation())
        and (select scope_all_groups()))
    with check (((select scope_network()) in (network, '*'))
        and organisation_id = (select scope_organisation())
        and (select scope_all_groups()));

drop policy if exists system on enrolment_decision;
create policy system on enrolment_decision to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger kept before delete on enrolment_decision
    for each row execute function refuse_change();

create or replace trigger kept_truncate before truncate on enrolment_decision
    for each statement execute function refuse_change();
