-- A batch belongs to the organisation that sent it, which may cover only some communes of its province: it sees its
-- own batches in any case. The key is kept for ever, and so is the answer that it got.
-- rows: as counted when the batch came, until its job has read them all; a file without any is refused by the job.
create table enrolment_batch (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    client_id uuid references api_client,
    client_key text not null,
    request_hash bytea not null,
    mode text not null constraint ck_enrolment_batch_mode check (mode in ('validate', 'partial', 'atomic')),
    rows integer not null constraint ck_enrolment_batch_rows check (rows > 0),
    created integer not null default 0,
    duplicate integer not null default 0,
    unchanged integer not null default 0,
    rejected integer not null default 0,
    items jsonb not null default '[]',
    sent_by uuid not null,
    sent_at timestamptz not null default now(),
    job_id uuid references job,
    updated integer not null default 0,
    constraint uq_enrolment_batch_key unique (organisation_id, client_key)
);
create index ix_enrolment_batch_organisation on enrolment_batch (organisation_id, id);
create index ix_enrolment_batch_client on enrolment_batch (client_id) where client_id is not null;

create index ix_enrolment_batch_job on enrolment_batch (job_id) where job_id is not null;

-- A batch of contributions, as `enrolment_batch` is one of enrolments. It names the money of several groups: those who work
-- for some groups only see what they sent themselves.
create table contribution_batch (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    job_id uuid references job,
    client_key text not null,
    request_hash bytea not null,
    mode text not null constraint ck_contribution_batch_mode check (mode in ('validate', 'partial', 'atomic')),
    rows integer not null constraint ck_contribution_batch_rows check (rows > 0),
    recorded integer not null default 0,
    unchanged integer not null default 0,
    rejected integer not null default 0,
    items jsonb not null default '[]',
    sent_by uuid not null,
    sent_at timestamptz not null default now(),
    constraint uq_contribution_batch_key unique (organisation_id, client_key)
);
create index ix_contribution_batch_job on contribution_batch (job_id) where job_id is not null;
