create table network (
    code text primary key,
    name_vi text not null,
    name_en text not null,
    sees_all boolean not null default false
);

insert into network (code, name_vi, name_en, sees_all) values
    ('bhxh', 'Bảo hiểm xã hội Việt Nam', 'Viet Nam Social Security', true),
    ('womens_union', 'Hội Liên hiệp Phụ nữ', 'Women''s Union', false),
    ('farmers_association', 'Hội Nông dân', 'Farmers'' Association', false),
    ('veterans', 'Hội Cựu chiến binh', 'Veterans'' Association', false),
    ('elderly', 'Hội Người cao tuổi', 'Association of the Elderly', false),
    ('youth_union', 'Đoàn Thanh niên', 'Youth Union', false),
    ('fatherland_front', 'Mặt trận Tổ quốc', 'Fatherland Front', false),
    ('collection_agency', 'Tổ chức dịch vụ thu', 'Collection agency', false),
    ('school', 'Nhà trường', 'School', false),
    ('authority', 'Ủy ban nhân dân', 'People''s committee', false);

create table organisation (
    id uuid primary key,
    code text not null constraint uq_organisation_code unique,
    network text not null references network,
    level text not null constraint ck_organisation_level
        check (level in ('national', 'province', 'district', 'commune', 'hamlet')),
    name text not null constraint ck_organisation_name check (nfc(name)),
    province_code text,
    commune_code text,
    closed_on date,
    created_at timestamptz not null default now(),
    version integer not null default 1
);
create index ix_organisation_network_province on organisation (network, province_code);

create table organisation_parent (
    organisation_id uuid not null references organisation,
    parent_id uuid not null references organisation,
    valid_from date not null,
    valid_to date,
    primary key (organisation_id, valid_from),
    constraint ck_organisation_parent_dates check (valid_to is null or valid_to >= valid_from),
    constraint ck_organisation_parent_self check (parent_id <> organisation_id),
    constraint ex_organisation_parent_overlap
        exclude using gist (organisation_id with =, daterange(valid_from, valid_to, '[]') with &&)
);
create index ix_organisation_parent_parent on organisation_parent (parent_id);

-- Coverage of places. `provinces` and `communes` are what the place means for a scope: itself, what lies below
-- it and every predecessor, worked out when the row is written (expand_place), so that no request walks the tree.
create table organisation_place (
    organisation_id uuid not null references organisation,
    place_code text not null,
    valid_from date not null,
    valid_to date,
    provinces text[] not null,
    communes text[] not null,
    nationwide boolean not null default false,
    primary key (organisation_id, place_code, valid_from),
    constraint ck_organisation_place_dates check (valid_to is null or valid_to >= valid_from),
    constraint ex_organisation_place_overlap exclude using gist
        (organisation_id with =, place_code with =, daterange(valid_from, valid_to, '[]') with &&)
);

create table app_user (
    id uuid primary key,
    username text not null constraint uq_app_user_username unique,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    full_name text not null constraint ck_app_user_full_name check (nfc(full_name)),
    phone text,
    roles text[] not null constraint ck_app_user_roles check (cardinality(roles) > 0),
    disabled_at timestamptz,
    created_at timestamptz not null default now(),
    version integer not null default 1
);
create index ix_app_user_organisation on app_user (organisation_id);

create table user_group (
    user_id uuid not null references app_user,
    group_id uuid not null,
    duty text not null constraint ck_user_group_duty check (duty in ('treasurer', 'collector')),
    valid_from date not null,
    valid_to date,
    primary key (user_id, group_id, valid_from),
    constraint ck_user_group_dates check (valid_to is null or valid_to >= valid_from),
    constraint ex_user_group_overlap
        exclude using gist (user_id with =, group_id with =, daterange(valid_from, valid_to, '[]') with &&)
);
create index ix_user_group_group on user_group (group_id);

create table device (
    id uuid primary key,
    user_id uuid not null references app_user,
    name text not null constraint ck_device_name check (nfc(name)),
    app_version text,
    registered_at timestamptz not null default now(),
    last_seen_at timestamptz,
    revoked_at timestamptz
);
create index ix_device_user on device (user_id);

-- A null limit means: no limit of places, and the server's own number of requests and rows.
create table api_client (
    id uuid primary key,
    client_id text not null constraint uq_api_client_client_id unique,
    name text not null constraint ck_api_client_name check (nfc(name)),
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    scopes text[] not null,
    disabled_at timestamptz,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    version integer not null default 1,
    sandbox boolean not null default false,
    place_codes text[] constraint ck_api_client_place_codes check (cardinality(place_codes) > 0),
    within_provinces text[],
    within_communes text[],
    within_commune_provinces text[],
    requests_per_minute integer constraint ck_api_client_requests_per_minute check (requests_per_minute > 0),
    rows_per_minute integer constraint ck_api_client_rows_per_minute check (rows_per_minute > 0)
);
create index ix_api_client_organisation on api_client (organisation_id);
