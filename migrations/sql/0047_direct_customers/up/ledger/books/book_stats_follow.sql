-- Premiums that were paid without a group count like those out of holds, under no savings model; refunds as well.
create or replace function book_stats_follow() returns trigger
language plpgsql as $$
begin
    insert into stat_pending (day, network, province_code, commune_code, model_id, product, kind, amount, entries)
    values (new.business_date, new.network, new.province_code, new.commune_code, '00000000-0000-0000-0000-000000000000',
            new.product, case new.kind when 'remitted' then 'hold_posted' else 'premium_refund' end, new.amount, 1);
    return null;
end $$;
