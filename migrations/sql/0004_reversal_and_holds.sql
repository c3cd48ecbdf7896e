-- A transaction by its id, whoever's it is: the caller must show its group to the tenant's scope next.
create function txn_anywhere(p_id uuid) returns ledger_txn
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
revoke execute on function txn_anywhere(uuid) from public;  -- for the functions below alone

-- A correction is a mirrored entry, at most one per entry.
create function reverse_entry(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea,
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
    body := txn_json(r);
end $$;

-- Money set aside for a payment that is not yet certain: hold, then post (at most what is held) or void, once.
create function hold_money(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea,
    p_group uuid, p_member uuid, p_id uuid, p_product text, p_amount bigint, p_day date, p_note text,
    out replayed boolean, out body json)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    g entry_group := group_for_entry(a, p_group, null, p_day);
    own account;
    box bigint;
    h ledger_txn;
begin
    perform from account where group_id = g.id and member_id is null and kind = 'cash' for no key update;
    body := replayed_entry(a.organisation_id, p_key, p_hash, g.id);
    replayed := body is not null;
    if replayed then
        return;
    end if;
    perform check_day(g, p_day);
    select * into own from account c where c.group_id = g.id and c.member_id is not distinct from p_member
       and c.kind = case when p_member is null then 'fund' else 'member' end;
    if own.id is null then
        perform refuse('422', 'not_in_group', '{"pointer": "/member_id"}');
    elsif own.posted - own.held - p_amount < own.floor then
        perform refuse('409', 'insufficient_balance', '{"pointer": "/amount"}');
    end if;
    update account set held = held + p_amount where id = own.id;
    select -posted into box from account where group_id = g.id and member_id is null and kind = 'cash';
    insert into ledger_txn (id, network, province_code, commune_code, group_id, model_id, member_id, kind, product,
            amount, note, business_date, recorded_by, org_id, client_key, request_hash, member_balance, group_balance)
    values (p_id, g.network, g.province_code, g.commune_code, g.id, g.model_id, p_member, 'hold', p_product, p_amount,
            p_note, p_day, a.id, a.organisation_id, p_key, p_hash, case when p_member is not null then own.posted end, box)
    returning * into h;
    body := txn_json(h);
end $$;

create function resolve_hold(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea,
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
