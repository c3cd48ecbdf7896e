-- The first answer of this key, or null when the key is new. The group is compared here and not in the hash, because a
-- request may name it by its id or by its code. A key of another group is out of sight and fails on its unique index.
create or replace function replayed_entry(p_org uuid, p_key text, p_hash bytea, p_group uuid) returns json
language plpgsql as $$
declare
    t ledger_txn;
begin
    select * into t from ledger_txn where org_id = p_org and client_key = p_key;
    if t.id is null then
        return null;
    elsif t.request_hash <> p_hash or t.group_id <> p_group then
        perform refuse('422', 'idempotency_key_reused');
    end if;
    return case when t.kind = 'sheet' then sheet_json(t) else txn_json(t) end;
end $$;
