"""Checks whether the person of an enrolment may be insured: on request, at submission and at acceptance."""

from collections.abc import Sequence
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.postgres.database import get_driver
from app.insurance.eligibility.errors import NotEligible
from app.insurance.eligibility.queries import read_findings
from app.insurance.eligibility.rules import EligibilityFinding, SharingStep, filter_errors
from app.insurance.eligibility.terms import EligibilityQuery, PayableTerms
from app.insurance.kinds import EnrolmentStatus, Method, parse_enrolled_group
from app.insurance.law.proof import Proof
from app.models.insurance.enrolment import Enrolment
from app.savings.kinds import Product

_UNSENT_STATUSES: Final = frozenset({EnrolmentStatus.DRAFT, EnrolmentStatus.RETURNED})
_PAYABLE_STATUSES: Final = _UNSENT_STATUSES | {EnrolmentStatus.SUBMITTED, EnrolmentStatus.ACCEPTED}


async def check_eligible(db: AsyncSession, row: Enrolment) -> None:
    """Check that the person may be insured from the first month on. Raises: NotEligible with each reason."""
    if reasons := filter_errors(await read_enrolment_findings(db, row)):
        raise NotEligible(errors=reasons)


async def read_enrolment_findings(db: AsyncSession, row: Enrolment) -> list[EligibilityFinding]:
    """Read the errors and warnings about the person of an enrolment."""
    [findings] = await read_findings_of_enrolments(db, [row])
    return findings


async def read_findings_of_enrolments(
    db: AsyncSession, rows: Sequence[Enrolment], *, lock: bool = False
) -> list[list[EligibilityFinding]]:
    """Read the errors and warnings about the person of each enrolment, in their order. lock: to decide about them."""
    await db.flush()
    return await read_findings(await get_driver(db), [_build_query(row) for row in rows], lock=lock)


def _build_query(row: Enrolment) -> EligibilityQuery:
    return EligibilityQuery(
        row.member_id,
        Product(row.product),
        row.from_month,
        row.months,
        consented_on=row.consented_on,
        step=SharingStep.DRAFT if row.status in _UNSENT_STATUSES else SharingStep.DECISION,
        enrolment_id=row.id,
        payable=_to_payable(row) if row.status in _PAYABLE_STATUSES else None,
    )


def _to_payable(row: Enrolment) -> PayableTerms:
    return PayableTerms(
        Method(row.method),
        row.monthly_income,
        parse_enrolled_group(row.support_group),
        row.months_paid_before,
        Proof.of(row),
    )
