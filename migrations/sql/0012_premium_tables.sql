-- What an enrolment costs, who pays it, and what follows: coverage, refunds, instalments and their repayment.
--
-- A row belongs to the network, place and group of its enrolment; organisation_id is who recorded it.

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

call protect_rows('premium_payment', grouped => true);
call protect_rows('premium_source', grouped => true);
call protect_rows('coverage', grouped => true);
call protect_rows('premium_refund', grouped => true);
call protect_rows('premium_advance', grouped => true);
call protect_rows('premium_repayment', grouped => true);
call grant_app('premium_payment', 'select, insert, update');
call grant_app('premium_source', 'select, insert, update');
call grant_app('coverage', 'select, insert, update');
call grant_app('premium_refund', 'select, insert, update');
call grant_app('premium_advance', 'select, insert, update');
call grant_app('premium_repayment', 'select, insert');
call append_only('premium_repayment');

-- Nothing is deleted, and only what a step of its life writes is ever changed: the columns that the trigger names.
create function refuse_other_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or to_jsonb(old) - tg_argv is distinct from to_jsonb(new) - tg_argv then
        raise exception 'table % keeps what was recorded', tg_table_name using errcode = 'AS409';
    end if;
    return new;
end $$;
create trigger no_delete before delete on premium_payment for each row execute function refuse_other_change();
create trigger held before update on premium_payment for each row when (old.status = 'held' and new.status <> 'refunded')
    execute function refuse_other_change('status', 'priced_on', 'amount_due', 'state_support', 'province_support',
        'other_support', 'participant_pays', 'supported_months', 'supported_before', 'support_group', 'covered_until',
        'insured_since', 'household_id', 'household_order', 'formula', 'rules', 'receipt_series', 'receipt_no',
        'payment_date', 'posted_at', 'posted_by', 'voided_at', 'voided_by', 'remuneration_kind', 'remuneration_rate',
        'remuneration_rule_id', 'remuneration', 'version');
create trigger posted before update on premium_payment for each row
    when (old.status = 'posted' and new.status = 'refunded') execute function refuse_other_change('status', 'version');
create trigger settled before update on premium_payment for each row
    when (old.status <> 'held' and not (old.status = 'posted' and new.status = 'refunded')
          or old.status = 'held' and new.status = 'refunded') execute function refuse_change();
create trigger fixed before update or delete on premium_source for each row
    execute function refuse_other_change('paid', 'resolution_id');
create trigger fixed before update or delete on coverage for each row
    execute function refuse_other_change('months', 'supported_months', 'ended_on', 'ended_why', 'version');
create trigger fixed before update or delete on premium_refund for each row
    execute function refuse_other_change('status', 'received_as', 'received_on', 'received_by', 'received_at', 'txn_id',
        'receiver_id', 'client_key', 'request_hash', 'version');
create trigger fixed before update or delete on premium_advance for each row
    execute function refuse_other_change('repaid', 'next_due', 'version');

-- What a member has been covered for, whichever group paid: the limit of supported months is one for a lifetime.
create function coverage_of(p_member uuid) returns setof coverage
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    return query select c.* from coverage c where c.member_id = p_member and scope_network() in ('*', c.network);
    perform set_config('app.system', was, true);
end $$;

-- Which places in the order of a household are taken in a year, and by whom: by this member or by another.
create function household_orders(p_household uuid, p_member uuid, p_year integer)
returns table (payment_id uuid, own boolean, taken integer)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    return query
    select p.id, p.member_id = p_member, p.household_order from premium_payment p
     where p.household_id = p_household and p.household_order is not null and p.status <> 'voided'
       and extract(year from p.priced_on) = p_year and scope_network() in ('*', p.network);
    perform set_config('app.system', was, true);
end $$;
