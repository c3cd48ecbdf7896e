create or replace function txn_json(t ledger_txn) returns json language sql stable as $$
    select row_to_json(row(t.id, t.id, t.group_id, t.member_id, t.kind, t.product, t.amount, t.quantity::text, t.unit,
        t.unit_price, t.source, t.note, t.business_date, t.sheet_id, t.reverses_id, t.member_balance, t.group_balance,
        wire_time(t.recorded_at))::entry_row)
$$;

grant execute on function txn_json to :"app_role";
