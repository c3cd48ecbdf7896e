-- One entry on a member's account (null: the fund's) and its mirror in the box, whose lock the caller holds.
create or replace function premium_entry(a actor_row, g entry_group, p_key text, p_hash bytea, p_member uuid, p_id uuid, p_kind text,
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
    perform check_joined(g, p_member, p_day);
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
    perform check_days_since(own.id, p_delta, p_day);
    return t;
end $$;
