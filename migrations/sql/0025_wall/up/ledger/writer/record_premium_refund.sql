-- A kind of entry that only premiums make. It is written like a contribution, under the lock of the cash account, and
-- cannot be reversed, because a refund stands behind it.
--
-- A refund that a member leaves in the group (premium_refund): cash in, the member's savings up.
create or replace function record_premium_refund(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea,
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

grant execute on function record_premium_refund to :"app_role";
