"""Whether the person of an enrolment may be insured: looked up when it is asked, submitted and accepted."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.db import driver_of
from app.core.errors import NotFound
from app.insurance.eligibility_queries import Asked, read_findings
from app.insurance.eligibility_rules import Finding, errors, unsupported
from app.insurance.enrolment_errors import NotEligible
from app.insurance.enrolment_matching import Candidate
from app.insurance.enrolment_people import read_candidates
from app.insurance.enrolment_queries import read_enrolment
from app.models.enrolment import Enrolment
from app.savings.kinds import Product


async def read_checks(
    db: AsyncSession, actor: Actor, enrolment_id: UUID
) -> tuple[list[Finding], list[Candidate]]:
    """What speaks against an enrolment of the actor's, or is worth a look; and who else of the same register, as far as
    the actor sees it, may be its person. Raises: NotFound."""
    row = await read_enrolment(db, actor, enrolment_id)
    if row is None:
        raise NotFound
    findings = [*await _findings(db, row), *unsupported(Product(row.product), row.support_group)]
    return findings, await read_candidates(await driver_of(db), row.network, row.member_id)


async def refuse_ineligible(db: AsyncSession, row: Enrolment) -> None:
    """Raises: NotEligible with each reason when the person may not be insured from the enrolment's first month on."""
    if refused := errors(await _findings(db, row)):
        raise NotEligible(errors=refused)


async def _findings(db: AsyncSession, row: Enrolment) -> list[Finding]:
    asked = Asked(row.member_id, Product(row.product), row.from_month, row.months)
    await db.flush()
    return (await read_findings(await driver_of(db), [asked]))[0]
