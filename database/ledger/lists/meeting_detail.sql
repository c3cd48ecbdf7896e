create or replace function meeting_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, out body text)
language plpgsql as $$
declare
    t ledger_txn;
begin
    perform begin_permitted(p_session, p_roles, p_scopes);
    select * into t from ledger_txn x where x.id = p_id and x.kind = 'sheet';
    if t.id is null then
        perform refuse('404', 'not_found');
    end if;
    body := sheet_json(t)::text;
end $$;

grant execute on function meeting_detail to :"app_role";
