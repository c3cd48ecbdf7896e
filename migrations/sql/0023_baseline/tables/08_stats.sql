create table stat_pending (
    id bigint generated always as identity primary key,
    day date not null,
    network text not null,
    province_code text not null,
    commune_code text not null,
    model_id uuid not null,
    product text not null,
    kind text not null,
    amount bigint not null,
    entries bigint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create table stat_day (
    province_code text not null,
    commune_code text not null,
    day date not null,
    network text not null,
    model_id uuid not null,
    product text not null,
    kind text not null,
    amount bigint not null,
    entries bigint not null,
    primary key (commune_code, day, network, model_id, product, kind, province_code)
) with (fillfactor = 80);

create table stat_month (
    province_code text not null,
    commune_code text not null,
    month date not null,
    network text not null,
    model_id uuid not null,
    product text not null,
    kind text not null,
    amount bigint not null,
    entries bigint not null,
    primary key (commune_code, month, network, model_id, product, kind, province_code)
) with (fillfactor = 80);
create index ix_stat_month_model on stat_month (model_id);

create table stat_province_month (
    province_code text not null,
    commune_code text,
    month date not null,
    network text not null,
    model_id uuid not null,
    product text not null,
    kind text not null,
    amount bigint not null,
    entries bigint not null,
    primary key (province_code, month, network, model_id, product, kind)
) with (fillfactor = 80);
