-- Two kinds of entry that only premiums make. Both are written like a contribution, under the lock of the cash account;
-- neither can be reversed, because a refund or an instalment stands behind it.

-- A refund that a member leaves in the group (premium_refund): cash in, the member's savings up.
create function record_premium_refund(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea,
    p_group uuid, p_member uuid, p_id uuid, p_product text, p_amount bigint, p_day date, p_note text,
    out replayed boolean, out body json)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    g entry_group := group_for_entry(a, p_group, null, p_day);
begin
    perform from account where group_id = g.id and member_id is null and kind = 'cash' for no key update;
    body := replayed_entry(a.organisation_id, p_key, p_hash, g.id);
    replayed := body is not null;
    if replayed then
        return;
    end if;
    perform check_day(g, p_day);
    body := txn_json(premium_entry(a, g, p_key, p_hash, p_member, p_id, 'premium_refund', p_product, p_amount, p_amount,
        p_day, p_note));
end $$;

-- An instalment of an advance (repayment): the common fund up and cash in. Out of a member's savings, cash leaves the box
-- first, by an entry of the same kind on the member's account.
create function record_repayment(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea,
    p_group uuid, p_from_member uuid, p_id uuid, p_from_id uuid, p_product text, p_amount bigint, p_day date, p_note text,
    out replayed boolean, out body json)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    g entry_group := group_for_entry(a, p_group, null, p_day);
    taken ledger_txn;
begin
    perform from account where group_id = g.id and member_id is null and kind = 'cash' for no key update;
    body := replayed_entry(a.organisation_id, p_key, p_hash, g.id);
    replayed := body is not null;
    if replayed then
        return;
    end if;
    perform check_day(g, p_day);
    if p_from_member is not null then
        taken := premium_entry(a, g, p_key || '/savings', p_hash, p_from_member, p_from_id, 'repayment', p_product,
            p_amount, -p_amount, p_day, p_note);
    end if;
    body := txn_json(premium_entry(a, g, p_key, p_hash, null, p_id, 'repayment', p_product, p_amount, p_amount, p_day, p_note));
end $$;

-- One entry on a member's account (null: the fund's) and its mirror in the box, whose lock the caller holds.
create function premium_entry(a actor_row, g entry_group, p_key text, p_hash bytea, p_member uuid, p_id uuid, p_kind text,
    p_product text, p_amount bigint, p_delta bigint, p_day date, p_note text) returns ledger_txn
language plpgsql as $$
declare
    own account;
    box account;
    t ledger_txn;
begin
    if not exists (select from account c where c.group_id = g.id and c.member_id = p_member) and p_member is not null then
        perform refuse('422', 'not_in_group', '{"pointer": "/member_id"}');
    end if;
    update account c set posted = c.posted + p_delta, version = c.version + 1
     where c.group_id = g.id and c.member_id is not distinct from p_member
       and c.kind = case when p_member is null then 'fund' else 'member' end
       and c.posted + p_delta - c.held >= c.floor returning * into own;
    if own.id is null then
        perform refuse('409', 'insufficient_balance', '{"pointer": "/amount"}');
    end if;
    update account c set posted = c.posted - p_delta, version = c.version + 1
     where c.group_id = g.id and c.member_id is null and c.kind = 'cash' returning * into box;
    insert into ledger_txn (id, network, province_code, commune_code, group_id, model_id, member_id, kind, product,
            amount, note, business_date, recorded_by, org_id, client_key, request_hash, member_balance, group_balance)
    values (p_id, g.network, g.province_code, g.commune_code, g.id, g.model_id, p_member, p_kind, p_product,
            p_amount, p_note, p_day, a.id, a.organisation_id, p_key, p_hash,
            case when p_member is not null then own.posted end, -box.posted)
    returning * into t;
    insert into posting (account_id, account_version, txn_id, amount, balance_after)
    values (own.id, own.version, t.id, p_delta, own.posted), (box.id, box.version, t.id, -p_delta, box.posted);
    return t;
end $$;

-- A refund counts as a figure of its own. An instalment does not: it is neither saved nor paid to anybody.
create or replace trigger stats_follow after insert on ledger_txn for each row
    when (new.sheet_id is null
          and new.kind in ('saving', 'withdrawal', 'donation', 'sale', 'reversal', 'hold_posted', 'premium_refund'))
    execute function ledger_stats_follow();
