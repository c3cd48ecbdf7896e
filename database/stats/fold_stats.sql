-- Moves what is committed from the pending rows into its places, one fold at a time and at most 20,000 rows, so that
-- a fold is short also after a bulk load. Returns the rows it moved, or null when another fold is at work. Readers add
-- the two in one snapshot and so never notice.
create or replace function fold_stats() returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    moved bigint;
begin
    if not pg_try_advisory_xact_lock(hashtext('ansinh.fold_stats')) then
        return null;
    end if;
    perform set_config('app.system', 'on', true);
    with taken as (
        delete from stat_pending where id in (select id from stat_pending order by id limit 20000) returning *
    ), summed as materialized (
        select province_code, commune_code, day, network, model_id, product, kind,
               sum(amount) as amount, sum(entries) as entries, count(*) as rows
          from taken group by 1, 2, 3, 4, 5, 6, 7
    ), by_day as (
        insert into stat_day as s (province_code, commune_code, day, network, model_id, product, kind, amount, entries)
        select province_code, commune_code, day, network, model_id, product, kind, amount, entries from summed
        on conflict (commune_code, day, network, model_id, product, kind, province_code)
        do update set amount = s.amount + excluded.amount, entries = s.entries + excluded.entries
    ), by_month as (
        insert into stat_month as s (province_code, commune_code, month, network, model_id, product, kind, amount, entries)
        select province_code, commune_code, date_trunc('month', day)::date, network, model_id, product, kind,
               sum(amount), sum(entries) from summed group by 1, 2, 3, 4, 5, 6, 7
        on conflict (commune_code, month, network, model_id, product, kind, province_code)
        do update set amount = s.amount + excluded.amount, entries = s.entries + excluded.entries
    ), by_province as (
        insert into stat_province_month as s (province_code, month, network, model_id, product, kind, amount, entries)
        select province_code, date_trunc('month', day)::date, network, model_id, product, kind,
               sum(amount), sum(entries) from summed group by 1, 2, 3, 4, 5, 6
        on conflict (province_code, month, network, model_id, product, kind)
        do update set amount = s.amount + excluded.amount, entries = s.entries + excluded.entries
    )
    select coalesce(sum(rows), 0) into moved from summed;
    perform set_config('app.system', '', true);
    return moved;
end $$;

grant execute on function fold_stats to :"app_role";
