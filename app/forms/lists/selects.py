"""The SQL of each form: selects the rows of a list and copies them into it in one statement.

Every select yields position, place, payment, enrolment, household and the row's data; amounts are those that the
payment fixed, by its formula and the rules that it used. $1 … $16 are the list's own columns (`INSERT_LIST`), `asked`
has the filters.
"""

from typing import Final

from app.forms.kinds import ExportForm

_FILTERS_CTE: Final = """
asked as (select $17::boolean as all_networks, $18::uuid as group_id, $19::text[] as communes, $20::date as paid_from,
                 $21::date as paid_to, $22::uuid[] as enrolments)
"""
_FROM_PAYMENTS: Final = """
    from asked a cross join premium_payment p
    join member m on m.id = p.member_id
    left join coverage c on c.payment_id = p.id
    cross join lateral (
        select max(value) filter (where starts_with(key, 'province_support_rate_')) as extra_rate,
               max(value) filter (where starts_with(key, 'province_support_dong_')) as extra_dong,
               max(value) filter (where starts_with(key, 'bhyt_order_')) as order_share,
               max(value) filter (where key = 'base_salary') as base_salary
          from jsonb_to_recordset(p.rules) r (key text, value numeric)) law
"""
_FILTER_CONDITIONS: Final = """
         p.status = 'posted' and (a.all_networks or p.network = $3) and p.payment_date <= $10
     and (a.group_id is null or p.group_id = a.group_id)
     and (a.communes is null or p.commune_code = any(a.communes))
     and (a.paid_from is null or p.payment_date >= a.paid_from)
     and (a.paid_to is null or p.payment_date <= a.paid_to)
     and (a.enrolments is null or p.enrolment_id = any(a.enrolments))
     and not exists (select from export_row r where r.payment_id = p.id and r.form = $2 and r.network = $3)
"""
_ROW_NUMBER: Final = "row_number() over (order by p.commune_code, p.group_id, p.payment_date, p.id)"

# Where the province pays no remuneration, no record says who joined for the first time.
_IS_FIRST_TIME: Final = """
    num_nonnulls(p.insured_since, p.covered_until, nullif(p.supported_before, 0)) = 0 and not exists (
        select from coverage b
         where b.member_id = p.member_id and b.product = p.product and b.created_at < c.created_at and b.months > 0)
"""

# Column 9 is a rate of all months (10 = 4 × 9 × ...): support of fewer months is told as an amount.
_SELECT_D05: Final = f"""
  select {_ROW_NUMBER} as position, p.province_code, p.commune_code, p.id as payment_id, p.enrolment_id,
         null::uuid as household_id,
         jsonb_build_object(
             'full_name', m.full_name, 'social_insurance_no', m.social_insurance_no, 'birth_date', m.birth_date,
             'from_month', p.from_month, 'months', p.months, 'method', p.method, 'monthly_income', p.monthly_income,
             'amount_due', p.amount_due, 'participant_pays', p.participant_pays, 'state_support', p.state_support,
             'support_rate', case when p.state_support > 0 then (p.formula ->> 'support_rate')::numeric * 100 end,
             'supported_months', p.supported_months,
             'extra_rate', case when p.province_support > 0 and law.extra_dong is null
                                and coalesce((p.formula ->> 'province_rate_months')::integer, p.months) = p.months
                                then law.extra_rate * 100 end,
             'extra_amount', nullif(p.province_support, 0), 'other_amount', nullif(p.other_support, 0),
             'change', case when coalesce(p.remuneration_kind = 'first', {_IS_FIRST_TIME}) then 'first'
                            when c.continuous_since < c.valid_from or c.valid_from is null then 'again'
                            else 'back' end) as data
    {_FROM_PAYMENTS}
   where p.product = 'bhxh_tn' and {_FILTER_CONDITIONS}
"""

_CARD_FIELDS: Final = """
             'full_name', m.full_name, 'insurance_no', coalesce(m.health_card_no, m.social_insurance_no),
             'national_id', m.national_id,
             'support_rate', round((p.state_support + p.province_support) * 100.0 / nullif(p.amount_due, 0), 2),
             'months', p.months
"""

_SELECT_MAU_3: Final = f"""
  select {_ROW_NUMBER} as position, p.province_code, p.commune_code, p.id as payment_id, p.enrolment_id,
         null::uuid as household_id,
         jsonb_build_object({_CARD_FIELDS},
             'salary', round(law.base_salary * coalesce(law.order_share, 1)),
             'from_month', coalesce(c.valid_from, p.from_month),
             'other_rate', nullif(round(p.other_support * 100.0 / nullif(p.amount_due, 0), 2), 0),
             'amount_due', p.amount_due, 'participant_pays', p.participant_pays) as data
    {_FROM_PAYMENTS}
   where p.product = 'bhyt_hgd' and {_FILTER_CONDITIONS}
"""

_PLACE_NAME: Final = """(select upper(left(pl.kind, 1)) || substr(pl.kind, 2) || ' ' || pl.name from place pl
                     where pl.code = place_on({code}, $10) and pl.valid_from <= $10
                       and (pl.valid_to is null or pl.valid_to >= $10))"""
_HAMLET_NAME: Final = _PLACE_NAME.format(code="coalesce(h.hamlet_code, m.hamlet_code)")
_ADDRESS_FIELDS: Final = f"""
             'address', nullif(concat_ws(', ', h.address, {_HAMLET_NAME}), ''),
             'commune', {_PLACE_NAME.format(code="m.commune_code")},
             'province', {_PLACE_NAME.format(code="m.province_code")}
"""

# All members of a household in which somebody paid for a card: the head first, then as they were entered.
_SELECT_MAU_4: Final = f"""
  , paid as materialized (
    select distinct on (m.id) m.id as member_id, m.household_id, p.id, p.enrolment_id, p.state_support,
           p.province_support, p.amount_due, p.participant_pays, p.months, law.base_salary
      {_FROM_PAYMENTS}
     where p.product = 'bhyt_hgd' and m.household_id is not null and {_FILTER_CONDITIONS}
     order by m.id, p.payment_date, p.id
  ), homes as materialized (
    select h.*, row_number() over (order by h.commune_code, h.id) as sheet
      from household h where h.id in (select household_id from paid)
  ), chosen as materialized (
  select row_number() over (order by h.sheet, m.id is distinct from h.head_member_id, m.id) as position,
         m.province_code, m.commune_code, p.id as payment_id, p.enrolment_id, h.id as household_id, m.id as member_id,
         h.head_member_id as head_id,
         jsonb_build_object({_CARD_FIELDS},
             'birth_date', m.birth_date, 'salary', p.base_salary, 'amount_due', p.amount_due,
             'participant_pays', p.participant_pays, 'sex', m.sex,
             'relation', case when m.id = h.head_member_id then 'head' else m.relation_to_head end,
             'head', jsonb_build_object('name', head.full_name, 'phone', head.phone, {_ADDRESS_FIELDS})) as data
    from homes h join member m on m.household_id = h.id and m.died_on is null
    left join paid p on p.member_id = m.id
    left join member head on head.id = h.head_member_id)
"""

_SELECT_TK1: Final = f"""
  select 1 as position, e.province_code, e.commune_code, null::uuid as payment_id, e.id as enrolment_id,
         null::uuid as household_id,
         jsonb_build_object(
             'full_name', m.full_name, 'social_insurance_no', m.social_insurance_no, 'sex', m.sex,
             'birth_date', m.birth_date, 'national_id', m.national_id, 'phone', m.phone, 'method', e.method,
             'months', e.months, 'monthly_income', e.monthly_income, {_ADDRESS_FIELDS}) as data
    from asked a join enrolment e on e.id = any(a.enrolments)
    join member m on m.id = e.member_id
    left join household h on h.id = m.household_id
   where e.product = 'bhxh_tn' and e.status not in ('rejected', 'withdrawn') and (a.all_networks or e.network = $3)
"""

_SUMMED_FIELDS: Final = {
    ExportForm.D05_TS: ("amount_due", "participant_pays", "state_support", "extra_amount", "other_amount"),
    ExportForm.MAU_3: ("amount_due", "participant_pays"),
    ExportForm.MAU_4: ("amount_due", "participant_pays"),
    ExportForm.TK1_TS: (),
}


# Who paid for no card, and the head in each row: erasure finds them nowhere else.
_INSERT_MENTIONS: Final = """, mentioned as (
    insert into export_mention (list_id, position, member_id, as_head, network)
    select $1, position, member_id, false, $3 from chosen where payment_id is null
    union all select $1, position, head_id, true, $3 from chosen where head_id is not null
)"""


def _build_statement(form: ExportForm, select: str) -> str:
    chosen_cte = select if form is ExportForm.MAU_4 else f", chosen as materialized ({select})"
    sums = ", ".join(
        f"'{name}', coalesce(sum((data ->> '{name}')::bigint), 0)" for name in _SUMMED_FIELDS[form]
    )
    return f"""
with {_FILTERS_CTE}{chosen_cte},
listed as (
    insert into export_list (id, form, network, organisation_id, province_code, commune_code, layout, number, year,
           list_date, collector_name, collector_code, params, client_key, request_hash, created_by, has_mentions, rows,
           totals)
    select $1::uuid, $2::text, $3::text, $4::uuid, $5::text, $6::text, $7::integer, $8::integer, $9::integer,
           $10::date, $11::text, $12::text, $13::text::jsonb, $14::text, $15::bytea, $16::uuid, true, count(*),
           jsonb_build_object({sums})
      from chosen having count(*) > 0
), kept as (
    insert into export_row (list_id, position, network, organisation_id, province_code, commune_code, form, payment_id,
           enrolment_id, household_id, data)
    select $1, position, $3, $4, province_code, commune_code, $2, payment_id, enrolment_id, household_id, data
      from chosen
){_INSERT_MENTIONS if form is ExportForm.MAU_4 else ""}
select count(*) as rows, count(distinct household_id) as households from chosen
"""


INSERT_LIST: Final = {
    form: _build_statement(form, select)
    for form, select in (
        (ExportForm.D05_TS, _SELECT_D05),
        (ExportForm.MAU_3, _SELECT_MAU_3),
        (ExportForm.MAU_4, _SELECT_MAU_4),
        (ExportForm.TK1_TS, _SELECT_TK1),
    )
}
"""By form: makes the list and its rows in one statement, nothing where there are no rows; tells how many."""
