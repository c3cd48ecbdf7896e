"""The checks of an enrolment on request: what speaks against it, and who else its person may be."""

from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import FieldError, NotFound
from app.core.postgres.database import get_driver
from app.insurance.eligibility.rules import EligibilityFinding, Severity, find_support_group_warnings
from app.insurance.eligibility.service import read_enrolment_findings
from app.insurance.enrolments.queries import find_enrolment
from app.insurance.enrolments.rules import CLOSED_STATUSES
from app.insurance.matching.queries import read_candidates
from app.insurance.matching.rules import Candidate
from app.models.insurance.enrolment import Enrolment
from app.savings.kinds import Product

# A member whom the actor does not see any more lives outside the actor's places.
_LIFE: Final = """
select m.died_on is not null as died,
       place_on(m.commune_code, local_today()) is distinct from place_on(e.commune_code, local_today()) as moved,
       exists (select from premium_payment p where p.enrolment_id = e.id and p.status = 'held') as held
  from enrolment e left join member m on m.id = e.member_id where e.id = $1
"""


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
        *await _read_life_findings(db, row),
        *find_support_group_warnings(Product(row.product), row.support_group),
    ]
    return findings, await read_candidates(await get_driver(db), row.network, row.member_id)


async def _read_life_findings(db: AsyncSession, row: Enrolment) -> list[EligibilityFinding]:
    """Warnings about what happened to the person since, for the union to settle: a move, money held after a death."""
    if row.status in CLOSED_STATUSES:
        return []
    facts = await (await get_driver(db)).fetchrow(_LIFE, row.id)
    notes = [_MONEY_HELD] if facts["died"] and facts["held"] else []
    notes += [_MEMBER_MOVED] if facts["moved"] and not facts["died"] else []
    return [EligibilityFinding(Severity.WARNING, note) for note in notes]


_MONEY_HELD: Final = FieldError(
    "/member_id",
    "money_held",
    "Đang tạm giữ tiền đóng cho người đã qua đời; rút đăng ký với lý do qua đời thì tiền trở lại tài khoản.",
    "Money is held for somebody who died; when the enrolment is withdrawn for that reason it is available again.",
)
_MEMBER_MOVED: Final = FieldError(
    "/commune_code",
    "member_moved",
    "Người này nay ở xã, phường khác. Chưa đóng tiền thì có thể rút với lý do chuyển đi và đăng ký ở nơi mới; đã đóng "
    "thì vẫn tham gia đến hết thời gian đã đóng.",
    "This person lives in another commune now. Unpaid, it can be withdrawn for that reason and entered there; "
    "what is paid stays valid.",
)
