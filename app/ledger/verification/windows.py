"""The invariant of places over time: what a summary counts by its windows is every fact, once."""

from app.ledger.verification.checks import TXN_IN_SCOPE, LedgerCheck

# A summary counts by `place_windows`, which goes from the unit asked to the codes that mean it; here each fact is taken
# by itself, and its unit by `place_on` and `place_heir`, which go the other way. Both are summed for the country by
# communes and by provinces, and for each province, in the units of then and of now.
_SQL = f"""
    with fact as materialized (
        select 'money' as what, network, coalesce(model_id::text, '') as model, province_code, commune_code,
               business_date as day, sum(case when kind = 'reversal' then -amount else amount end) as amount,
               count(*) as entries
          from ledger_txn t where kind not in ('sheet', 'hold', 'hold_voided', 'repayment') and {TXN_IN_SCOPE}
         group by network, model_id, province_code, commune_code, business_date
        union all
        select 'groups', network, coalesce(model_id::text, ''), province_code, commune_code,
               coalesce(started_on, (created_at at time zone interval '+07:00')::date) as day, 0, count(*)
          from savings_group t where {TXN_IN_SCOPE} group by network, model_id, province_code, commune_code, day
        union all
        select 'enrolments', network, '', province_code, commune_code, from_month, 0, count(*)
          from enrolment t where {TXN_IN_SCOPE} group by network, province_code, commune_code, from_month
    ), spot as materialized (
        select d.commune_code, d.day, u.code, u.valid_from, above.province
          from (select distinct commune_code, day from fact) d
          left join place u on u.code = place_on(d.commune_code, d.day) and u.valid_from <= d.day
               and coalesce(u.valid_to, 'infinity') >= d.day
          left join lateral (
               select case q.level when 'district' then q.parent_code else q.code end as province from place q
                where q.code = u.parent_code and q.valid_from <= coalesce(u.valid_to, 'infinity')
                  and coalesce(q.valid_to, 'infinity') >= u.valid_from order by q.valid_from desc limit 1) above on true
    ), lying as materialized (
        select 'then' as units, commune_code, day, coalesce(province, '?') as province from spot
        union all
        select 'now', s.commune_code, s.day, coalesce(province_of(h.code), '?')
          from spot s left join lateral place_heir(s.code, s.valid_from, local_today()) h on true
    ), way as (
        select u.units, '' as asked, l.level, array(select code from place where level = 'country') as places
          from unnest(array['then', 'now']) u (units), unnest(array['commune', 'province']) l (level)
        union all
        select distinct units, province, 'commune', array[province] from lying
    ), span as materialized (
        select y.units, y.asked, y.level, w.code, w.valid_from, w.valid_to
          from way y cross join lateral place_windows(y.places, y.units, null, y.level) w
    ), every as (
        select s.units, s.asked, s.level, f.what, f.network, f.model, f.amount, f.entries
          from span s join fact f on f.commune_code = s.code and f.day between s.valid_from and s.valid_to
         where s.level = 'commune'
        union all
        select s.units, s.asked, s.level, f.what, f.network, f.model, f.amount, f.entries
          from span s join fact f on f.province_code = s.code and f.day between s.valid_from and s.valid_to
         where s.level = 'province'
        union all
        select y.units, y.asked, y.level, f.what, f.network, f.model, -f.amount, -f.entries
          from way y join fact f on y.asked = ''
        union all
        select l.units, l.province, 'commune', f.what, f.network, f.model, -f.amount, -f.entries
          from fact f join lying l on l.commune_code = f.commune_code and l.day = f.day
    )
    select concat_ws('/', units, coalesce(nullif(asked, ''), 'country by ' || level), what, network,
                     nullif(model, '')) as subject
      from every group by units, asked, level, what, network, model having sum(amount) <> 0 or sum(entries) <> 0"""

WINDOWS_CHECK = LedgerCheck(
    "stat_windows",
    _SQL,
    "Số liệu của cả nước hoặc của tỉnh đếm thiếu, đếm trùng tiền, tổ hoặc đăng ký tham gia so với từng dòng trong sổ.",
    "The figures of the country or of a province miss or repeat money, groups or enrolments that the books hold.",
)
