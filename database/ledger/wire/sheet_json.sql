-- A sheet and its lines. A group's entries queue on its cash account, so the lines are the first `lines` entries of
-- the group after their sheet: found in order, without an index of their own.
create or replace function sheet_json(t ledger_txn) returns json language sql stable as $$
    select sheet_head(t, (select json_agg(txn_json(row(l.*)::ledger_txn) order by l.seq) from (
        select * from ledger_txn x where x.group_id = t.group_id and x.seq > t.seq order by x.seq limit t.lines) l))
$$;

grant execute on function sheet_json to :"app_role";
