-- What an entry adds to the statistics, appended in the same transaction: no row that others share is locked. A reversal
-- counts against the kind that it takes back, on its own day. The lines of a sheet are summed by the sheet's writer; a
-- table of what was added, which a trigger of the statement would need, costs as much as the entry.
create or replace function ledger_stats_follow() returns trigger
language plpgsql as $$
declare
    sign constant integer := case when new.kind = 'reversal' then -1 else 1 end;
begin
    insert into stat_pending (day, network, province_code, commune_code, model_id, product, kind, amount, entries)
    values (new.business_date, new.network, new.province_code, new.commune_code,
            coalesce(new.model_id, '00000000-0000-0000-0000-000000000000'), coalesce(new.product, ''),
            coalesce(new.reversed_kind, new.kind), sign * new.amount, sign);
    return null;
end $$;
