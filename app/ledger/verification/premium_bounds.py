"""Invariant of premiums: each was paid for months, and on a day, for which the law of that day let it be paid.

The same as `app/insurance/quotes/period.py` says before money is taken, once more over all that was posted.
"""

from app.ledger.verification.checks import TXN_IN_SCOPE, LedgerCheck

# The values of each day on which anything was paid; where the law says nothing, nothing is found.
_VALUES_OF_DAYS = """
law as (
select key, value::integer as value, valid_from, coalesce(valid_to, 'infinity') as valid_to
  from insurance_rule
 where status = 'active' and province_code is null
       and (key ~ '^(deadline_months_|retirement_age_months_)'
            or key in ('advance_years_max', 'arrears_allowed', 'bhxh_tn_age_min', 'bhyt_ahead_months_max',
                       'missing_months_max', 'pension_years_needed'))
), day as (
select x.payment_date, date_trunc('month', x.payment_date)::date as paid_in,
       12 * max(value) filter (where key = 'advance_years_max') as ahead_max,
       max(value) filter (where key = 'bhyt_ahead_months_max') as card_ahead_max,
       max(value) filter (where key = 'missing_months_max') as missing_max,
       12 * max(value) filter (where key = 'pension_years_needed') as pension_needed,
       coalesce(max(value) filter (where key = 'arrears_allowed'), 0) = 1 as has_arrears
  from (select distinct payment_date from premium_payment where payment_date is not null) x
  left join law l on x.payment_date between l.valid_from and l.valid_to
 group by x.payment_date
)"""

PREMIUM_BOUND_CHECKS = (
    LedgerCheck(
        "premium_bounds",
        f"""
        with {_VALUES_OF_DAYS}
        select t.id::text as subject
          from premium_payment t
          join day d on d.payment_date = t.payment_date
          join member m on m.id = t.member_id
          left join law a on a.key = 'bhxh_tn_age_min' and t.from_month between a.valid_from and a.valid_to
          left join law l on l.key = 'deadline_months_' || t.months and t.method = 'months_' || t.months
                         and t.payment_date between l.valid_from and l.valid_to
          left join law r on r.key = 'retirement_age_months_' || m.sex and t.method = 'missing_months'
                         and (d.paid_in + interval '1 month')::date between r.valid_from and r.valid_to
          left join lateral (  -- paid before: what was declared, and what was recorded here by then
               select e.months_paid_before + coalesce(sum(c.months), 0) as months
                 from enrolment e
                 join coverage own on own.payment_id = t.id
                 left join coverage c on c.member_id = t.member_id and c.product = t.product
                                     and c.created_at < own.created_at
                where e.id = t.enrolment_id
                group by e.id) b on t.method = 'missing_months'
         where {TXN_IN_SCOPE} and t.status in ('posted', 'refunded')
               and not exists (select from premium_refund f where f.payment_id = t.id and f.remaining_months = t.months)
               and coalesce(
               case when t.product = 'bhyt_hgd'
                    then t.from_month < d.paid_in
                         or t.from_month > d.paid_in + make_interval(months => d.card_ahead_max)
                    else t.from_month < (select min(valid_from) from insurance_rule where key = 'bhxh_tn_rate')
                         or coalesce(m.birth_date + make_interval(years => a.value)
                                     >= t.from_month + interval '1 month', false)
                         or case when t.method = 'missing_months'
                                 then coalesce(t.months > least(d.missing_max, d.pension_needed - b.months), false)
                                      or coalesce(date_trunc('month', m.birth_date) + make_interval(months => r.value)
                                                  > d.paid_in + interval '1 month', false)
                                 else coalesce(t.from_month + make_interval(months => t.months - 1)
                                               > d.paid_in + make_interval(months => d.ahead_max), false)
                                      or not (d.has_arrears and l.value is not null)
                                         and t.payment_date >= t.from_month + make_interval(
                                             months => case when t.method like 'years_%' then 1 else l.value end) end
               end, false)""",
        "Khoản đóng nằm ngoài thời hạn, tuổi hoặc số tháng mà quy định của ngày đóng cho phép.",
        "The payment is outside the deadlines, the age or the months that the law of its day allows.",
    ),
)
