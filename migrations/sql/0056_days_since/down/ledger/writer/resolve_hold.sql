create or replace function resolve_hold(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea,
    p_hold uuid, p_id uuid, p_outcome text, p_day date, p_amount bigint default null,
    out replayed boolean, out body json)
language plpgsql security definer set search_path = public, pg_temp as $$
-- p_outcome: 'hold_posted' pays p_amount (null: all) out of the box and frees the rest; 'hold_voided' frees all.
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    h ledger_txn := txn_anywhere(p_hold);
    g entry_group := group_for_entry(a, h.group_id, null, p_day, null);
    own account;
    box account;
    paid bigint := case p_outcome when 'hold_posted' then coalesce(p_amount, h.amount) when 'hold_voided' then 0 end;
    r ledger_txn;
begin
    if h.kind <> 'hold' then
        perform refuse('404', 'not_found');
    end if;
    perform from account where group_id = g.id and member_id is null and kind = 'cash' for no key update;
    body := replayed_entry(a.organisation_id, p_key, p_hash, g.id);
    replayed := body is not null;
    if replayed then
        return;
    elsif exists (select from ledger_txn where resolves_id = h.id) then
        perform refuse('409', 'already_resolved');
    elsif p_outcome = 'hold_posted' and paid not between 1 and h.amount then
        perform refuse('422', 'not_within_hold', '{"pointer": "/amount"}');
    elsif p_day < h.business_date then
        perform refuse('422', 'resolved_before_hold', '{"pointer": "/business_date"}');
    end if;
    perform check_day(g, p_day);
    update account c set held = held - h.amount, posted = posted - paid, version = version + (paid > 0)::integer
     where c.group_id = g.id and c.member_id is not distinct from h.member_id
       and c.kind = case when h.member_id is null then 'fund' else 'member' end returning * into own;
    update account c set posted = posted + paid, version = version + (paid > 0)::integer
     where c.group_id = g.id and c.member_id is null and c.kind = 'cash' returning * into box;
    insert into ledger_txn (id, network, province_code, commune_code, group_id, model_id, member_id, kind, product,
            amount, business_date, recorded_by, org_id, client_key, request_hash, resolves_id, member_balance, group_balance)
    values (p_id, g.network, g.province_code, g.commune_code, g.id, h.model_id, h.member_id, p_outcome, h.product,
            case when paid > 0 then paid else h.amount end, p_day, a.id, a.organisation_id, p_key, p_hash, h.id,
            case when h.member_id is not null then own.posted end, -box.posted)
    returning * into r;
    if paid > 0 then
        insert into posting (account_id, account_version, txn_id, amount, balance_after)
        values (own.id, own.version, r.id, -paid, own.posted), (box.id, box.version, r.id, paid, box.posted);
    end if;
    body := txn_json(r);
end $$;

grant execute on function resolve_hold to :"app_role";
