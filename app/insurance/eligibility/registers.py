"""Other enrolments of one person in the same months, over all registers: what speaks against a second one."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import FieldError
from app.core.postgres.bulk import fetch_with_custom_plan
from app.core.postgres.database import get_driver
from app.core.values.time import add_months, month_of
from app.core.values.wording import say_month
from app.insurance.eligibility.errors import OtherEnrolmentExists
from app.insurance.eligibility.rules import EligibilityFinding, Severity
from app.insurance.kinds import STATUS_NAMES, EnrolmentStatus

_OTHER_ENROLMENTS: Final = "select * from other_enrolments($1::uuid[])"
_LOCK_MEMBERS: Final = """
select lock_insured(array(select distinct member_id from enrolment where id = any ($1::uuid[])))
"""
_DECIDED: Final = frozenset({EnrolmentStatus.ACCEPTED, EnrolmentStatus.PAID, EnrolmentStatus.ACTIVE})
_PAID: Final = frozenset({EnrolmentStatus.PAID, EnrolmentStatus.ACTIVE})


class Overlap(NamedTuple):
    """The months of another enrolment of the same member and product. from_month: its first day."""

    status: EnrolmentStatus
    from_month: date
    months: int

    def month_numbers(self) -> range:
        """Its months, counted from the year 0."""
        first = 12 * self.from_month.year + self.from_month.month - 1
        return range(first, first + self.months)


class OtherEnrolment(NamedTuple):
    """Another enrolment of the same person and product that has a month in common.

    id: None where a union is not told. own: of the same member. network: the name of its union, for BHXH. from_month:
    its first day.
    """

    id: UUID | None
    own: bool
    status: EnrolmentStatus
    network: str | None
    from_month: date
    months: int


async def read_other_enrolments(
    driver: asyncpg.Connection, enrolment_ids: Sequence[UUID], *, lock: bool = False
) -> dict[UUID, list[OtherEnrolment]]:
    """Read the other enrolments of the people of these, as far as the actor is told.

    lock: those who have any are locked first, so that of two decisions at once the second sees the first.
    """
    rows = await fetch_with_custom_plan(driver, _OTHER_ENROLMENTS, list(enrolment_ids))
    if lock and rows:
        await driver.execute(_LOCK_MEMBERS, list({row["enrolment_id"] for row in rows}))
        rows = await fetch_with_custom_plan(driver, _OTHER_ENROLMENTS, list(enrolment_ids))
    others: dict[UUID, list[OtherEnrolment]] = {}
    for row in rows:
        other = OtherEnrolment(
            row["other_id"],
            row["own"],
            EnrolmentStatus(row["status"]),
            row["network"],
            row["from_month"],
            row["months"],
        )
        others.setdefault(row["enrolment_id"], []).append(other)
    return others


async def check_not_paid_elsewhere(db: AsyncSession, enrolment_id: UUID) -> None:
    """Check that nobody has paid for the same person and months in another register; the caller has locked the person.

    Raises: OtherEnrolmentExists, which names nobody.
    """
    await db.flush()
    others = await read_other_enrolments(await get_driver(db), [enrolment_id])
    if any(not other.own and other.status in _PAID for other in others.get(enrolment_id, ())):
        raise OtherEnrolmentExists(errors=[_GENERAL])


def find_other_enrolment_findings(
    others: Sequence[OtherEnrolment], accepted_before: Collection[UUID] = ()
) -> list[EligibilityFinding]:
    """The findings about other enrolments of the person of an enrolment that is with BHXH.

    BHXH, which decides which of them stands, reads which they are; a union reads general words. accepted_before: those
    that are accepted in the same request, before this one. What is paid for the same member is found with their facts.
    """
    findings = []
    for other in others:
        if other.own and other.status in _PAID:
            continue
        is_decided = other.status in _DECIDED or other.id in accepted_before
        severity = Severity.ERROR if is_decided else Severity.WARNING
        findings.append(EligibilityFinding(severity, _describe(other)))
    return list(dict.fromkeys(findings))


def find_overlap_findings(overlaps: Iterable[Overlap]) -> list[EligibilityFinding]:
    """The findings about other enrolments of the same member that are not paid: sent, an error; not sent, a warning."""
    findings = []
    for other in overlaps:
        if other.status not in _PAID:
            is_sent = other.status in (EnrolmentStatus.SUBMITTED, EnrolmentStatus.ACCEPTED)
            severity = Severity.ERROR if is_sent else Severity.WARNING
            months = _month_range(other.from_month, other.months)
            findings.append(EligibilityFinding(severity, _overlap(*months, STATUS_NAMES[other.status])))
    return list(dict.fromkeys(findings))


def _describe(other: OtherEnrolment) -> FieldError:
    """The words about another enrolment, as much of it as the actor may know."""
    first, last = _month_range(other.from_month, other.months)
    state, state_en = STATUS_NAMES[other.status]
    if other.network is None:
        return _overlap(first, last, (state, state_en)) if other.own else _GENERAL
    return FieldError(
        "/from_month",
        _CODE,
        f"Người này đã có đăng ký cùng loại từ tháng {first} đến tháng {last} của {other.network}, "
        f"trạng thái “{state}” (mã đăng ký {other.id}).",
        f"This person has an enrolment of the same kind for {first} to {last} of {other.network}, {state_en}"
        f" ({other.id}).",
    )


def _overlap(first: str, last: str, state: tuple[str, str]) -> FieldError:
    return FieldError(
        "/from_month",
        "enrolments_overlap",
        f"Người này đã có đăng ký khác cùng loại từ tháng {first} đến tháng {last}, trạng thái “{state[0]}”.",
        f"This person has another enrolment of the same kind for {first} to {last}, {state[1]}.",
    )


def _month_range(from_month: date, months: int) -> tuple[str, str]:
    """The first and the last month, as people write them: 1/2027."""
    first = month_of(from_month)
    return say_month(first), say_month(add_months(first, months - 1))


_CODE: Final = "other_enrolment_exists"
_GENERAL: Final = FieldError(
    "/from_month",
    _CODE,
    "Người này đã có đăng ký tham gia khác cùng loại cho cùng thời gian. Hãy hỏi cơ quan BHXH.",
    "There is another enrolment of this person for the same insurance and time. Please ask BHXH.",
)
