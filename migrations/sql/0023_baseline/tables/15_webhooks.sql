-- Where a partner is told. `kinds` null: of every kind. It is taken away by `deleted_at`, so that the log stays.
create table webhook (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    client_id uuid references api_client,
    url text not null constraint ck_webhook_url check (length(url) <= 2000),
    kinds text[] constraint ck_webhook_kinds check (cardinality(kinds) > 0),
    description text constraint ck_webhook_description check (nfc(description)),
    disabled_at timestamptz,
    disabled_why text constraint ck_webhook_disabled_why check (disabled_why in ('asked', 'gone', 'failing')),
    failing_since timestamptz,
    deleted_at timestamptz,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    version integer not null default 1,
    constraint ck_webhook_disabled check ((disabled_at is null) = (disabled_why is null))
);
create index ix_webhook_organisation on webhook (organisation_id, id);
create index ix_webhook_client on webhook (client_id) where client_id is not null;

-- Sealed with the server's secret key; one that was revoked is wiped.
create table webhook_secret (
    id uuid primary key,
    webhook_id uuid not null references webhook,
    sealed bytea not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz
);
create index ix_webhook_secret_webhook on webhook_secret (webhook_id);

-- One event for one endpoint. While it is pending: `due_at` is when to send it; null while an earlier one of the same
-- subject is pending; while it is being sent (`lease`), when somebody else may take it up. `attempts` numbers the log,
-- `tries` counts since it was last asked for, which began at `first_at`.
create table webhook_delivery (
    webhook_id uuid not null references webhook,
    seq bigint not null,
    event_id uuid not null,
    kind text not null,
    subject_id uuid not null,
    status text not null default 'pending' constraint ck_webhook_delivery_status
        check (status in ('pending', 'delivered', 'failed')),
    attempts integer not null default 0,
    tries integer not null default 0,
    first_at timestamptz,
    due_at timestamptz,
    lease uuid,
    finished_at timestamptz,
    created_at timestamptz not null default now(),
    primary key (webhook_id, seq),
    constraint uq_webhook_delivery_event unique (webhook_id, event_id),
    constraint ck_webhook_delivery_finished check ((status = 'pending') = (finished_at is null)),
    constraint ck_webhook_delivery_due check (due_at is null or status = 'pending'),
    constraint ck_webhook_delivery_lease check (lease is null or due_at is not null)
);
create index ix_webhook_delivery_due on webhook_delivery (webhook_id, due_at) where due_at is not null;
create index ix_webhook_delivery_pending on webhook_delivery (webhook_id, subject_id, seq) where status = 'pending';
create index ix_webhook_delivery_leased on webhook_delivery (webhook_id) where lease is not null;
create index ix_webhook_delivery_finished on webhook_delivery (finished_at) where finished_at is not null;

-- The log: never a secret, never a header.
create table webhook_attempt (
    webhook_id uuid not null,
    seq bigint not null,
    number integer not null,
    at timestamptz not null,
    duration_ms integer not null,
    status_code integer,
    error text,
    answer text not null,
    primary key (webhook_id, seq, number),
    constraint fk_webhook_attempt_delivery foreign key (webhook_id, seq) references webhook_delivery
);
