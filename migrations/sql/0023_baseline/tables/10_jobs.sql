-- A job is its organisation's; who works for some groups only sees what they asked for themselves. `taken` counts the
-- workers that took it up: what an earlier one still does is refused.
-- errors: what it failed by, more exactly than by its code: pointer, code and words in both languages of each fault.
create table job (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    kind text not null,
    status text not null constraint ck_job_status
        check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    rows_done bigint not null default 0,
    rows_total bigint,
    counts jsonb not null default '{}',
    params jsonb not null default '{}',
    checkpoint jsonb not null default '{}',
    error text,
    file_name text,
    file_type text,
    file_size bigint,
    session_id uuid not null,
    asked_by uuid not null,
    taken integer not null default 0,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    touched_at timestamptz not null default now(),
    finished_at timestamptz,
    cancel_asked_at timestamptz,
    errors jsonb not null default '[]',
    files_removed_at timestamptz,
    constraint ck_job_rows check (rows_done >= 0 and (rows_total is null or rows_done <= rows_total)),
    constraint ck_job_file check (num_nulls(file_name, file_type, file_size) in (0, 3)),
    constraint ck_job_file_name check (nfc(file_name)),
    constraint ck_job_finished check ((finished_at is null) = (status in ('queued', 'running')))
);
create index ix_job_organisation on job (organisation_id, id);
create index ix_job_unfinished on job (touched_at) where status in ('queued', 'running');

-- What the next portion to prune is found by. A job whose files went is left out, so that none is looked at twice.
create index ix_job_prunable on job (finished_at) where finished_at is not null and files_removed_at is null;

-- What a job reads and what it made, in parts that any process can write and any can serve.
create table job_file (
    job_id uuid not null references job,
    name text not null,
    part integer not null constraint ck_job_file_part check (part >= 0),
    content bytea not null,
    primary key (job_id, name, part),
    constraint ck_job_file_name check (nfc(name))
);
alter table job_file alter column content set storage external;
