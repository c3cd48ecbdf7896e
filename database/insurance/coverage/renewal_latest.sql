-- The last day on which what follows may begin without an interruption that counts: of a premium the next day; of a card
-- within 90 days, before 2025-07-01 three months (Luật 51/2024/QH15, Article 16.3.c; QĐ 595/QĐ-BHXH, Article 47.2.2).
create or replace function renewal_latest(p_product text, p_until date) returns date language sql stable as $$
    select coalesce((
        select case r.key when 'bhyt_gap_days' then p_until + r.value::integer
                    else (p_until + 1 + make_interval(months => r.value::integer))::date - 1 end
          from insurance_rule r
         where p_product = 'bhyt_hgd' and r.key in ('bhyt_gap_days', 'bhyt_gap_months') and r.province_code is null
           and r.status = 'active' and p_until + 1 between r.valid_from and coalesce(r.valid_to, 'infinity')
         order by r.key limit 1), p_until + 1)
$$;

grant execute on function renewal_latest to :"app_role";
