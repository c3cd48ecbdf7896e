-- The same for a sheet that was just written: names the first line that takes more than the account had.
create or replace function check_sheet_since(p_group uuid, p_day date, p_lines jsonb) returns void
language plpgsql as $$
declare
    bad record;
begin
    with line as materialized (
        select a.id as account_id, x.ord, sum(x.delta) over (partition by a.id order by x.ord) as running,
               sum(x.delta) over (partition by a.id) as delta
          from (select v.ord, (v.value ->> 'member_id')::uuid as member_id,
                       case when v.value ->> 'kind' = 'withdrawal' then -1 else 1 end * (v.value ->> 'amount')::bigint as delta
                  from jsonb_array_elements(p_lines) with ordinality v(value, ord)) x
          join account a on a.group_id = p_group and a.member_id is not distinct from x.member_id
               and a.kind = case when x.member_id is null then 'fund' else 'member' end
    ), low as materialized (
        select * from lowest_balances(array(select distinct account_id from line where delta < 0), p_day)
    )
    select l.ord - 1 as index, w.day, w.free - l.delta as available into bad
      from line l join low w on w.account_id = l.account_id
     where w.free < 0 and w.free - l.delta + l.running < 0 order by l.ord limit 1;
    if found then
        perform refuse('409', 'insufficient_balance', jsonb_build_object('as', 'insufficient_balance_then',
            'pointer', '/items/' || bad.index || '/amount', 'day', bad.day, 'available', greatest(bad.available, 0)));
    end if;
end $$;
