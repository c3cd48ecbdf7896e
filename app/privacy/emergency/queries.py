"""Selects of emergency accesses, within what the actor may see."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, text, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.core.errors import NotFound
from app.models.tenancy.emergency_access import EmergencyAccess
from app.privacy.emergency.rules import EmergencyState, EmergencyStatus
from app.privacy.emergency.schemas import EmergencyFilter

_EXPAND = text("select provinces, communes from expand_place(:code)")


def select_accesses(actor: Actor, filters: EmergencyFilter) -> SelectOfScalar[EmergencyAccess]:
    """Select the visible accesses that match the filters."""
    stmt = select(EmergencyAccess).where(_visible(actor))
    if filters.requested_by is not None:
        stmt = stmt.where(EmergencyAccess.requested_by == filters.requested_by)
    if filters.state is not None:
        stmt = stmt.where(_STATES[filters.state])
    if filters.overdue is not None:
        late = and_(_STATES[EmergencyState.OVER], col(EmergencyAccess.review_by) < func.now())
        stmt = stmt.where(late if filters.overdue else ~func.coalesce(late, False))
    return stmt


async def require_access(
    db: AsyncSession, actor: Actor, access_id: UUID, *, lock: bool = False
) -> EmergencyAccess:
    """Read one access that the actor may see, locked if asked. Raises: NotFound."""
    stmt = select(EmergencyAccess).where(_visible(actor), EmergencyAccess.id == access_id)
    if lock:
        stmt = stmt.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = (await db.exec(stmt)).first()
    if row is None:
        raise NotFound
    return row


async def expand_place(db: AsyncSession, code: str) -> tuple[list[str], list[str]]:
    """Expand a place to the provinces and communes of a scope, with those before them."""
    row = (await (await db.connection()).execute(_EXPAND, {"code": code})).one()
    return row.provinces, row.communes


def _visible(actor: Actor) -> ColumnElement[bool]:
    network = true() if actor.all_networks else col(EmergencyAccess.network) == actor.network
    own = and_(network, col(EmergencyAccess.organisation_id) == actor.organisation_id)
    return or_(visible_condition(actor, EmergencyAccess), own)


_STATUS = col(EmergencyAccess.status)
_GIVEN = _STATUS.in_((EmergencyStatus.APPROVED, EmergencyStatus.ENDED))
_UNREVIEWED = and_(_GIVEN, col(EmergencyAccess.reviewed_at).is_(None))
_STATES: dict[EmergencyState, ColumnElement[bool]] = {
    EmergencyState.REQUESTED: and_(
        _STATUS == EmergencyStatus.REQUESTED, col(EmergencyAccess.decide_by) > func.now()
    ),
    EmergencyState.LAPSED: and_(
        _STATUS == EmergencyStatus.REQUESTED, col(EmergencyAccess.decide_by) <= func.now()
    ),
    EmergencyState.REFUSED: _STATUS == EmergencyStatus.REFUSED,
    EmergencyState.CANCELLED: _STATUS == EmergencyStatus.CANCELLED,
    EmergencyState.ACTIVE: and_(_UNREVIEWED, col(EmergencyAccess.ends_at) > func.now()),
    EmergencyState.OVER: and_(_UNREVIEWED, col(EmergencyAccess.ends_at) <= func.now()),
    EmergencyState.REVIEWED: col(EmergencyAccess.reviewed_at).is_not(None),
}
"""What `find_state` says, by the clock of the database."""
