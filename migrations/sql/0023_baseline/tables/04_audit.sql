create table audit_event (
    id uuid primary key,
    at timestamptz not null default now(),
    event text not null,
    network text not null,
    province_code text,
    commune_code text,
    actor_id uuid,
    actor_kind text not null,
    organisation_id uuid,
    subject_kind text not null,
    subject_id uuid,
    fields jsonb not null,
    request_id text
);
create index ix_audit_event_subject on audit_event (subject_id, id);
create index ix_audit_event_network on audit_event (network, province_code, id);

-- What partners are told about, in the transaction of the act itself. It names people of all groups, so those who work
-- for some groups only write into it and do not read it.
-- No foreign keys to what the rows of a statement share: its triggers `refs` and `refs_stay` stand in their place
-- (docs/decisions/0011).
create table outbox_event (
    seq bigint generated always as identity primary key,
    id uuid not null constraint uq_outbox_event_id unique,
    kind text not null constraint ck_outbox_event_kind check (kind ~ '^[a-z_]+[.][a-z_]+$'),
    network text not null,
    organisation_id uuid not null,
    province_code text,
    commune_code text,
    client_id uuid,
    subject_kind text not null,
    subject_id uuid not null,
    data jsonb not null,
    at timestamptz not null default now()
);
create index ix_outbox_event_subject on outbox_event (subject_id, seq);
create index ix_outbox_event_organisation on outbox_event (organisation_id, seq);
create index ix_outbox_event_client on outbox_event (client_id, seq) where client_id is not null;

-- Events that nobody has been looked up for yet. An insert-only list beside the events: a transaction that commits late
-- is found whenever it commits, which no cursor over `seq` could promise, and a batch pays for one row more of 8 bytes.
create table outbox_pending (
    seq bigint primary key
);
