-- place_code is the place as it was told, of any level; province_code and commune_code are where it lies.
-- A row without a province is the whole network's.
create table campaign (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    place_code text,
    province_code text,
    commune_code text,
    kind text not null constraint ck_campaign_kind check (kind in (
        'communication', 'recruitment_drive', 'emulation', 'coverage_drive', 'initiative', 'support_drive')),
    name text not null constraint ck_campaign_name check (nfc(name)),
    level text constraint ck_campaign_level check (level in (
        'national', 'sector', 'province', 'district', 'commune', 'hamlet', 'block')),
    organiser_id uuid references organisation,
    organiser_name text constraint ck_campaign_organiser_name check (nfc(organiser_name)),
    partners text[] not null default '{}',
    products text[] not null default '{}',
    model_id uuid references savings_model,
    starts_on date,
    ends_on date,
    goal text,
    details jsonb not null default '{}',
    note text,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version integer not null default 1,
    constraint ck_campaign_dates check (ends_on >= starts_on)
);
create index ix_campaign_place on campaign (province_code, network, id);
create index ix_campaign_organisation on campaign (organisation_id);
create index ix_campaign_organiser on campaign (organiser_id) where organiser_id is not null;
create index ix_campaign_model on campaign (model_id) where model_id is not null;

create table campaign_event (
    id uuid primary key,
    campaign_id uuid not null references campaign,
    network text not null references network,
    organisation_id uuid not null references organisation,
    place_code text,
    province_code text,
    commune_code text,
    kind text not null constraint ck_campaign_event_kind
        check (kind in ('show', 'meeting', 'launch', 'handover', 'visit', 'other')),
    name text constraint ck_campaign_event_name check (nfc(name)),
    held_on date,
    period_from date,
    period_to date,
    sessions integer constraint ck_campaign_event_sessions check (sessions > 0),
    attendance_min bigint constraint ck_campaign_event_attendance_min check (attendance_min >= 0),
    attendance_max bigint,
    attendance_qualifier text constraint ck_campaign_event_qualifier check (known_qualifier(attendance_qualifier)),
    attendance_text text,
    attendance_of text constraint ck_campaign_event_attendance_of check (attendance_of in ('total', 'each_session')),
    note text,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version integer not null default 1,
    constraint ck_campaign_event_period check (period_to >= period_from),
    constraint ck_campaign_event_when check ((held_on is null) <> (period_from is null)
        and (period_from is null) = (period_to is null)),
    constraint ck_campaign_event_attendance check ((attendance_min is null) = (attendance_max is null)
        and attendance_max >= attendance_min and (attendance_min is null or attendance_of is not null))
);
create index ix_campaign_event_campaign on campaign_event (campaign_id, id);
create index ix_campaign_event_organisation on campaign_event (organisation_id);

create table award (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    place_code text,
    province_code text,
    commune_code text,
    campaign_id uuid references campaign,
    level text not null constraint ck_award_level check (level in (
        'national', 'sector', 'province', 'district', 'commune', 'hamlet', 'block')),
    title text not null constraint ck_award_title check (nfc(title)),
    awarded_by text,
    decision_no text,
    recipient_kind text not null constraint ck_award_recipient_kind
        check (recipient_kind in ('person', 'group', 'organisation')),
    recipient_member_id uuid references member,
    recipient_group_id uuid references savings_group,
    recipient_organisation_id uuid references organisation,
    recipient_text text,
    count integer not null default 1 constraint ck_award_count check (count > 0),
    awarded_on date,
    period_from date,
    period_to date,
    note text,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version integer not null default 1,
    constraint ck_award_period check (period_to >= period_from),
    constraint ck_award_when check ((awarded_on is null) <> (period_from is null)
        and (period_from is null) = (period_to is null)),
    constraint ck_award_recipient check (
        num_nonnulls(recipient_member_id, recipient_group_id, recipient_organisation_id) <= 1
        and (recipient_member_id is null or recipient_kind = 'person')
        and (recipient_group_id is null or recipient_kind = 'group')
        and (recipient_organisation_id is null or recipient_kind = 'organisation'))
);
create index ix_award_place on award (province_code, network, id);
create index ix_award_organisation on award (organisation_id);
create index ix_award_campaign on award (campaign_id) where campaign_id is not null;
create index ix_award_member on award (recipient_member_id) where recipient_member_id is not null;
create index ix_award_group on award (recipient_group_id) where recipient_group_id is not null;
create index ix_award_recipient on award (recipient_organisation_id) where recipient_organisation_id is not null;

-- Money: never changed. A correction is a new row that names the one whose place it takes; 0 takes it back.
create table payout (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    place_code text,
    province_code text,
    commune_code text,
    campaign_id uuid references campaign,
    kind text not null constraint ck_payout_kind check (kind in (
        'mobiliser_support', 'reward', 'card_support', 'premium_support', 'event_cost', 'other')),
    amount bigint not null,
    qualifier text not null constraint ck_payout_qualifier check (known_qualifier(qualifier)),
    printed text,
    paid_on date,
    period_from date,
    period_to date,
    recipients integer constraint ck_payout_recipients check (recipients > 0),
    recipient_kind text not null constraint ck_payout_recipient_kind
        check (recipient_kind in ('person', 'group', 'organisation')),
    purpose text not null,
    payer_id uuid references organisation,
    payer_name text constraint ck_payout_payer_name check (nfc(payer_name)),
    note text,
    corrects_id uuid references payout,
    correction_reason text,
    client_key text not null,
    request_hash bytea not null,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    constraint ck_payout_amount check (amount > 0 or amount = 0 and corrects_id is not null),
    constraint ck_payout_period check (period_to >= period_from),
    constraint ck_payout_when check ((paid_on is null) <> (period_from is null)
        and (period_from is null) = (period_to is null)),
    constraint ck_payout_correction check ((corrects_id is null) = (correction_reason is null)),
    constraint uq_payout_key unique (organisation_id, client_key)
);
create index ix_payout_place on payout (province_code, network, id);
create index ix_payout_campaign on payout (campaign_id) where campaign_id is not null;
create index ix_payout_payer on payout (payer_id) where payer_id is not null;
create unique index uq_payout_corrects on payout (corrects_id) where corrects_id is not null;

-- The network is whose target it is; who set it stands beside, as the state's targets are set by BHXH for others.
create table target (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    place_code text,
    province_code text,
    commune_code text,
    metric text not null constraint ck_target_metric check (metric ~ '^[a-z_]{2,40}$'),
    product text constraint ck_target_product check (product in ('bhxh_tn', 'bhyt_hgd')),
    for_organisation_id uuid references organisation,
    for_group_id uuid references savings_group,
    for_user_id uuid references app_user,
    model_id uuid references savings_model,
    campaign_id uuid references campaign,
    period text not null constraint ck_target_period
        check (period in ('year', 'quarter', 'month', 'week', 'other')),
    period_from date not null,
    period_to date not null,
    value numeric,
    unit text not null,
    qualifier text not null constraint ck_target_qualifier check (known_qualifier(qualifier)),
    printed text,
    basis text,
    set_by_network text not null references network,
    set_on date,
    note text,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version integer not null default 1,
    constraint ck_target_dates check (period_to >= period_from),
    constraint ck_target_said check (value is not null or printed is not null),
    constraint ck_target_for check (num_nonnulls(for_organisation_id, for_group_id, for_user_id) <= 1)
);
create index ix_target_place on target (province_code, network, id);
create index ix_target_metric on target (metric, period_from);
create index ix_target_organisation on target (organisation_id);
create index ix_target_for_organisation on target (for_organisation_id) where for_organisation_id is not null;
create index ix_target_for_group on target (for_group_id) where for_group_id is not null;
create index ix_target_for_user on target (for_user_id) where for_user_id is not null;
create index ix_target_model on target (model_id) where model_id is not null;
create index ix_target_campaign on target (campaign_id) where campaign_id is not null;

-- What a target said before each edit.
create table target_version (
    target_id uuid not null references target,
    version integer not null,
    network text not null references network,
    province_code text,
    commune_code text,
    content jsonb not null,
    replaced_by uuid not null,
    replaced_at timestamptz not null default now(),
    primary key (target_id, version)
);

-- A figure stays as it was printed. A correction is a new row that names the one whose place it takes.
create table observation (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    place_code text,
    province_code text,
    commune_code text,
    metric text not null constraint ck_observation_metric check (metric ~ '^[a-z_]{2,40}$'),
    product text constraint ck_observation_product check (product in ('bhxh_tn', 'bhyt_hgd')),
    model_id uuid references savings_model,
    campaign_id uuid references campaign,
    group_id uuid references savings_group,
    nature text not null constraint ck_observation_nature check (nature in ('stock', 'flow', 'net_change')),
    observed_on date,
    period_from date,
    period_to date,
    value numeric,
    unit text,
    qualifier text not null constraint ck_observation_qualifier check (known_qualifier(qualifier)),
    printed text,
    numerator numeric,
    numerator_unit text,
    numerator_qualifier text constraint ck_observation_numerator_qualifier check (known_qualifier(numerator_qualifier)),
    denominator numeric,
    denominator_unit text,
    denominator_qualifier text
        constraint ck_observation_denominator_qualifier check (known_qualifier(denominator_qualifier)),
    parts jsonb not null default '[]',
    parts_are_all boolean not null default true,
    base text not null default 'none' constraint ck_observation_base check (base in (
        'none', 'same_period_last_year', 'year_start', 'base_year', 'target', 'goal')),
    base_on date,
    base_value numeric,
    base_printed text,
    difference numeric,
    difference_kind text constraint ck_observation_difference_kind
        check (difference_kind in ('count', 'points', 'relative', 'ambiguous')),
    source_kind text not null constraint ck_observation_source_kind
        check (source_kind in ('newspaper', 'report', 'system')),
    source_title text constraint ck_observation_source_title check (nfc(source_title)),
    source_date date,
    flags text[] not null default '{}',
    cautions text[] not null default '{}',
    small boolean not null default false,
    note text,
    corrects_id uuid references observation,
    correction_reason text,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    constraint ck_observation_period check (period_to >= period_from),
    constraint ck_observation_when check ((observed_on is null or period_from is null)
        and (period_from is null) = (period_to is null)
        and coalesce(observed_on, period_from, source_date) is not null),
    constraint ck_observation_unit check (value is null or unit is not null),
    constraint ck_observation_numerator check (num_nulls(numerator, numerator_unit, numerator_qualifier) in (0, 3)),
    constraint ck_observation_denominator
        check (num_nulls(denominator, denominator_unit, denominator_qualifier) in (0, 3)),
    constraint ck_observation_difference check ((difference is null) = (difference_kind is null)),
    constraint ck_observation_said check (num_nonnulls(value, numerator, printed, corrects_id) > 0
        or jsonb_array_length(parts) > 0),
    constraint ck_observation_correction check ((corrects_id is null) = (correction_reason is null))
);
create index ix_observation_place on observation (province_code, network, id);
create index ix_observation_metric on observation (metric, id);
create index ix_observation_organisation on observation (organisation_id);
create index ix_observation_model on observation (model_id) where model_id is not null;
create index ix_observation_campaign on observation (campaign_id) where campaign_id is not null;
create index ix_observation_group on observation (group_id) where group_id is not null;
create unique index uq_observation_corrects on observation (corrects_id) where corrects_id is not null;
