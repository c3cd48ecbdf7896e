create table savings_model (
    id uuid primary key,
    code text not null,
    network text not null references network,
    organisation_id uuid not null references organisation,
    place_code text,
    province_code text,
    commune_code text,
    name text not null constraint ck_savings_model_name check (nfc(name)),
    aliases text[] not null default '{}',
    search_name text not null default '',
    mechanism text not null constraint ck_savings_model_mechanism check (mechanism in (
        'piggy_bank', 'farm_product', 'dedicated_asset', 'pooled_capital', 'rotating_fund', 'instalment',
        'recyclables', 'donation', 'public_support', 'recruitment_pledge', 'full_coverage_pledge')),
    details jsonb not null default '{}',
    products text[] not null default '{}',
    partners text[] not null default '{}',
    launched_on date,
    ended_on date,
    description text,
    replicated_from_id uuid references savings_model,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version integer not null default 1,
    constraint uq_savings_model_code unique (network, code)
);
create index ix_savings_model_organisation on savings_model (organisation_id);
create index ix_savings_model_replicated_from on savings_model (replicated_from_id) where replicated_from_id is not null;
create index ix_savings_model_place on savings_model (province_code, network);

create table savings_group (
    id uuid primary key,
    code text not null,
    network text not null references network,
    organisation_id uuid not null references organisation,
    model_id uuid references savings_model,
    kind text not null constraint ck_savings_group_kind
        check (kind in ('savings_group', 'club', 'neighbour_block', 'fund')),
    name text not null constraint ck_savings_group_name check (nfc(name)),
    search_name text not null default '',
    province_code text not null,
    commune_code text not null,
    hamlet_code text,
    leader_id uuid references member,
    treasurer_id uuid references member,
    cycle text constraint ck_savings_group_cycle check (cycle in ('day', 'week', 'month', 'season', 'year')),
    meeting_day integer constraint ck_savings_group_meeting_day check (meeting_day between 1 and 31),
    started_on date,
    ended_on date,
    note text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version integer not null default 1,
    constraint uq_savings_group_code unique (network, code),
    constraint ck_savings_group_dates check (ended_on is null or started_on is null or ended_on >= started_on)
);
create index ix_savings_group_commune on savings_group (commune_code, network, id);
create index ix_savings_group_province on savings_group (province_code, network, id);
create index ix_savings_group_model on savings_group (model_id) where model_id is not null;
create index ix_savings_group_leader on savings_group (leader_id) where leader_id is not null;
create index ix_savings_group_treasurer on savings_group (treasurer_id) where treasurer_id is not null;
create index ix_savings_group_organisation on savings_group (organisation_id);

-- No foreign key to the network, which the rows of a statement share: the triggers `refs` and `refs_stay` stand in its
-- place (docs/decisions/0011).
create table membership (
    id uuid primary key,
    group_id uuid not null references savings_group,
    member_id uuid not null references member,
    network text not null,
    province_code text not null,
    commune_code text not null,
    duty text not null default 'member' constraint ck_membership_duty check (duty in ('member', 'leader', 'treasurer')),
    joined_on date not null,
    left_on date,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version integer not null default 1,
    constraint ck_membership_dates check (left_on is null or left_on >= joined_on)
);
create unique index uq_membership_current on membership (group_id, member_id) where left_on is null;
create index ix_membership_member on membership (member_id, group_id);
create index ix_membership_group on membership (group_id, id);

create table pledge (
    id uuid primary key,
    membership_id uuid not null references membership,
    group_id uuid not null references savings_group,
    network text not null references network,
    province_code text not null,
    commune_code text not null,
    kind text not null constraint ck_pledge_kind check (kind in ('money', 'asset')),
    product text constraint ck_pledge_product check (product in ('bhxh_tn', 'bhyt_hgd')),
    amount bigint constraint ck_pledge_amount check (amount > 0),
    per text constraint ck_pledge_per check (per in ('day', 'week', 'month', 'year')),
    asset_name text constraint ck_pledge_asset_name check (nfc(asset_name)),
    asset_quantity numeric(12, 3),
    asset_quantity_max numeric(12, 3),
    valid_from date not null,
    valid_to date,
    created_at timestamptz not null default now(),
    -- The day before it began: taken back before it ever held.
    constraint ck_pledge_dates check (valid_to is null or valid_to >= valid_from - 1),
    constraint ck_pledge_whole check (case kind
        when 'money' then amount is not null and per is not null and asset_name is null
        else asset_name is not null and asset_quantity > 0 end)
);
create index ix_pledge_membership on pledge (membership_id);
create index ix_pledge_group on pledge (group_id);
