-- Positive is what the group owes: members' savings and the common fund. The cash account is their mirror,
-- so what lies in the box is minus its balance, and every transaction sums to zero.
--
-- PostgreSQL reads every CHECK of a table anew for each statement, at ten millionths of a second a piece, so the hot
-- tables have only those that guard money: what the one writer says of kinds and products, `ansinh verify` looks at.
--
-- Keys to groups and members are not foreign keys: the one writer has just read them, they are never deleted,
-- and a check per row would cost as much as the row.
create table account (
    id bigint generated always as identity primary key,
    kind text not null,
    network text not null,
    province_code text not null,
    commune_code text not null,
    group_id uuid not null,
    member_id uuid,
    posted bigint not null default 0,
    held bigint not null default 0,
    version bigint not null default 0,
    floor bigint,
    constraint ck_account_floor check (held >= 0 and posted - held >= floor),
    constraint uq_account_owner unique nulls not distinct (group_id, member_id, kind)
) with (fillfactor = 70);
create index ix_account_member on account (member_id) where member_id is not null;

create table ledger_txn (
    id uuid primary key,
    seq bigint generated always as identity,
    network text not null,
    province_code text not null,
    commune_code text not null,
    group_id uuid not null,
    model_id uuid,
    member_id uuid,
    kind text not null,
    product text,
    amount bigint not null constraint ck_ledger_txn_amount check (amount > 0 or kind = 'sheet'),
    quantity numeric(12, 3),
    unit text,
    unit_price bigint,
    source text,
    note text,
    business_date date not null,
    recorded_at timestamptz not null default now(),
    recorded_by uuid not null,
    org_id uuid not null,
    client_key text,
    request_hash bytea,
    sheet_id uuid,
    lines smallint,
    reverses_id uuid,
    reversed_kind text,
    resolves_id uuid,
    member_balance bigint,
    group_balance bigint not null
);

-- The key is kept for ever: phones retry after months. The lines of a sheet share their sheet's.
create unique index uq_ledger_txn_key on ledger_txn (org_id, client_key) where client_key is not null;
create unique index uq_ledger_txn_reverses on ledger_txn (reverses_id) where reverses_id is not null;
create unique index uq_ledger_txn_resolves on ledger_txn (resolves_id) where resolves_id is not null;
create index ix_ledger_txn_group on ledger_txn (group_id, seq);
create index ix_ledger_txn_province on ledger_txn (province_code, seq);
create index ix_ledger_txn_sheet on ledger_txn (group_id, seq) where kind = 'sheet';
create index ix_ledger_txn_sheet_province on ledger_txn (province_code, seq) where kind = 'sheet';

create table posting (
    account_id bigint not null,
    account_version bigint not null,
    txn_id uuid not null,
    amount bigint not null,
    balance_after bigint not null,
    primary key (account_id, account_version)
);

create table closed_period (
    network text not null references network,
    province_code text not null,
    commune_code text,
    closed_through date not null,
    closed_by uuid,
    closed_at timestamptz not null default now(),
    primary key (network, province_code)
);

create type entry_group as (
    id uuid, network text, model_id uuid, province_code text, commune_code text, province_today text, ended_on date
);

-- An entry on the wire. (A row of a type is rendered in half the time of json_build_object.)
create type entry_row as (id uuid, txn_id uuid, group_id uuid, member_id uuid, kind text, product text, amount bigint,
    quantity text, unit text, unit_price bigint, source text, note text, business_date date, meeting_id uuid,
    reverses_id uuid, member_balance bigint, group_balance bigint, recorded_at text);

-- One contribution as the service sends it.
create type entry_line as (id uuid, member_id uuid, kind text, product text, amount bigint, quantity numeric(12, 3),
    unit text, unit_price bigint, source text, note text);
