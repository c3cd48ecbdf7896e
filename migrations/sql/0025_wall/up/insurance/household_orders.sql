-- Which places in the order of a household are taken in a year, and by whom: by this member or by another.
create or replace function household_orders(p_household uuid, p_member uuid, p_year integer)
returns table (payment_id uuid, own boolean, taken integer)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    return query
    select p.id, p.member_id = p_member, p.household_order from premium_payment p
     where p.household_id = p_household and p.household_order is not null and p.status <> 'voided'
       and extract(year from p.priced_on) = p_year and (select scope_network()) in ('*', p.network);
    perform set_config('app.system', was, true);
end $$;

grant execute on function household_orders to :"app_role";
