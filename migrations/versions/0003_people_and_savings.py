"""Savings models, groups, households, members, memberships, pledges, consents.

Revision ID: 0003
Revises: 0002
"""

from migrations.script import run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
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
call protect_rows('savings_model', shared => true);

-- A commune works with the models of its province, so it reads them as well.
create function scope_home_provinces() returns text[] language sql stable parallel safe as $$
    select array_agg(distinct coalesce(d.parent_code, c.parent_code))
      from place c left join place d on d.code = c.parent_code and d.level = 'district'
     where c.code = any (scope_communes()) and c.level = 'commune'
$$;
do $do$ begin
    execute format($f$create policy tenant_read_home on savings_model for select to %I using (
        (select scope_network()) in ('*', network)
        and commune_code is null and province_code = any ((select scope_home_provinces())::text[]))$f$,
        current_setting('ansinh.app_role'));
end $do$;
call grant_app('savings_model', 'select, insert, update');

create table household (
    id uuid primary key,
    code text,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    hamlet_code text,
    address text,
    head_member_id uuid,
    created_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version integer not null default 1,
    constraint uq_household_code unique (network, code)
);
create index ix_household_place on household (commune_code, network);

create table member (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    hamlet_code text,
    household_id uuid references household,
    relation_to_head text,
    full_name text not null constraint ck_member_full_name check (nfc(full_name)),
    search_name text not null,
    birth_date date,
    sex text constraint ck_member_sex check (sex in ('female', 'male')),
    national_id text constraint ck_member_national_id check (national_id ~ '^[0-9]{9}([0-9]{3})?$'),
    social_insurance_no text constraint ck_member_social_insurance_no check (social_insurance_no ~ '^[0-9]{10}$'),
    health_card_no text,
    phone text,
    occupation text,
    referrer_id uuid references member,
    joined_on date,
    died_on date,
    created_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version integer not null default 1,
    constraint uq_member_national_id unique (network, national_id),
    constraint uq_member_social_insurance_no unique (network, social_insurance_no)
);
create index ix_member_commune on member (commune_code, network, id);
create index ix_member_province on member (province_code, network, id);
create index ix_member_household on member (household_id) where household_id is not null;
create index ix_member_referrer on member (referrer_id) where referrer_id is not null;
create index ix_member_search on member (commune_code, search_name);
create index ix_member_organisation on member (organisation_id);
alter table household add constraint household_head_member_id_fkey foreign key (head_member_id) references member;
create index ix_household_head on household (head_member_id) where head_member_id is not null;
create index ix_household_organisation on household (organisation_id);

create table support_group (
    id uuid primary key,
    member_id uuid not null references member,
    network text not null references network,
    province_code text not null,
    commune_code text not null,
    kind text not null constraint ck_support_group_kind
        check (kind in ('poor', 'near_poor', 'ethnic_minority', 'island', 'other')),
    valid_from date not null,
    valid_to date,
    evidence text,
    entered_by uuid,
    created_at timestamptz not null default now(),
    constraint ck_support_group_dates check (valid_to is null or valid_to >= valid_from),
    constraint ex_support_group_overlap
        exclude using gist (member_id with =, kind with =, daterange(valid_from, valid_to, '[]') with &&)
);

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

create table membership (
    id uuid primary key,
    group_id uuid not null references savings_group,
    member_id uuid not null references member,
    network text not null references network,
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

create table consent (
    id uuid primary key,
    member_id uuid not null references member,
    network text not null references network,
    province_code text not null,
    commune_code text not null,
    purpose text not null constraint ck_consent_purpose
        check (purpose in ('insurance', 'savings', 'sharing_bhxh', 'sensitive_data', 'publication', 'reminders')),
    text_version text not null,
    method text not null constraint ck_consent_method check (method in ('paper', 'electronic', 'spoken_witnessed')),
    given_at timestamptz not null,
    given_by text not null constraint ck_consent_given_by check (given_by in ('self', 'guardian', 'both')),
    guardian_name text constraint ck_consent_guardian_name check (nfc(guardian_name)),
    recorded_by uuid,
    withdrawn_at timestamptz,
    withdrawn_by uuid,
    created_at timestamptz not null default now(),
    constraint ck_consent_guardian check ((guardian_name is not null) = (given_by <> 'self')),
    constraint ck_consent_dates check (withdrawn_at is null or withdrawn_at >= given_at)
);
create index ix_consent_member on consent (member_id);
create unique index uq_consent_current on consent (member_id, purpose, text_version) where withdrawn_at is null;

-- A treasurer or collector sees the people of their own groups, and whom they entered themselves
-- (a member is entered before the membership that ties them to the group).
create procedure protect_people(target regclass, through text, to_owner boolean default false) language plpgsql as $$
begin
    call protect_with(target, '((select scope_network()) in (''*'', network))'
        ' and ((select scope_national()) or province_code = any ((select scope_provinces())::text[])'
        ' or commune_code = any ((select scope_communes())::text[]))'
        ' and ((select scope_all_groups()) or ' || through || ')', null, to_owner);
end $$;
call protect_people('member', 'created_by = (select scope_actor()) or id in
    (select m.member_id from membership m where m.group_id = any ((select scope_groups())::uuid[]))');
call protect_people('household', 'created_by = (select scope_actor()) or id in
    (select p.household_id from member p join membership m on m.member_id = p.id
      where m.group_id = any ((select scope_groups())::uuid[]))');
call protect_people('support_group', 'member_id in (select p.id from member p)');
call protect_people('consent', 'member_id in (select p.id from member p)');
-- The ledger's writer looks a group up as its owner, under the tenant's scope.
call protect_people('savings_group', 'id = any ((select scope_groups())::uuid[])', to_owner => true);
call protect_rows('membership', grouped => true);
call protect_rows('pledge', grouped => true);
call grant_app('household', 'select, insert, update');
call grant_app('member', 'select, insert, update');
call grant_app('support_group', 'select, insert, update');
call grant_app('savings_group', 'select, insert, update');
call grant_app('membership', 'select, insert, update');
call grant_app('pledge', 'select, insert, update');
call grant_app('consent', 'select, insert, update');
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(TABLES)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        alter table household drop constraint household_head_member_id_fkey;
        drop table consent, pledge;
        drop table membership cascade;
        drop table savings_group, support_group;
        drop table member cascade;
        drop table household, savings_model;
        drop function scope_home_provinces();
        drop procedure protect_people(regclass, text, boolean);
    """)
