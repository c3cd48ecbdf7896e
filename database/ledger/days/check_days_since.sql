-- Refuses what was just taken from an account (p_delta, negative) on a day before today, where the account had less at the end of
-- that day or of a later one. Its callers ask the first two things themselves, so that what adds money, or is of today, pays nothing.
create or replace function check_days_since(p_account bigint, p_delta bigint, p_day date) returns void
language plpgsql as $$
declare
    low record;
begin
    if p_delta < 0 and p_day < local_today() then
        select l.day, l.free into low from lowest_balances(array[p_account], p_day) l;
        if low.free < 0 then
            perform refuse('409', 'insufficient_balance', jsonb_build_object('as', 'insufficient_balance_then',
                'pointer', '/business_date', 'day', low.day, 'available', greatest(low.free - p_delta, 0)));
        end if;
    end if;
end $$;
