-- What becomes of collected money, once: p_paid of it is paid on to BHXH, the rest goes back to whoever gave it (0: all of it).
create or replace function settle_money(p_session uuid, p_roles text[], p_scopes text[], p_collected uuid, p_remitted uuid,
    p_returned uuid, p_paid bigint, p_day date) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    was constant text := coalesce(current_setting('app.system', true), '');
    t organisation_txn;
    g entry_group;
begin
    perform set_config('app.system', 'on', true);
    select * into t from organisation_txn where id = p_collected and kind = 'collected';
    perform set_config('app.system', was, true);
    if t.id is null then
        perform refuse('404', 'not_found');
    end if;
    g := book_for_entry(t.organisation_id, t.network, t.province_code, t.commune_code, p_day);
    perform lock_book_box(g.id, t.holder_id);
    if exists (select from organisation_txn where settles_id = t.id) then
        perform refuse('409', 'already_resolved');
    elsif p_paid not between 0 and t.amount then
        perform refuse('422', 'not_within_hold', '{"pointer": "/amount"}');
    elsif p_day < t.business_date then
        perform refuse('422', 'resolved_before_hold', '{"pointer": "/business_date"}');
    end if;
    perform check_day(g, p_day);
    if p_paid > 0 then
        perform write_book_entry(a, g, p_remitted, t.holder_id, t.payment_id, t.member_id, 'remitted', t.product,
            p_paid, -p_paid, p_day, t.id);
    end if;
    if p_paid < t.amount then
        perform write_book_entry(a, g, p_returned, t.holder_id, t.payment_id, t.member_id, 'returned', t.product,
            t.amount - p_paid, p_paid - t.amount, p_day, t.id);
    end if;
    perform set_config('app.book', '', true);
end $$;

grant execute on function settle_money to :"app_role";
