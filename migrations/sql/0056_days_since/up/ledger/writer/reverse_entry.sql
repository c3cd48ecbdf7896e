-- A correction is a mirrored entry, at most one per entry.
create or replace function reverse_entry(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea,
    p_txn uuid, p_id uuid, p_day date, p_note text, out replayed boolean, out body json)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    t ledger_txn := txn_anywhere(p_txn);
    day date := coalesce(p_day, local_today());
    g entry_group := group_for_entry(a, t.group_id, null, day, null);  -- not the actor's group: not their entry
    own account;
    box account;
    delta bigint;
    r ledger_txn;
begin
    perform from account where group_id = t.group_id and member_id is null and kind = 'cash' for no key update;
    body := replayed_entry(a.organisation_id, p_key, p_hash, g.id);
    replayed := body is not null;
    if replayed then
        return;
    elsif t.kind not in ('saving', 'withdrawal', 'donation', 'sale') then
        perform refuse('409', 'not_reversible');
    elsif exists (select from ledger_txn where reverses_id = t.id) then
        perform refuse('409', 'already_reversed');
    elsif day < t.business_date then
        perform refuse('422', 'reversal_before_entry', '{"pointer": "/business_date"}');
    end if;
    perform check_day(g, day);

    delta := case when t.kind = 'withdrawal' then t.amount else -t.amount end;
    update account c set posted = c.posted + delta, version = c.version + 1
     where c.group_id = t.group_id and c.member_id is not distinct from t.member_id
       and c.kind = case when t.member_id is null then 'fund' else 'member' end
       and c.posted + delta - c.held >= c.floor returning * into own;
    if own.id is null then
        perform refuse('409', 'insufficient_balance');
    end if;
    update account c set posted = c.posted - delta, version = c.version + 1
     where c.group_id = t.group_id and c.member_id is null and c.kind = 'cash' returning * into box;
    insert into ledger_txn (id, network, province_code, commune_code, group_id, model_id, member_id, kind, product,
            amount, note, business_date, recorded_by, org_id, client_key, request_hash, reverses_id, reversed_kind,
            member_balance, group_balance)
    values (p_id, t.network, g.province_code, g.commune_code, t.group_id, t.model_id, t.member_id, 'reversal', t.product,
            t.amount, p_note, day, a.id, a.organisation_id, p_key, p_hash, t.id, t.kind,
            case when t.member_id is not null then own.posted end, -box.posted)
    returning * into r;
    insert into posting (account_id, account_version, txn_id, amount, balance_after)
    values (own.id, own.version, r.id, delta, own.posted), (box.id, box.version, r.id, -delta, box.posted);
    perform check_days_since(own.id, delta, day);
    body := txn_json(r);
end $$;

grant execute on function reverse_entry to :"app_role";
