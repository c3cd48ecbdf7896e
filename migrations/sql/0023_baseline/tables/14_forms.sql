-- A list is numbered once for its organisation, form and year, and never changed; only where its file is made may be
-- noted. A row is the snapshot of what the form says of one person. It lies where the person's payment lies, so that
-- whoever sees the payment sees that it is in a list already; a payment is in one list of a form in each network.
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
