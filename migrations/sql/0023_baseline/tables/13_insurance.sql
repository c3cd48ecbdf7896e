-- A value is the state's, or a province's own extra. Everybody may read it, also without a login: a quote names the
-- values that it was worked out with. BHXH writes: the national level the state's, each province its own.
create table insurance_rule (
    id uuid primary key,
    key text not null,
    value numeric not null constraint ck_insurance_rule_value check (value >= 0),
    province_code text,
    valid_from date not null,
    valid_to date,
    legal_basis text not null constraint ck_insurance_rule_legal_basis check (nfc(legal_basis)),
    note text,
    status text not null constraint ck_insurance_rule_status check (status in ('active', 'unconfirmed')),
    confirmed_at timestamptz,
    confirmed_by uuid,
    entered_by uuid,
    entered_at timestamptz not null default now(),
    version integer not null default 1,
    -- (A row that ends on the day before its first was withdrawn and never holds.)
    constraint ck_insurance_rule_dates check (valid_to >= valid_from - 1),
    constraint ex_insurance_rule_overlap exclude using gist
        (key with =, coalesce(province_code, '') with =, daterange(valid_from, valid_to + 1) with &&)
        where (status = 'active')
);
create index ix_insurance_rule_key on insurance_rule (key, valid_from);

-- BHXH's knowledge about a member of any network: its rows are of the network bhxh, which no union sees. They lie where
-- the member lives now; the place that they keep is that of the day on which they were noted.
create table other_insurance (
    id uuid primary key,
    network text not null references network constraint ck_other_insurance_network check (network = 'bhxh'),
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    member_id uuid not null references member,
    kind text not null constraint ck_other_insurance_kind check (kind in ('compulsory', 'pension')),
    valid_from date not null,
    valid_to date,
    entered_by uuid not null,
    created_at timestamptz not null default now(),
    constraint ck_other_insurance_dates check (valid_to >= valid_from),
    constraint ex_other_insurance_overlap
        exclude using gist (member_id with =, kind with =, daterange(valid_from, valid_to, '[]') with &&)
);
create index ix_other_insurance_organisation on other_insurance (organisation_id);

-- What an enrolment costs, who pays it, and what follows: coverage, refunds, instalments and their repayment.
--
-- A row belongs to the network, place and group of its enrolment; organisation_id is who recorded it.
--
-- One premium (đóng phí): held, then posted with its receipt or voided. Once it is posted, the amounts are those of
-- the rules of payment_date for ever; formula and rules tell how they were worked out.
create table premium_payment (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    group_id uuid not null references savings_group,
    member_id uuid not null references member,
    household_id uuid references household,
    enrolment_id uuid not null references enrolment,
    product text not null constraint ck_premium_payment_product check (product in ('bhxh_tn', 'bhyt_hgd')),
    method text not null,
    months integer not null constraint ck_premium_payment_months check (months > 0),
    monthly_income bigint,
    from_month date not null,
    status text not null constraint ck_premium_payment_status check (status in ('held', 'posted', 'voided', 'refunded')),
    business_date date not null,
    priced_on date not null,
    amount_due bigint not null,
    state_support bigint not null,
    province_support bigint not null,
    other_support bigint not null,
    participant_pays bigint not null,
    supported_months integer not null,
    supported_before integer not null,
    support_group text,
    covered_until date,
    insured_since date,
    household_order integer constraint ck_premium_payment_order check (household_order > 0),
    declared_order integer,
    formula jsonb not null,
    rules jsonb not null,
    receipt_series text,
    receipt_no text,
    payment_date date,
    posted_at timestamptz,
    posted_by uuid,
    voided_at timestamptz,
    voided_by uuid,
    remuneration_kind text constraint ck_premium_payment_remuneration check (remuneration_kind in ('first', 'again')),
    remuneration_rate numeric,
    remuneration_rule_id uuid references insurance_rule,
    remuneration bigint,
    client_id uuid references api_client,
    client_key text not null,
    request_hash bytea not null,
    answer jsonb not null,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    version integer not null default 1,
    constraint uq_premium_payment_key unique (organisation_id, client_key),
    constraint ck_premium_payment_sum check (
        least(amount_due, state_support, province_support, other_support, participant_pays) >= 0
        and amount_due = state_support + province_support + other_support + participant_pays),
    constraint ck_premium_payment_receipt check (
        (status in ('posted', 'refunded')) = (payment_date is not null and receipt_series is not null
                                              and receipt_no is not null and posted_at is not null)),
    constraint ck_premium_payment_priced check (payment_date is null or payment_date = priced_on)
);
create unique index uq_premium_payment_enrolment on premium_payment (enrolment_id) where status <> 'voided';

create unique index uq_premium_payment_receipt on premium_payment (network, receipt_series, receipt_no)
    where receipt_no is not null;
create index ix_premium_payment_enrolment on premium_payment (enrolment_id, id);
create index ix_premium_payment_organisation on premium_payment (organisation_id, id);
create index ix_premium_payment_province on premium_payment (province_code, id);
create index ix_premium_payment_commune on premium_payment (commune_code, id);
create index ix_premium_payment_group on premium_payment (group_id, id);
create index ix_premium_payment_member on premium_payment (member_id, id);
create index ix_premium_payment_household on premium_payment (household_id) where household_id is not null;
create index ix_premium_payment_client on premium_payment (client_id) where client_id is not null;
create index ix_premium_payment_rule on premium_payment (remuneration_rule_id) where remuneration_rule_id is not null;
create index ix_premium_payment_date on premium_payment (province_code, payment_date) where payment_date is not null;

-- Where the money of a payment comes from; each is one hold of the ledger. paid: what of it was spent at posting.
create table premium_source (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    group_id uuid not null references savings_group,
    payment_id uuid not null references premium_payment,
    position integer not null,
    kind text not null constraint ck_premium_source_kind check (kind in ('savings', 'fund', 'donor', 'instalment')),
    amount bigint not null constraint ck_premium_source_amount check (amount > 0),
    paid bigint constraint ck_premium_source_paid check (paid between 0 and amount),
    source text constraint ck_premium_source_source check (nfc(source)),
    instalments integer,
    first_due date,
    donation_id uuid,
    hold_id uuid not null,
    resolution_id uuid,
    constraint uq_premium_source_position unique (payment_id, position),
    constraint ck_premium_source_donor check ((kind = 'donor') = (source is not null and donation_id is not null)),
    constraint ck_premium_source_instalment
        check ((kind = 'instalment') = (instalments is not null and first_due is not null)),
    constraint ck_premium_source_resolved check ((paid is null) = (resolution_id is null))
);
create index ix_premium_source_group on premium_source (group_id);
create index ix_premium_source_organisation on premium_source (organisation_id);

-- What a posted payment buys (thời gian tham gia). Missing months are paid for the past: they have no days.
-- ended_on: the last day that is left after a refund, the day before the first when none is.
create table coverage (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    group_id uuid not null references savings_group,
    member_id uuid not null references member,
    enrolment_id uuid not null references enrolment,
    payment_id uuid not null constraint uq_coverage_payment unique references premium_payment,
    product text not null,
    method text not null,
    months integer not null constraint ck_coverage_months check (months >= 0),
    supported_months integer not null constraint ck_coverage_supported check (supported_months between 0 and months),
    valid_from date,
    valid_to date,
    continuous_since date,
    five_years_from date,
    ended_on date,
    ended_why text,
    created_at timestamptz not null default now(),
    version integer not null default 1,
    constraint ck_coverage_days check (valid_to >= valid_from and (valid_from is null) = (valid_to is null)),
    constraint ck_coverage_ended check (ended_on between valid_from - 1 and valid_to),
    constraint ex_coverage_overlap exclude using gist (member_id with =, product with =,
        daterange(valid_from, least(valid_to, ended_on) + 1) with &&) where (valid_from is not null)
);
create index ix_coverage_member on coverage (member_id, product);
create index ix_coverage_enrolment on coverage (enrolment_id);
create index ix_coverage_organisation on coverage (organisation_id);
create index ix_coverage_group on coverage (group_id, id);
create index ix_coverage_province on coverage (province_code, id);
create index ix_coverage_commune on coverage (commune_code, id);
create index ix_coverage_until on coverage (province_code, valid_to) where valid_to is not null;

-- The person's own money of the months that are left (hoàn trả), by BHXH's decision; then received.
create table premium_refund (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    group_id uuid not null references savings_group,
    member_id uuid not null references member,
    enrolment_id uuid not null references enrolment,
    payment_id uuid not null constraint uq_premium_refund_payment unique references premium_payment,
    product text not null,
    reason text not null constraint ck_premium_refund_reason
        check (reason in ('compulsory', 'one_off', 'died', 'pension', 'other_group')),
    from_month date not null,
    remaining_months integer not null constraint ck_premium_refund_months check (remaining_months > 0),
    unused bigint not null,
    amount bigint not null constraint ck_premium_refund_amount check (amount >= 0),
    state_returned bigint not null,
    province_returned bigint not null,
    other_returned bigint not null,
    formula jsonb not null,
    rules jsonb not null,
    remuneration_rate numeric,
    clawback bigint,
    decided_by uuid not null,
    decided_on date not null,
    decided_at timestamptz not null default now(),
    status text not null constraint ck_premium_refund_status check (status in ('decided', 'received')),
    received_as text constraint ck_premium_refund_received_as check (received_as in ('savings', 'person')),
    received_on date,
    received_by uuid,
    received_at timestamptz,
    txn_id uuid,
    receiver_id uuid references organisation,
    client_key text,
    request_hash bytea,
    version integer not null default 1,
    constraint uq_premium_refund_key unique (receiver_id, client_key),
    constraint ck_premium_refund_parts check (
        least(state_returned, province_returned, other_returned) >= 0
        and unused = amount + state_returned + province_returned + other_returned),
    constraint ck_premium_refund_received check ((status = 'received')
        = (received_as is not null and received_on is not null and client_key is not null))
);
create index ix_premium_refund_organisation on premium_refund (organisation_id);
create index ix_premium_refund_province on premium_refund (province_code, id);
create index ix_premium_refund_commune on premium_refund (commune_code, id);
create index ix_premium_refund_group on premium_refund (group_id, id);
create index ix_premium_refund_member on premium_refund (member_id, id);
create index ix_premium_refund_enrolment on premium_refund (enrolment_id);

-- Money of the fund that a member pays back by instalments (trả góp). next_due: the day of the first instalment that
-- is not paid in full, null when all is repaid.
create table premium_advance (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    group_id uuid not null references savings_group,
    member_id uuid not null references member,
    payment_id uuid not null references premium_payment,
    source_id uuid not null constraint uq_premium_advance_source unique references premium_source,
    amount bigint not null constraint ck_premium_advance_amount check (amount > 0),
    instalments integer not null constraint ck_premium_advance_instalments check (instalments > 0),
    first_due date not null,
    repaid bigint not null default 0 constraint ck_premium_advance_repaid check (repaid between 0 and amount),
    next_due date,
    created_at timestamptz not null default now(),
    version integer not null default 1,
    constraint ck_premium_advance_next check ((repaid = amount) = (next_due is null))
);
create index ix_premium_advance_organisation on premium_advance (organisation_id);
create index ix_premium_advance_payment on premium_advance (payment_id);
create index ix_premium_advance_province on premium_advance (province_code, id);
create index ix_premium_advance_commune on premium_advance (commune_code, id);
create index ix_premium_advance_group on premium_advance (group_id, id);
create index ix_premium_advance_member on premium_advance (member_id, id);

create table premium_repayment (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    group_id uuid not null references savings_group,
    advance_id uuid not null references premium_advance,
    amount bigint not null constraint ck_premium_repayment_amount check (amount > 0),
    paid_from text not null constraint ck_premium_repayment_paid_from check (paid_from in ('cash', 'savings')),
    business_date date not null,
    repaid_after bigint not null,
    txn_id uuid not null,
    client_key text not null,
    request_hash bytea not null,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    constraint uq_premium_repayment_key unique (organisation_id, client_key)
);
create index ix_premium_repayment_advance on premium_repayment (advance_id, id);
create index ix_premium_repayment_group on premium_repayment (group_id);

-- Which coverage was reminded of, and for which day: once, however often and from wherever it is asked for.
create table renewal_reminder (
    coverage_id uuid not null references coverage,
    due_on date not null,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    group_id uuid not null references savings_group,
    reminded_at timestamptz not null default now(),
    primary key (coverage_id, due_on)
);
create index ix_renewal_reminder_organisation on renewal_reminder (organisation_id);
create index ix_renewal_reminder_group on renewal_reminder (group_id);
