-- Money that a direct customer paid for a premium, in cash to a collector or (p_holder null) into the bank of the organisation
-- that records it: due to BHXH from now on, or to the customer again. The payment that it is for is in the same transaction.
create or replace function collect_money(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, p_payment uuid,
    p_member uuid, p_province text, p_commune text, p_holder uuid, p_product text, p_amount bigint, p_day date) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    was constant text := coalesce(current_setting('app.system', true), '');
    g entry_group := book_for_entry(a.organisation_id, a.network, p_province, p_commune, p_day);
    known boolean;
begin
    perform set_config('app.system', 'on', true);
    known := exists (select from member m where m.id = p_member and m.network = a.network)
        and (p_holder is null or exists (select from app_user u where u.id = p_holder and u.organisation_id = a.organisation_id));
    perform set_config('app.system', was, true);
    if not known or not scope_all_groups() and p_holder <> a.id then
        perform refuse('404', 'not_found');
    end if;
    perform lock_book_box(g.id, p_holder);
    perform check_day(g, p_day);
    perform write_book_entry(a, g, p_id, p_holder, p_payment, p_member, 'collected', p_product, p_amount, p_amount, p_day, null);
    perform set_config('app.book', '', true);
end $$;

grant execute on function collect_money to :"app_role";
