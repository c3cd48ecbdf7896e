"""Lists that were made on official forms, with the rows as they stood.

Revision ID: 0014
Revises: 0013
"""

from migrations.script import run

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# A list is numbered once for its organisation, form and year, and never changed; only where its file is made may be
# noted. A row is the snapshot of what the form says of one person. It lies where the person's payment lies, so that
# whoever sees the payment sees that it is in a list already; a payment is in one list of a form in each network.
LISTS = """
create table export_list (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    form text not null constraint ck_export_list_form check (form ~ '^[a-z0-9_]{2,30}$'),
    layout integer not null constraint ck_export_list_layout check (layout > 0),
    number integer not null constraint ck_export_list_number check (number > 0),
    year integer not null,
    list_date date not null,
    collector_name text constraint ck_export_list_collector_name check (nfc(collector_name)),
    collector_code text constraint ck_export_list_collector_code check (nfc(collector_code)),
    params jsonb not null,
    rows integer not null constraint ck_export_list_rows check (rows > 0),
    totals jsonb not null,
    job_id uuid references job,
    client_key text not null,
    request_hash bytea not null,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    constraint uq_export_list_number unique (organisation_id, form, year, number),
    constraint uq_export_list_key unique (organisation_id, client_key),
    constraint ck_export_list_year check (year = extract(year from list_date))
);
create index ix_export_list_province on export_list (province_code, id);
create index ix_export_list_job on export_list (job_id) where job_id is not null;
call protect_rows('export_list', own => 'organisation_id');

create table export_row (
    list_id uuid not null references export_list,
    position integer not null constraint ck_export_row_position check (position > 0),
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    form text not null,
    payment_id uuid references premium_payment,
    enrolment_id uuid references enrolment,
    household_id uuid references household,
    data jsonb not null,
    primary key (list_id, position)
);
create unique index uq_export_row_payment on export_row (payment_id, form, network) where payment_id is not null;
create index ix_export_row_enrolment on export_row (enrolment_id) where enrolment_id is not null;
create index ix_export_row_household on export_row (household_id) where household_id is not null;
create index ix_export_row_organisation on export_row (organisation_id);
call protect_rows('export_row', own => 'organisation_id');

-- Both name people of all groups, so those who work for some groups only do not see them.
do $do$
declare
    target text;
begin
    foreach target in array array['export_list', 'export_row'] loop
        execute format('create policy of_all_groups on %I as restrictive to %I using ((select scope_all_groups()))',
            target, current_setting('ansinh.app_role'));
    end loop;
end $do$;
call grant_app('export_list', 'select, insert, update');
call grant_app('export_row', 'select, insert');

create trigger fixed before update or delete on export_list for each row execute function refuse_other_change('job_id');
call append_only('export_row');

-- Rows come with their list, in its transaction, and never later.
create function refuse_late_row() returns trigger language plpgsql as $$
begin
    if exists (select from (select distinct list_id from added) a join export_list l on l.id = a.list_id
                where l.created_at <> now()) then
        raise exception 'a list is never added to' using errcode = 'AS409';
    end if;
    return null;
end $$;
create trigger with_its_list after insert on export_row referencing new table as added
    for each statement execute function refuse_late_row();
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(LISTS)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop table export_row, export_list;
        drop function refuse_late_row();
    """)
