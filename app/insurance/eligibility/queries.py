"""Reads what is known of people for the first months of enrolments: three statements for one or for a thousand, and one
more for those that are with BHXH already."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from app.core.errors import FieldError
from app.core.postgres.bulk import equal_to_one_of_many, fetch_with_custom_plan, rows_to_json
from app.insurance.eligibility.companions import Companions
from app.insurance.eligibility.payable import PayableCheck
from app.insurance.eligibility.registers import Overlap, read_other_enrolments
from app.insurance.eligibility.rules import (
    EligibilityFinding,
    Facts,
    OtherKind,
    Severity,
    SharingStep,
    filter_errors,
    find_national_id_warnings,
    findings,
    judge_sharing,
)
from app.insurance.eligibility.terms import EligibilityQuery, InsertedMember
from app.insurance.kinds import EnrolmentStatus
from app.insurance.law.free_card import POOR_GROUPS
from app.insurance.rules.rulebook import Rulebook
from app.insurance.rules.store import read_rulebook

# An enrolment of the same first month is the very same one, or refused as such by its constraint; none is of more than
# 120 months, so that however many a person has, few are looked at.
_FACTS: Final = f"""
select m.birth_date, m.died_on, m.national_id, m.sex, o.status, o.from_month, o.months,
       c.given_at, c.withdrawn_at,
       case when x.product = 'bhyt_hgd' and m.birth_date <= (x.from_month - interval '70 years')::date
            then exists (select from support_group s
                          where s.member_id = m.id and s.kind in ('poor', 'near_poor')
                            and s.valid_from <= x.from_month and (s.valid_to is null or s.valid_to >= x.from_month))
            else false end as poor
  from json_to_recordset($1::text::json) as x (nth integer, member_id uuid, product text, from_month date,
       months integer, enrolment_id uuid)
  left join lateral (
       select e.status, e.from_month, e.months from enrolment e
        where {equal_to_one_of_many("e.member_id", "x.member_id")}
          and e.product = x.product and e.status not in ('rejected', 'withdrawn', 'ended')
          and e.id is distinct from x.enrolment_id and e.from_month <> x.from_month
          and e.from_month > (x.from_month - make_interval(months => 120))::date
          and e.from_month < (x.from_month + make_interval(months => x.months))::date
          and x.from_month < (e.from_month + make_interval(months => e.months))::date
        order by e.status in ('paid', 'active') desc, e.status in ('submitted', 'accepted') desc, e.from_month
        limit 1) o on true
  left join lateral (select * from member m where m.id = x.member_id offset 0) m on true
  left join lateral (
       select (min(c.given_at) filter (where c.withdrawn_at is null) at time zone 'Asia/Ho_Chi_Minh')::date as given_at,
              (max(c.withdrawn_at) at time zone 'Asia/Ho_Chi_Minh')::date as withdrawn_at
         from consent c where c.member_id = x.member_id and c.purpose = 'sharing_bhxh') c on true
 order by x.nth
"""

_OTHER_INSURANCE: Final = """
select member_id, month, kind from other_insurance_in($1::uuid[], $2::date[])
"""


async def read_findings(
    driver: asyncpg.Connection, queries: Sequence[EligibilityQuery], *, lock: bool = False
) -> list[list[EligibilityFinding]]:
    """Read the facts for each query and return its findings, in their order: of two for one person and the same
    months, the second is told of the first, unless that has an error.

    lock: of two decisions about one person at once, the second sees the first (`read_other_enrolments`).
    """
    if not queries:
        return []
    known = [query for query in queries if query.new_member is None]
    facts = iter(await _read_facts(driver, known) if known else ())
    book = await read_rulebook(driver)
    other_insurance = await _read_other_insurance(driver, queries)
    payable = await PayableCheck.read(driver, book, queries)
    decided = [
        query.enrolment_id for query in queries if query.enrolment_id and query.step is SharingStep.DECISION
    ]
    companions = Companions(await read_other_enrolments(driver, decided, lock=lock) if decided else {})
    results = []
    for query in queries:
        row = next(facts) if query.new_member is None else _facts_of_new(query.new_member)
        birth_date, died_on, national_id, sex, status, from_month, months, given_at, withdrawn_at, poor = row
        overlap = None
        if status is not None and from_month is not None and months is not None:
            overlap = Overlap(EnrolmentStatus(status), from_month, months)
        person_facts = Facts(
            product=query.product,
            month=query.from_month,
            birth_date=birth_date,
            died=died_on is not None,
            age_min=_find_min_age(book, query.from_month),
            others=other_insurance.get((query.member_id, query.from_month), _NO_OTHER_INSURANCE),
            running=status in ("paid", "active"),
            sharing=judge_sharing(query.consented_on, given_at, withdrawn_at),
            step=query.step,
            other_enrolments=companions.find(query, overlap),
            is_poor=poor or (query.payable is not None and query.payable.support_group in POOR_GROUPS),
        )
        found = [*findings(person_facts), *_find_national_id_findings(national_id, birth_date, sex)]
        found += payable.find(query, birth_date, sex, found)
        if not filter_errors(found):
            companions.add(query)
        results.append(found)
    return results


def _find_min_age(book: Rulebook, month: date) -> int | None:
    """The least age for voluntary insurance in a month; None where the law says nothing."""
    rule = book.rules_on("bhxh_tn_age_min", month)[0]
    return None if rule is None else int(rule.value)


def _facts_of_new(member: InsertedMember) -> tuple[Any, ...]:
    """The columns of `_FACTS` for a member who was inserted in this transaction."""
    return member.birth_date, None, member.national_id, member.sex, None, None, None, None, None, False


_NO_OTHER_INSURANCE: Final[frozenset[OtherKind]] = frozenset()


async def _read_facts(
    driver: asyncpg.Connection, queries: Sequence[EligibilityQuery]
) -> Sequence[asyncpg.Record]:
    rows = [
        {"nth": nth} | {name: getattr(query, name) for name in _QUERY_FIELDS}
        for nth, query in enumerate(queries)
    ]
    return await fetch_with_custom_plan(driver, _FACTS, rows_to_json(rows))


_QUERY_FIELDS: Final = ("member_id", "product", "from_month", "months", "enrolment_id")


async def _read_other_insurance(
    driver: asyncpg.Connection, queries: Sequence[EligibilityQuery]
) -> dict[tuple[UUID, date], frozenset[OtherKind]]:
    """Read the other insurance of members in their first months, of those who have any."""
    columns = [query.member_id for query in queries], [query.from_month for query in queries]
    others: dict[tuple[UUID, date], frozenset[OtherKind]] = {}
    for row in await fetch_with_custom_plan(driver, _OTHER_INSURANCE, *columns):
        key = row["member_id"], row["month"]
        others[key] = others.get(key, _NO_OTHER_INSURANCE) | {OtherKind(row["kind"])}
    return others


def _find_national_id_findings(
    national_id: str | None, birth_date: date | None, sex: str | None
) -> list[EligibilityFinding]:
    """Warnings where a citizen's number and the register disagree. An old card's nine digits tell nothing."""
    warnings: list[FieldError] = []
    if national_id is not None and len(national_id) == 12:
        warnings = find_national_id_warnings(national_id, birth_date, sex)
    return [EligibilityFinding(Severity.WARNING, warning) for warning in warnings]
