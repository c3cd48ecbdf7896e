"""Invariants of people over all registers: the state's support ends at 120 months, and no month is covered twice."""

from app.ledger.verification.checks import TXN_IN_SCOPE, LedgerCheck

# Each person is named once, by the least id of those that their registers gave them.
_PEOPLE = f"""
    found as (
        select s.member_id, s.id from same_person(array(
            select distinct t.member_id from coverage t where {TXN_IN_SCOPE})) s
    ), person as (
        select distinct (array_agg(f.id order by f.id))[1] as name, array_agg(f.id order by f.id) as ids
          from found f group by f.member_id
    )"""

PERSON_CHECKS = (
    LedgerCheck(
        "support_over_limit",
        f"""
        with {_PEOPLE}, recorded as (
            select p.name, c.enrolment_id, c.created_at as at, c.supported_months as months
              from person p join coverage c on c.member_id = any (p.ids)
             where c.product = 'bhxh_tn' and c.supported_months > 0
        ), declared as (
            select p.name, null::uuid as id, 0 as months, '-infinity'::timestamptz as at from person p
            union all
            select p.name, e.id, e.supported_before, e.decided_at
              from person p join enrolment e on e.member_id = any (p.ids)
             where e.product = 'bhxh_tn' and e.supported_before > 0
               and e.status in ('accepted', 'paid', 'active', 'ended')
        ), broken as (
            select d.name from declared d
              join recorded r on r.name = d.name and (r.enrolment_id = d.id or r.at > d.at)
             group by d.name, d.id, d.months
            having d.months + sum(r.months) > (
                   select max(r.value) from insurance_rule r
                    where r.key = 'support_months_max' and r.province_code is null and r.status = 'active')
        )
        select distinct name::text as subject from broken""",
        "Người này được NSNN hỗ trợ đóng quá 120 tháng, tính trên mọi sổ hội viên.",
        "The state supported more than 120 months of this person, over all registers.",
    ),
    LedgerCheck(
        "double_coverage",
        f"""
        with {_PEOPLE}, span as (
            select p.name, c.id, c.product, daterange(c.valid_from, least(c.valid_to, c.ended_on), '[]') as days
              from person p join coverage c on c.member_id = any (p.ids)
             where cardinality(p.ids) > 1 and c.valid_from is not null
               and (c.ended_on is null or c.ended_on >= c.valid_from)
        )
        select distinct a.name::text as subject
          from span a join span b on b.name = a.name and b.product = a.product and b.id > a.id and b.days && a.days""",
        "Người này được đóng hai lần cho cùng thời gian ở hai sổ hội viên.",
        "The same time of this person is paid twice, in two registers.",
    ),
)
"""What no register can see alone. Who was settled to be distinct people with one number is not one person."""
