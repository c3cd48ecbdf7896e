create or replace function sheet_head(t ledger_txn, items json) returns json language sql stable as $$
    select json_build_object('id', t.id, 'txn_id', t.id, 'group_id', t.group_id, 'business_date', t.business_date,
        'note', t.note, 'count', t.lines, 'total', t.amount, 'group_balance', t.group_balance,
        'recorded_at', wire_time(t.recorded_at), 'items', items)
$$;
