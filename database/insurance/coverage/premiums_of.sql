-- What was paid for one member's voluntary social insurance, whichever group paid: estimates average all incomes.
create or replace function premiums_of(p_member uuid)
returns table (valid_from date, paid_on date, months integer, supported_months integer, monthly_income bigint, state_support bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    return query
        select c.valid_from, p.payment_date, c.months, c.supported_months, p.monthly_income,
               case when p.supported_months > 0 then p.state_support * c.supported_months / p.supported_months else 0 end
          from coverage c
          join premium_payment p on p.id = c.payment_id
         where c.member_id = p_member and c.product = 'bhxh_tn' and c.months > 0
           and (select scope_network()) in ('*', c.network)
         order by coalesce(c.valid_from, p.payment_date), c.id;
    perform set_config('app.system', was, true);
end $$;

grant execute on function premiums_of to :"app_role";
