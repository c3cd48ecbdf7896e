create or replace function contribution_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, out body text)
language plpgsql as $$
declare
    t ledger_txn;
begin
    perform begin_permitted(p_session, p_roles, p_scopes);
    select * into t from ledger_txn x where x.id = p_id and x.kind in ('saving', 'withdrawal', 'donation', 'sale', 'reversal');
    if t.id is null then
        perform refuse('404', 'not_found');
    end if;
    body := (txn_json(t)::jsonb || jsonb_build_object('reversed_by',
        (select r.id from ledger_txn r where r.reverses_id = t.id)))::text;
end $$;

grant execute on function contribution_detail to :"app_role";
