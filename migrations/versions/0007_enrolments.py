"""Enrolments and the batches that they come in.

Revision ID: 0007
Revises: 0006
"""

from migrations.script import run

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# A batch belongs to the organisation that sent it, which may cover only some communes of its province: it sees its
# own batches in any case. The key is kept for ever, and so is the answer that it got.
BATCHES = """
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
    constraint uq_enrolment_batch_key unique (organisation_id, client_key)
);
create index ix_enrolment_batch_organisation on enrolment_batch (organisation_id, id);
create index ix_enrolment_batch_client on enrolment_batch (client_id) where client_id is not null;
call protect_rows('enrolment_batch', own => 'organisation_id');
-- A batch names people of all groups, so those who work for some groups only do not see it.
do $do$ begin
    execute format('create policy of_all_groups on enrolment_batch as restrictive to %I'
        ' using ((select scope_all_groups()))', current_setting('ansinh.app_role'));
end $do$;
call grant_app('enrolment_batch', 'select, insert, update');
"""

# One person is enrolled once for one product from one month on; what was rejected or withdrawn does not count. A
# reference is the partner system's own for ever, or the organisation's where a person sent it.
ENROLMENTS = """
create table enrolment (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    group_id uuid references savings_group,
    member_id uuid not null references member,
    product text not null constraint ck_enrolment_product check (product in ('bhxh_tn', 'bhyt_hgd')),
    method text not null constraint ck_enrolment_method check (method in ('months_1', 'months_3', 'months_6',
        'months_12', 'years_2', 'years_3', 'years_4', 'years_5', 'missing_months')),
    months integer not null constraint ck_enrolment_months check (months between 1 and 120),
    monthly_income bigint constraint ck_enrolment_monthly_income check (monthly_income > 0),
    from_month date not null constraint ck_enrolment_from_month check (extract(day from from_month) = 1),
    support_group text constraint ck_enrolment_support_group
        check (support_group in ('poor', 'near_poor', 'ethnic_minority', 'island', 'other')),
    relation_to_head text,
    status text not null constraint ck_enrolment_status
        check (status in ('draft', 'submitted', 'accepted', 'returned', 'rejected', 'withdrawn')),
    external_ref text,
    client_id uuid references api_client,
    batch_id uuid references enrolment_batch,
    content_hash bytea not null,
    reasons jsonb not null default '[]',
    submitted_at timestamptz,
    submitted_by uuid,
    decided_at timestamptz,
    decided_by uuid,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version integer not null default 1,
    constraint ck_enrolment_income_of_product check ((product = 'bhxh_tn') = (monthly_income is not null)),
    constraint ck_enrolment_submitted check (status = 'draft' or status = 'withdrawn' or submitted_at is not null),
    constraint ck_enrolment_decided check (status not in ('accepted', 'returned', 'rejected') or decided_at is not null)
);
create unique index uq_enrolment_live on enrolment (member_id, product, from_month)
    where status not in ('rejected', 'withdrawn');
create unique index uq_enrolment_client_ref on enrolment (client_id, external_ref) where client_id is not null;
create unique index uq_enrolment_organisation_ref on enrolment (organisation_id, external_ref)
    where client_id is null and external_ref is not null;
create index ix_enrolment_organisation on enrolment (organisation_id);
create index ix_enrolment_province on enrolment (province_code, id);
create index ix_enrolment_commune on enrolment (commune_code, id);
create index ix_enrolment_member on enrolment (member_id, id);
create index ix_enrolment_group on enrolment (group_id, id) where group_id is not null;
create index ix_enrolment_batch on enrolment (batch_id, id) where batch_id is not null;
call protect_rows('enrolment', grouped => true);
call grant_app('enrolment', 'select, insert, update');
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(BATCHES)
    run(ENROLMENTS)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("drop table enrolment, enrolment_batch;")
