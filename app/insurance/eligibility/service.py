"""Checks whether the person of an enrolment may be insured: on request, at submission and at acceptance."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.postgres.database import get_driver
from app.insurance.eligibility.queries import EligibilityQuery, read_findings
from app.insurance.eligibility.rules import EligibilityFinding, check_support_group, filter_errors
from app.insurance.enrolments.errors import NotEligible
from app.insurance.enrolments.intake.people import read_candidates
from app.insurance.enrolments.queries import select_enrolment
from app.insurance.matching.rules import Candidate
from app.models.insurance.enrolment import Enrolment
from app.savings.kinds import Product


async def read_checks(
    db: AsyncSession, actor: Actor, enrolment_id: UUID
) -> tuple[list[EligibilityFinding], list[Candidate]]:
    """The errors and warnings about an enrolment of the actor; and who else of the same register, as far as
    the actor sees it, may be its person. Raises: NotFound."""
    row = await select_enrolment(db, actor, enrolment_id)
    if row is None:
        raise NotFound
    findings = [
        *await _read_findings_of(db, row),
        *check_support_group(Product(row.product), row.support_group),
    ]
    return findings, await read_candidates(await get_driver(db), row.network, row.member_id)


async def require_eligible(db: AsyncSession, row: Enrolment) -> None:
    """Check that the person may be insured from the first month on. Raises: NotEligible with each reason."""
    if reasons := filter_errors(await _read_findings_of(db, row)):
        raise NotEligible(errors=reasons)


async def _read_findings_of(db: AsyncSession, row: Enrolment) -> list[EligibilityFinding]:
    query = EligibilityQuery(row.member_id, Product(row.product), row.from_month, row.months)
    await db.flush()
    return (await read_findings(await get_driver(db), [query]))[0]
