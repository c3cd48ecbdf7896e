-- Codes are re-used: 18628 was xã Tượng Sơn until 2025-06-30 and is xã Thạch Lạc since, so a unit is a code
-- and the day it came into force. A fact needs only the code: its own date says which of the two is meant.
create table place (
    code text not null constraint ck_place_code check (code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$'),
    valid_from date not null,
    valid_to date,
    level text not null constraint ck_place_level
        check (level in ('country', 'province', 'district', 'commune', 'hamlet', 'block')),
    name text not null constraint ck_place_name check (nfc(name)),
    kind text not null,
    parent_code text,
    search_name text not null,
    latitude double precision,
    longitude double precision,
    area_km2 double precision,
    created_by_org uuid references organisation,
    primary key (code, valid_from),
    constraint ck_place_dates check (valid_to is null or valid_to >= valid_from)
);
create index ix_place_parent on place (parent_code, level);
create index ix_place_created_by_org on place (created_by_org) where created_by_org is not null;

create table place_succession (
    old_code text not null,
    new_code text not null,
    on_date date not null,
    share double precision,
    is_default boolean not null,
    primary key (old_code, new_code, on_date)
);
create index ix_place_succession_new on place_succession (new_code, on_date);

create table place_dataset (
    one boolean primary key default true constraint ck_place_dataset_one check (one),
    version text not null,
    loaded_at timestamptz not null default now()
);
