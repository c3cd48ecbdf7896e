-- For each account the day, from p_day to today, at whose end it has least above its floor, and how much that is: what is posted
-- through that day, less what is held since then or earlier and not resolved. The end of the day counts, because paper books have
-- no times. Taken after the writer's own rows were written, under the lock of the cash account, so that nothing comes between.
create or replace function lowest_balances(p_accounts bigint[], p_day date)
returns table (account_id bigint, day date, free bigint)
language plpgsql as $$
#variable_conflict use_column
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);  -- postings are the owner's alone
    return query
    with own as materialized (
        select a.id, a.group_id, a.member_id, a.floor, a.held from account a where a.id = any (p_accounts)
    ), change as (
        select p.account_id, greatest(t.business_date, p_day) as day, p.amount
          from own o join posting p on p.account_id = o.id
          cross join lateral (select x.business_date from ledger_txn x where x.id = p.txn_id offset 0) t  -- by the key of each
        union all
        select o.id, greatest(h.business_date, p_day), -h.amount
          from own o join ledger_txn h on h.group_id = o.group_id and h.kind = 'hold' and h.member_id is not distinct from o.member_id
         where o.held > 0 and not exists (select from ledger_txn r where r.resolves_id = h.id)
    ), at_end as (
        select c.account_id, c.day, sum(sum(c.amount)) over (partition by c.account_id order by c.day) as available
          from change c group by c.account_id, c.day
    )
    select distinct on (e.account_id) e.account_id, e.day, (e.available - o.floor)::bigint
      from at_end e join own o on o.id = e.account_id order by e.account_id, e.available, e.day;
    perform set_config('app.system', was, true);
end $$;
