"""What is known of people for the first months of enrolments: three statements for one or for a thousand."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final, NamedTuple, Protocol
from uuid import UUID

import asyncpg

from app.core.errors import FieldError
from app.core.rows import as_json
from app.insurance.eligibility_rules import Facts, Finding, OtherKind, Severity, findings
from app.insurance.enrolment_errors import cross_checks
from app.insurance.enrolment_sets import Driver, read_rows
from app.savings.kinds import Product

# An enrolment of the same first month is the very same one, or refused as such by its constraint.
_FACTS: Final = """
select m.birth_date, m.died_on, m.national_id, m.sex,
       exists (select from enrolment e
                where e.member_id = x.member_id and e.product = x.product and e.status in ('paid', 'active')
                  and e.from_month <> x.from_month
                  and e.from_month < (x.from_month + make_interval(months => x.months))::date
                  and x.from_month < (e.from_month + make_interval(months => e.months))::date) as running
  from json_to_recordset($1::text::json) as x (nth integer, member_id uuid, product text, from_month date,
       months integer)
  left join lateral (select * from member m where m.id = x.member_id offset 0) m on true
 order by x.nth
"""

_AGES: Final = """
select x.month, r.value::integer as years
  from unnest($1::date[]) as x (month)
  join insurance_rule r on r.key = 'bhxh_tn_age_min' and r.province_code is null and r.status = 'active'
       and r.valid_from <= x.month and (r.valid_to is null or r.valid_to >= x.month)
"""

_OTHERS: Final = """
select member_id, month, kind from other_insurance_in($1::uuid[], $2::date[])
"""


class Newcomer(Protocol):
    """Somebody who was entered a moment ago: there is nothing else to know of them."""

    @property
    def birth_date(self) -> date | None: ...
    @property
    def national_id(self) -> str | None: ...
    @property
    def sex(self) -> str | None: ...


class Asked(NamedTuple):
    """What is asked of: a member of the actor's, and what they are to be insured for. from_month: its first day.

    newcomer: how they were described, of a member who was entered in this very transaction.
    """

    member_id: UUID
    product: Product
    from_month: date
    months: int
    newcomer: Newcomer | None = None


async def read_findings(driver: Driver, asked: Sequence[Asked]) -> list[list[Finding]]:
    """What speaks against each of these enrolments, or is worth a look, in their order."""
    if not asked:
        return []
    known = [one for one in asked if one.newcomer is None]
    facts = iter(await _read_known(driver, known) if known else ())
    ages = await _read_ages(driver, {one.from_month for one in asked})
    others = await _read_others(driver, asked)
    found = []
    for one in asked:
        new = one.newcomer
        about = next(facts) if new is None else (new.birth_date, None, new.national_id, new.sex, False)
        birth_date, died_on, national_id, sex, running = about
        told = Facts(
            product=one.product,
            month=one.from_month,
            birth_date=birth_date,
            died=died_on is not None,
            age_min=ages.get(one.from_month),
            others=others.get((one.member_id, one.from_month), _NONE),
            running=running,
        )
        found.append([*findings(told), *_doubts(national_id, birth_date, sex)])
    return found


_NONE: Final[frozenset[OtherKind]] = frozenset()


async def _read_known(driver: Driver, asked: Sequence[Asked]) -> Sequence[asyncpg.Record]:
    lines = [{"nth": nth} | {name: getattr(one, name) for name in _ASKED} for nth, one in enumerate(asked)]
    return await read_rows(driver, _FACTS, as_json(lines))


_ASKED: Final = ("member_id", "product", "from_month", "months")


async def _read_ages(driver: Driver, months: Collection[date]) -> dict[date, int]:
    """The least age for voluntary insurance in each month in which the law knows one."""
    rows = await read_rows(driver, _AGES, list(months))
    return {row["month"]: row["years"] for row in rows}


async def _read_others(
    driver: Driver, asked: Sequence[Asked]
) -> dict[tuple[UUID, date], frozenset[OtherKind]]:
    """Other insurance of members in their first months, of those who have any."""
    columns = [one.member_id for one in asked], [one.from_month for one in asked]
    others: dict[tuple[UUID, date], frozenset[OtherKind]] = {}
    for row in await read_rows(driver, _OTHERS, *columns):
        key = row["member_id"], row["month"]
        others[key] = others.get(key, _NONE) | {OtherKind(row["kind"])}
    return others


def _doubts(national_id: str | None, birth_date: date | None, sex: str | None) -> list[Finding]:
    """Where a citizen's number and the register disagree. An old card's nine digits tell nothing."""
    notes: list[FieldError] = []
    if national_id is not None and len(national_id) == 12:
        notes = cross_checks(national_id, birth_date, sex)
    return [Finding(Severity.WARNING, note) for note in notes]
