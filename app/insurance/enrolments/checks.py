"""The checks of an enrolment on request: what speaks against it, and who else its person may be."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.postgres.database import get_driver
from app.insurance.eligibility.rules import EligibilityFinding, find_support_group_warnings
from app.insurance.eligibility.service import read_enrolment_findings
from app.insurance.enrolments.queries import find_enrolment
from app.insurance.matching.queries import read_candidates
from app.insurance.matching.rules import Candidate
from app.savings.kinds import Product


async def read_checks(
    db: AsyncSession, actor: Actor, enrolment_id: UUID
) -> tuple[list[EligibilityFinding], list[Candidate]]:
    """Read the errors and warnings about an enrolment of the actor; and who else of the same register, as far as
    the actor sees it, may be its person. Raises: NotFound."""
    row = await find_enrolment(db, actor, enrolment_id)
    if row is None:
        raise NotFound
    findings = [
        *await read_enrolment_findings(db, row),
        *find_support_group_warnings(Product(row.product), row.support_group),
    ]
    return findings, await read_candidates(await get_driver(db), row.network, row.member_id)
