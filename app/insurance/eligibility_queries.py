"""What is known of people for the first months of enrolments: two statements for one or for a thousand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.core.errors import FieldError
from app.core.rows import as_json
from app.insurance.eligibility_rules import Facts, Finding, OtherKind, Severity, findings
from app.insurance.enrolment_errors import cross_checks
from app.insurance.enrolment_sets import Driver, read_rows
from app.savings.kinds import Product

# An enrolment of the same first month is the very same one, or refused as such by its constraint.
_FACTS: Final = """
select m.birth_date, m.died_on, m.national_id, m.sex,
       (select r.value::integer from insurance_rule r
         where r.key = 'bhxh_tn_age_min' and r.province_code is null and r.status = 'active'
           and r.valid_from <= x.from_month and (r.valid_to is null or r.valid_to >= x.from_month)) as age_min,
       exists (select from enrolment e
                where e.member_id = x.member_id and e.product = x.product and e.status in ('paid', 'active')
                  and e.from_month <> x.from_month
                  and e.from_month < (x.from_month + make_interval(months => x.months))::date
                  and x.from_month < (e.from_month + make_interval(months => e.months))::date) as running
  from json_to_recordset($1::text::json) as x (nth integer, member_id uuid, product text, from_month date,
       months integer)
  left join member m on m.id = x.member_id
 order by x.nth
"""

_OTHERS: Final = """
select member_id, month, kind from other_insurance_in($1::uuid[], $2::date[])
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of: a member of the actor's, and what they are to be insured for. from_month: its first day."""

    member_id: UUID
    product: Product
    from_month: date
    months: int


async def read_findings(driver: Driver, asked: Sequence[Asked]) -> list[list[Finding]]:
    """What speaks against each of these enrolments, or is worth a look, in their order."""
    if not asked:
        return []
    lines = [
        {"nth": nth} | {name: getattr(one, name) for name in Asked.__slots__} for nth, one in enumerate(asked)
    ]
    known = await read_rows(driver, _FACTS, as_json(lines))
    columns = [one.member_id for one in asked], [one.from_month for one in asked]
    others: dict[tuple[UUID, date], set[OtherKind]] = {}
    for row in await read_rows(driver, _OTHERS, *columns):
        others.setdefault((row["member_id"], row["month"]), set()).add(OtherKind(row["kind"]))
    found = []
    for one, row in zip(asked, known, strict=True):
        facts = Facts(
            product=one.product,
            month=one.from_month,
            birth_date=row["birth_date"],
            died=row["died_on"] is not None,
            age_min=row["age_min"],
            others=frozenset(others.get((one.member_id, one.from_month), ())),
            running=row["running"],
        )
        found.append([*findings(facts), *_doubts(row["national_id"], row["birth_date"], row["sex"])])
    return found


def _doubts(national_id: str | None, birth_date: date | None, sex: str | None) -> list[Finding]:
    """Where a citizen's number and the register disagree. An old card's nine digits tell nothing."""
    notes: list[FieldError] = []
    if national_id is not None and len(national_id) == 12:
        notes = cross_checks(national_id, birth_date, sex)
    return [Finding(Severity.WARNING, note) for note in notes]
