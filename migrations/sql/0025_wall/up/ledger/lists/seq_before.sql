-- The number below which no entry of that day or later can lie: nothing is recorded before its day. Found by halving
-- the province's numbers, so that a list of recent days does not walk years. (An hour is more than any transaction
-- lasts; a stretch of 1,000 is walked.)
create or replace function seq_before(p_province text, p_day date) returns bigint language plpgsql stable as $$
declare
    cut constant timestamptz := p_day::timestamp at time zone interval '+07:00' - interval '1 hour';
    low bigint := 0;
    high bigint := (select t.seq from ledger_txn t where t.province_code = p_province order by t.seq desc limit 1);
    seen bigint;
    seen_at timestamptz;
begin
    while p_day is not null and high - low > 1000 loop
        select t.seq, t.recorded_at into seen, seen_at from ledger_txn t
         where t.province_code = p_province and t.seq >= (low + high) / 2 order by t.seq limit 1;
        if seen_at < cut then
            low := seen;
        else
            high := (low + high) / 2;
        end if;
    end loop;
    return low;
end $$;

grant execute on function seq_before to :"app_role";
