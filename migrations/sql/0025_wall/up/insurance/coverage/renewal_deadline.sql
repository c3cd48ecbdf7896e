-- Renewals (đến hạn, tái tục): when what is paid for ends, until when it may be paid again, what follows on it, and the
-- reminders that were sent.
--
-- The last day to pay for what follows: of a premium by its method's deadline (Luật BHXH 41/2024/QH15, Article 36.3); of a
-- card, and of what is paid at registration, the last day that is covered.
create or replace function renewal_deadline(p_product text, p_method text, p_until date) returns date language sql stable as $$
    select coalesce((
        select (date_trunc('month', p_until + 1) + make_interval(months => r.value::integer))::date - 1
          from insurance_rule r
         where p_product = 'bhxh_tn' and r.key = 'deadline_' || p_method and r.province_code is null
           and r.status = 'active' and p_until + 1 between r.valid_from and coalesce(r.valid_to, 'infinity')), p_until)
$$;

grant execute on function renewal_deadline to :"app_role";
