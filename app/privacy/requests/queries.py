"""Selects of requests about personal data, within what the actor may see."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.events import Event
from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.core.errors import NotFound
from app.core.values.references import reference_not_found
from app.core.values.time import today
from app.models.audit.audit_event import AuditEvent
from app.models.people.data_request import DataRequest
from app.models.people.member import Member
from app.privacy.requests.rules import OPEN_REQUEST_STATUSES
from app.privacy.requests.schemas import DataRequestFilter

_CORRECTIONS = (
    Event.MEMBER_CHANGED,
    Event.HOUSEHOLD_CHANGED,
    Event.SUPPORT_GROUP_SET,
)
"""Events that correct something of a person."""
_EQUALITY_FILTERS = ("status", "kind", "member_id", "network")


def select_requests(actor: Actor, filters: DataRequestFilter) -> SelectOfScalar[DataRequest]:
    """Select the visible requests that match the filters."""
    stmt = select_visible(actor, DataRequest)
    for name in _EQUALITY_FILTERS:
        value = getattr(filters, name)
        if value is not None:
            stmt = stmt.where(getattr(DataRequest, name) == value)
    if filters.overdue is not None:
        is_open = col(DataRequest.status).in_(OPEN_REQUEST_STATUSES)
        late = is_open & (col(DataRequest.due_on) < today())
        stmt = stmt.where(late if filters.overdue else ~late)
    return stmt


async def require_subject(db: AsyncSession, actor: Actor, member_id: UUID) -> Member:
    """Read the member, erased or not, whom a request is about. Raises: NotFound with the pointer."""
    stmt = select_visible(actor, Member).where(Member.id == member_id, Member.network == actor.network)
    member = (await db.exec(stmt)).first()
    if member is None:
        raise reference_not_found("/member_id")
    return member


async def require_request(
    db: AsyncSession, actor: Actor, request_id: UUID, *, lock: bool = False
) -> DataRequest:
    """Read one request that the actor may see, locked if asked. Raises: NotFound."""
    stmt = select_visible(actor, DataRequest).where(DataRequest.id == request_id)
    if lock:
        stmt = stmt.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = (await db.exec(stmt)).first()
    if row is None:
        raise NotFound
    return row


async def was_corrected(db: AsyncSession, actor: Actor, member_id: UUID, since: datetime) -> bool:
    """Whether the record of a member or of their household was changed since a moment."""
    household = select(Member.household_id).where(Member.id == member_id).scalar_subquery()
    stmt = select_visible(actor, AuditEvent, shared=True).where(
        or_(col(AuditEvent.subject_id) == member_id, col(AuditEvent.subject_id) == household),
        col(AuditEvent.event).in_([event.value for event in _CORRECTIONS]),
        col(AuditEvent.at) >= since,
    )
    return (await db.exec(stmt.limit(1))).first() is not None
