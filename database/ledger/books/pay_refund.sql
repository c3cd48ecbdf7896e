-- A refund that passes through the book of the organisation which collected the premium: what BHXH gave back comes in, and goes
-- out to the person, in cash from a collector or (p_holder null) by a transfer. Both are entries; once for a payment.
create or replace function pay_refund(p_session uuid, p_roles text[], p_scopes text[], p_payment uuid, p_received uuid,
    p_paid uuid, p_holder uuid, p_amount bigint, p_day date) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    was constant text := coalesce(current_setting('app.system', true), '');
    t organisation_txn;
    g entry_group;
begin
    perform set_config('app.system', 'on', true);
    select * into t from organisation_txn where payment_id = p_payment and kind = 'remitted' order by seq limit 1;
    if not exists (select from app_user u where u.id = p_holder and u.organisation_id = t.organisation_id)
       and p_holder is not null then
        t := null;
    end if;
    perform set_config('app.system', was, true);
    if t.id is null or not scope_all_groups() and p_holder <> a.id then
        perform refuse('404', 'not_found');
    end if;
    g := book_for_entry(t.organisation_id, t.network, t.province_code, t.commune_code, p_day);
    perform lock_book_box(g.id, p_holder);
    if p_day < t.business_date then
        perform refuse('422', 'resolved_before_hold', '{"pointer": "/business_date"}');
    end if;
    perform check_day(g, p_day);
    perform write_book_entry(a, g, p_received, p_holder, p_payment, t.member_id, 'refund_received', t.product, p_amount,
        p_amount, p_day, null);
    perform write_book_entry(a, g, p_paid, p_holder, p_payment, t.member_id, 'refund_paid', t.product, p_amount,
        -p_amount, p_day, p_received);
    perform set_config('app.book', '', true);
end $$;

grant execute on function pay_refund to :"app_role";
