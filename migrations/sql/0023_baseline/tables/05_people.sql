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

create index ix_household_head on household (head_member_id) where head_member_id is not null;
create index ix_household_organisation on household (organisation_id);

-- No foreign keys to what the rows of a statement share: its triggers `refs` and `refs_stay` stand in their place
-- (docs/decisions/0011).
create table member (
    id uuid primary key,
    network text not null,
    organisation_id uuid not null,
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
    version integer not null default 1
);
alter table household add constraint household_head_member_id_fkey foreign key (head_member_id) references member;

create index ix_member_commune on member (commune_code, network, id);
create index ix_member_province on member (province_code, network, id);
create index ix_member_household on member (household_id) where household_id is not null;
create index ix_member_referrer on member (referrer_id) where referrer_id is not null;
create index ix_member_created_by on member (created_by, id) where created_by is not null;
create index ix_member_network on member (network, id);
create index ix_member_phone on member (phone) where phone is not null;

-- It holds all that row-level security and the comparison of two people ask for, so that no row of the table is read.
create index ix_member_namesakes on member (commune_code, search_name, birth_date, id)
    include (network, province_code, created_by, national_id, social_insurance_no);

-- One index of each number: unique in a network, and read across networks.
create unique index uq_member_national_id on member (national_id, network)
    include (id, province_code, commune_code, created_by) where national_id is not null;

create unique index uq_member_social_insurance_no on member (social_insurance_no, network)
    include (id, province_code, commune_code, created_by) where social_insurance_no is not null;

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

create type member_filter as (
    commune text, province text, hamlet text, household_id uuid, referrer_id uuid, name text
);

create type member_item as (
    id uuid, network text, organisation_id uuid, province_code text, commune_code text, hamlet_code text,
    household_id uuid, relation_to_head text, full_name text, birth_date date, sex text, national_id text,
    social_insurance_no text, health_card_no text, phone text, occupation text, referrer_id uuid, joined_on date,
    died_on date, version integer
);
