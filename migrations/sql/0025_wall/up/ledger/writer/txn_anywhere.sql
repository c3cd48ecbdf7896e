-- A transaction by its id, whoever's it is: the caller must show its group to the tenant's scope next.
create or replace function txn_anywhere(p_id uuid) returns ledger_txn
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    t ledger_txn;
begin
    perform set_config('app.system', 'on', true);
    select * into t from ledger_txn where id = p_id;
    perform set_config('app.system', '', true);
    if t.id is null then
        perform refuse('404', 'not_found');
    end if;
    return t;
end $$;
