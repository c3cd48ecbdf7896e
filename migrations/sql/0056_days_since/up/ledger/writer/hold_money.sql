-- Money set aside for a payment that is not yet certain: hold, then post (at most what is held) or void, once.
create or replace function hold_money(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea,
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
    end if;
    perform check_joined(g, p_member, p_day);
    if own.posted - own.held - p_amount < own.floor then
        perform refuse('409', 'insufficient_balance', '{"pointer": "/amount"}');
    end if;
    update account set held = held + p_amount where id = own.id;
    select -posted into box from account where group_id = g.id and member_id is null and kind = 'cash';
    insert into ledger_txn (id, network, province_code, commune_code, group_id, model_id, member_id, kind, product,
            amount, note, business_date, recorded_by, org_id, client_key, request_hash, member_balance, group_balance)
    values (p_id, g.network, g.province_code, g.commune_code, g.id, g.model_id, p_member, 'hold', p_product, p_amount,
            p_note, p_day, a.id, a.organisation_id, p_key, p_hash, case when p_member is not null then own.posted end, box)
    returning * into h;
    perform check_days_since(own.id, -p_amount, p_day);
    body := txn_json(h);
end $$;

grant execute on function hold_money to :"app_role";
