"""The ledger: accounts, transactions, postings, their one writer, and the aggregates that follow it.

Revision ID: 0004
Revises: 0003
"""

from pathlib import Path

from migrations.script import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Positive is what the group owes: members' savings and the common fund. The cash account is their mirror,
# so what lies in the box is minus its balance, and every transaction sums to zero.
#
# PostgreSQL reads every CHECK of a table anew for each statement, at ten millionths of a second a piece, so the hot
# tables have only those that guard money: what the one writer says of kinds and products, `ansinh verify` looks at.
#
# Keys to groups and members are not foreign keys: the one writer has just read them, they are never deleted,
# and a check per row would cost as much as the row.
TABLES = """
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

create table stat_pending (
    id bigint generated always as identity primary key,
    day date not null,
    network text not null,
    province_code text not null,
    commune_code text not null,
    model_id uuid not null,
    product text not null,
    kind text not null,
    amount bigint not null,
    entries bigint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create table stat_day (
    province_code text not null,
    commune_code text not null,
    day date not null,
    network text not null,
    model_id uuid not null,
    product text not null,
    kind text not null,
    amount bigint not null,
    entries bigint not null,
    primary key (commune_code, day, network, model_id, product, kind, province_code)
) with (fillfactor = 80);
create table stat_month (
    province_code text not null,
    commune_code text not null,
    month date not null,
    network text not null,
    model_id uuid not null,
    product text not null,
    kind text not null,
    amount bigint not null,
    entries bigint not null,
    primary key (commune_code, month, network, model_id, product, kind, province_code)
) with (fillfactor = 80);
create index ix_stat_month_model on stat_month (model_id);
create table stat_province_month (
    province_code text not null,
    commune_code text,
    month date not null,
    network text not null,
    model_id uuid not null,
    product text not null,
    kind text not null,
    amount bigint not null,
    entries bigint not null,
    primary key (province_code, month, network, model_id, product, kind)
) with (fillfactor = 80);

call protect_rows('account', grouped => true);
call protect_rows('ledger_txn', grouped => true);
call protect_rows('closed_period');
call protect_rows('stat_day');
call protect_rows('stat_month');
call protect_rows('stat_province_month');
call protect_rows('stat_pending');
call protect_with('posting', 'exists (select from account a where a.id = account_id)');

-- The writer's own view. Once it has been shown a group under the tenant's scope it names that group (app.group) and
-- sees this group's money alone: narrower than the tenant's view, and one comparison instead of six. Without
-- subselects, because the writer's statements touch few rows.
create function scope_group() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('app.group', true), '')::uuid $$;
create policy writer on account to current_user
    using (group_id = scope_group()) with check (group_id = scope_group());
create policy writer on ledger_txn to current_user
    using (group_id = scope_group()) with check (group_id = scope_group());
create policy writer on membership for select to current_user using (group_id = scope_group());
create policy writer on closed_period for select to current_user using (scope_group() is not null);
-- What follows a row that was checked.
create policy follow on account for insert to current_user with check (true);
create policy follow on posting for insert to current_user with check (true);
create policy follow on stat_pending for insert to current_user with check (true);

call grant_app('account', 'select');
call grant_app('ledger_txn', 'select');
call grant_app('posting', 'select');
call grant_app('closed_period', 'select, insert, update');
call grant_app('stat_pending', 'select');
call grant_app('stat_day', 'select');
call grant_app('stat_month', 'select');
call grant_app('stat_province_month', 'select');
call append_only('ledger_txn');
call append_only('posting');
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(TABLES)
    for script in ("0004_writer.sql", "0004_reversal_and_holds.sql", "0004_aggregates.sql"):
        run((Path(__file__).parent.parent / "sql" / script).read_text(encoding="utf-8"))


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop function fold_stats();
        drop trigger stats_follow on ledger_txn;
        drop function ledger_stats_follow();
        drop trigger accounts_of_group on savings_group;
        drop trigger accounts_of_moved_group on savings_group;
        drop trigger accounts_of_membership on membership;
        drop function open_group_accounts(), move_group_accounts(), open_member_account();
        drop function resolve_hold(uuid, text[], text[], text, bytea, uuid, uuid, text, date, bigint);
        drop function hold_money(uuid, text[], text[], text, bytea, uuid, uuid, uuid, text, bigint, date, text);
        drop function reverse_entry(uuid, text[], text[], text, bytea, uuid, uuid, date, text);
        drop function record_entry(uuid, text[], text[], text, bytea, uuid, text, date, jsonb);
        drop function record_entries(uuid, text[], text[], text, bytea, uuid, text, uuid, date, text, jsonb);
        drop function txn_anywhere(uuid);
        drop function explain_refusal(uuid, date, jsonb, boolean);
        drop function replayed_entry(uuid, text, bytea, uuid);
        drop function sheet_json(ledger_txn), sheet_head(ledger_txn, json), txn_json(ledger_txn), wire_time(timestamptz);
        drop type entry_row, entry_line;
        drop function check_day(entry_group, date);
        drop function group_for_entry(actor_row, uuid, text, date, text);
        drop function in_force(text, date);
        drop type entry_group;
        drop function begin_permitted(uuid, text[], text[]);
        drop function refuse(text, text, jsonb);
        drop policy writer on membership;
        drop table stat_province_month, stat_month, stat_day, stat_pending, closed_period, posting, ledger_txn, account;
        drop function scope_group();
    """)
