"""Direct customers: premiums without a group, in the books of organisations, with receipts of their own series.

Revision ID: 0047
Revises: 0046
"""

from migrations.script import install, run

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

TABLES = """
    create table organisation_account (
        id uuid primary key,
        kind text not null,
        network text not null,
        province_code text,
        commune_code text,
        organisation_id uuid not null,
        holder_id uuid,
        posted bigint not null,
        version bigint not null,
        constraint ck_organisation_account_kind check (
            kind in ('cash', 'bank', 'due') and (kind <> 'cash' or holder_id is not null)
            and (kind <> 'bank' or holder_id is null)),
        constraint ck_organisation_account_floor check (case when kind = 'due' then posted >= 0 else posted <= 0 end),
        constraint uq_organisation_account_owner unique nulls not distinct (organisation_id, holder_id, kind)
    ) with (fillfactor = 70);
    create index ix_organisation_account_province on organisation_account (province_code);

    create table organisation_txn (
        id uuid primary key,
        seq bigint generated always as identity,
        network text not null,
        province_code text not null,
        commune_code text not null,
        organisation_id uuid not null,
        holder_id uuid,
        payment_id uuid not null,
        member_id uuid not null,
        kind text not null,
        product text not null,
        amount bigint not null,
        business_date date not null,
        recorded_at timestamptz not null,
        recorded_by uuid not null,
        settles_id uuid,
        balance bigint not null,
        constraint ck_organisation_txn_kind check (
            kind in ('collected', 'remitted', 'returned', 'refund_received', 'refund_paid')
            and (settles_id is null) = (kind in ('collected', 'refund_received'))),
        constraint ck_organisation_txn_amount check (amount > 0 and balance >= 0)
    );
    create unique index uq_organisation_txn_settles on organisation_txn (settles_id, kind) where settles_id is not null;
    create unique index uq_organisation_txn_refund on organisation_txn (payment_id, kind)
        where kind in ('refund_received', 'refund_paid');
    create index ix_organisation_txn_box on organisation_txn (organisation_id, holder_id, seq);
    create index ix_organisation_txn_province on organisation_txn (province_code, seq);
    create index ix_organisation_txn_payment on organisation_txn (payment_id);
    create index ix_organisation_txn_member on organisation_txn (member_id);

    create table organisation_posting (
        account_id uuid not null,
        account_version bigint not null,
        txn_id uuid not null,
        amount bigint not null,
        balance_after bigint not null,
        primary key (account_id, account_version),
        constraint ck_organisation_posting_amount check (amount <> 0)
    );
    create index ix_organisation_posting_txn on organisation_posting (txn_id);

    create table receipt_series (
        organisation_id uuid not null references organisation (id),
        series text not null,
        network text not null,
        last_no bigint not null,
        primary key (organisation_id, series)
    );
"""
COLUMNS = """
    alter table coverage alter column group_id drop not null;
    alter table renewal_reminder alter column group_id drop not null;
    alter table premium_refund alter column group_id drop not null;
    alter table premium_source alter column group_id drop not null,
        add column collector_id uuid references app_user (id), add column bank_reference text;
    alter table premium_payment alter column group_id drop not null,
        add column collector_id uuid references app_user (id), add column collection_series text,
        add column collection_no bigint;
    create unique index uq_premium_payment_collection on premium_payment (organisation_id, collection_series, collection_no)
        where collection_no is not null;
    create index ix_premium_payment_collector on premium_payment (collector_id, id) where collector_id is not null;
    create index ix_premium_source_collector on premium_source (collector_id) where collector_id is not null;
    alter table premium_source drop constraint ck_premium_source_kind;
    alter table premium_source add constraint ck_premium_source_kind check (
            kind in ('savings', 'fund', 'donor', 'instalment', 'cash', 'transfer')),
        add constraint ck_premium_source_direct check ((kind in ('cash', 'transfer')) = (group_id is null)),
        add constraint ck_premium_source_bank_reference check (
            (kind = 'transfer') = (bank_reference is not null) and nfc(bank_reference));
    alter table premium_refund drop constraint ck_premium_refund_received_as;
    alter table premium_refund add constraint ck_premium_refund_received_as check (
        received_as in ('savings', 'person', 'cash', 'transfer'));
"""
# Refused while there are payments without a group.
NO_COLUMNS = """
    alter table premium_refund drop constraint ck_premium_refund_received_as;
    alter table premium_refund add constraint ck_premium_refund_received_as check (received_as in ('savings', 'person'));
    alter table premium_source drop constraint ck_premium_source_kind, drop constraint ck_premium_source_direct,
        drop constraint ck_premium_source_bank_reference;
    alter table premium_source add constraint ck_premium_source_kind check (
        kind in ('savings', 'fund', 'donor', 'instalment'));
    alter table premium_payment drop column collector_id, drop column collection_series, drop column collection_no;
    alter table premium_source drop column collector_id, drop column bank_reference;
    alter table premium_payment alter column group_id set not null;
    alter table premium_source alter column group_id set not null;
    alter table premium_refund alter column group_id set not null;
    alter table renewal_reminder alter column group_id set not null;
    alter table coverage alter column group_id set not null;
"""
NO_TABLES = "drop table receipt_series, organisation_posting, organisation_txn, organisation_account"


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists tenant on closed_period;
        drop policy if exists system on closed_period;
        drop policy if exists writer on closed_period;
        alter table closed_period no force row level security, disable row level security;
        revoke all on closed_period from :"app_role";
        drop policy if exists tenant on coverage;
        drop policy if exists system on coverage;
        drop trigger if exists fixed on coverage;
        alter table coverage no force row level security, disable row level security;
        revoke all on coverage from :"app_role";
        drop policy if exists tenant on enrolment;
        drop policy if exists system on enrolment;
        drop trigger if exists refs on enrolment;
        drop trigger if exists refs_stay on enrolment;
        alter table enrolment no force row level security, disable row level security;
        revoke all on enrolment from :"app_role";
        drop policy if exists tenant on premium_payment;
        drop policy if exists system on premium_payment;
        drop trigger if exists no_delete on premium_payment;
        drop trigger if exists held on premium_payment;
        drop trigger if exists posted on premium_payment;
        drop trigger if exists settled on premium_payment;
        alter table premium_payment no force row level security, disable row level security;
        revoke all on premium_payment from :"app_role";
        drop policy if exists tenant on premium_refund;
        drop policy if exists system on premium_refund;
        drop trigger if exists fixed on premium_refund;
        alter table premium_refund no force row level security, disable row level security;
        revoke all on premium_refund from :"app_role";
        drop policy if exists tenant on premium_source;
        drop policy if exists system on premium_source;
        drop trigger if exists fixed on premium_source;
        alter table premium_source no force row level security, disable row level security;
        revoke all on premium_source from :"app_role";
        drop policy if exists tenant on renewal_reminder;
        drop policy if exists system on renewal_reminder;
        drop trigger if exists append_only on renewal_reminder;
        drop trigger if exists append_only_truncate on renewal_reminder;
        alter table renewal_reminder no force row level security, disable row level security;
        revoke all on renewal_reminder from :"app_role";
    """)
    run(TABLES)
    run(COLUMNS)
    install("0047_direct_customers/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists tenant on closed_period;
        drop policy if exists system on closed_period;
        drop policy if exists writer on closed_period;
        alter table closed_period no force row level security, disable row level security;
        revoke all on closed_period from :"app_role";
        drop policy if exists tenant on coverage;
        drop policy if exists system on coverage;
        drop trigger if exists fixed on coverage;
        alter table coverage no force row level security, disable row level security;
        revoke all on coverage from :"app_role";
        drop policy if exists tenant on enrolment;
        drop policy if exists system on enrolment;
        drop trigger if exists refs on enrolment;
        drop trigger if exists refs_stay on enrolment;
        alter table enrolment no force row level security, disable row level security;
        revoke all on enrolment from :"app_role";
        drop policy if exists tenant on organisation_account;
        drop policy if exists of_limited_client on organisation_account;
        drop policy if exists system on organisation_account;
        drop policy if exists writer on organisation_account;
        alter table organisation_account no force row level security, disable row level security;
        revoke all on organisation_account from :"app_role";
        drop policy if exists tenant on organisation_posting;
        drop policy if exists system on organisation_posting;
        drop policy if exists follow on organisation_posting;
        drop trigger if exists append_only on organisation_posting;
        drop trigger if exists append_only_truncate on organisation_posting;
        alter table organisation_posting no force row level security, disable row level security;
        revoke all on organisation_posting from :"app_role";
        drop policy if exists tenant on organisation_txn;
        drop policy if exists system on organisation_txn;
        drop policy if exists writer on organisation_txn;
        drop trigger if exists append_only on organisation_txn;
        drop trigger if exists append_only_truncate on organisation_txn;
        drop trigger if exists stats_follow on organisation_txn;
        alter table organisation_txn no force row level security, disable row level security;
        revoke all on organisation_txn from :"app_role";
        drop policy if exists tenant on premium_payment;
        drop policy if exists system on premium_payment;
        drop trigger if exists no_delete on premium_payment;
        drop trigger if exists held on premium_payment;
        drop trigger if exists posted on premium_payment;
        drop trigger if exists settled on premium_payment;
        alter table premium_payment no force row level security, disable row level security;
        revoke all on premium_payment from :"app_role";
        drop policy if exists tenant on premium_refund;
        drop policy if exists system on premium_refund;
        drop trigger if exists fixed on premium_refund;
        alter table premium_refund no force row level security, disable row level security;
        revoke all on premium_refund from :"app_role";
        drop policy if exists tenant on premium_source;
        drop policy if exists system on premium_source;
        drop trigger if exists fixed on premium_source;
        alter table premium_source no force row level security, disable row level security;
        revoke all on premium_source from :"app_role";
        drop policy if exists system on receipt_series;
        alter table receipt_series no force row level security, disable row level security;
        revoke all on receipt_series from :"app_role";
        drop policy if exists tenant on renewal_reminder;
        drop policy if exists system on renewal_reminder;
        drop trigger if exists append_only on renewal_reminder;
        drop trigger if exists append_only_truncate on renewal_reminder;
        alter table renewal_reminder no force row level security, disable row level security;
        revoke all on renewal_reminder from :"app_role";
        drop routine if exists book_for_entry;
        drop routine if exists book_stats_follow;
        drop routine if exists collect_money;
        drop routine if exists is_direct_customer;
        drop routine if exists lock_book_box;
        drop routine if exists pay_refund;
        drop routine if exists return_collected;
        drop routine if exists scope_book;
        drop routine if exists settle_money;
        drop routine if exists take_receipt_number;
        drop routine if exists write_book_entry;
    """)
    install("0047_direct_customers/down")
    run(NO_TABLES)
    run(NO_COLUMNS)
