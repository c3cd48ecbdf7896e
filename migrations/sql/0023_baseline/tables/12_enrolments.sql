-- One person is enrolled once for one product from one month on; what was rejected, withdrawn or ended does not
-- count. A reference is the partner system's own for ever, or the organisation's where a person sent it.
--
-- No foreign keys to what the rows of a statement share: its triggers `refs` and `refs_stay` stand in their place
-- (docs/decisions/0011).
create table enrolment (
    id uuid primary key,
    network text not null,
    organisation_id uuid not null,
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
    status text not null constraint ck_enrolment_status check (status in ('draft', 'submitted', 'accepted', 'returned',
        'rejected', 'withdrawn', 'paid', 'active', 'ended')),
    external_ref text,
    client_id uuid,
    batch_id uuid,
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
    covered_until date,
    insured_since date,
    supported_before integer not null default 0
        constraint ck_enrolment_supported_before check (supported_before between 0 and 120),
    paid_at timestamptz,
    activated_at timestamptz,
    ended_on date,
    ended_why text constraint ck_enrolment_ended_why
        check (ended_why in ('compulsory', 'died', 'one_off', 'pension', 'stopped')),
    constraint ck_enrolment_income_of_product check ((product = 'bhxh_tn') = (monthly_income is not null)),
    constraint ck_enrolment_submitted check (status = 'draft' or status = 'withdrawn' or submitted_at is not null),
    constraint ck_enrolment_decided check (status in ('draft', 'submitted', 'withdrawn') or decided_at is not null),
    constraint ck_enrolment_paid check (status not in ('paid', 'active', 'ended') or paid_at is not null),
    constraint ck_enrolment_active check (status <> 'active' or activated_at is not null),
    constraint ck_enrolment_ended
        check ((status = 'ended') = (ended_on is not null) and (ended_on is null) = (ended_why is null))
);
create unique index uq_enrolment_live on enrolment (member_id, product, from_month)
    where status not in ('rejected', 'withdrawn', 'ended');
create unique index uq_enrolment_client_ref on enrolment (client_id, external_ref) where client_id is not null;

create unique index uq_enrolment_organisation_ref on enrolment (organisation_id, external_ref)
    where client_id is null and external_ref is not null;
create index ix_enrolment_province on enrolment (province_code, id);
create index ix_enrolment_commune on enrolment (commune_code, id);
create index ix_enrolment_member on enrolment (member_id, id);
create index ix_enrolment_group on enrolment (group_id, id) where group_id is not null;
create index ix_enrolment_batch on enrolment (batch_id, id) where batch_id is not null;

create table enrolment_merge (
    id uuid primary key,
    network text not null references network constraint ck_enrolment_merge_network check (network = 'bhxh'),
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    product text not null,
    shared text[] not null,
    keep_id uuid not null references enrolment,
    drop_id uuid not null references enrolment,
    before jsonb not null,
    dropped_version integer not null,
    merged_by uuid not null,
    merged_at timestamptz not null default now(),
    undone_by uuid,
    undone_at timestamptz,
    constraint ck_enrolment_merge_two check (keep_id <> drop_id),
    constraint ck_enrolment_merge_undone check ((undone_at is null) = (undone_by is null))
);
create unique index uq_enrolment_merge_drop on enrolment_merge (drop_id) where undone_at is null;
create index ix_enrolment_merge_keep on enrolment_merge (keep_id);
create index ix_enrolment_merge_drop on enrolment_merge (drop_id);
create index ix_enrolment_merge_place on enrolment_merge (province_code, id);
create index ix_enrolment_merge_organisation on enrolment_merge (organisation_id);
