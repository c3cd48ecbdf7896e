"""Notices (thông báo): what happened to one's own account, read from the audit."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.auth.actor import Actor
from app.core.errors import Forbidden
from app.core.values.ids import digest_session
from app.core.values.paging import Page, PageRequest, fetch_page
from app.models.audit.audit_event import AuditEvent
from app.tenancy.logins.queries import list_session_ids
from app.tenancy.logins.schemas import NoticeOut

_ALWAYS: Final = (
    Event.LOGIN_NEW_DEVICE, Event.LOGIN_FAILED, Event.LOGIN_THROTTLED, Event.REFRESH_REUSED, Event.PASSWORD_CHANGED,
    Event.SECOND_FACTOR_SET, Event.SECOND_FACTOR_REMOVED, Event.SECOND_FACTOR_REFUSED, Event.RECOVERY_CODE_USED,
    Event.RECOVERY_CODES_RENEWED,
)  # fmt: skip
_BY_OTHERS: Final = (Event.SESSION_ENDED, Event.USER_CHANGED)


async def list_notices(db: AsyncSession, actor: Actor, page: PageRequest) -> Page[NoticeOut]:
    """List one page of what the user should know of their account, the latest first. Raises: Forbidden."""
    if actor.kind != "user":
        raise Forbidden
    by_other = col(AuditEvent.actor_id).is_distinct_from(actor.id)
    stmt = select(AuditEvent).where(
        AuditEvent.subject_id == actor.id,
        or_(col(AuditEvent.event).in_(_ALWAYS), col(AuditEvent.event).in_(_BY_OTHERS) & by_other),
    )
    rows, cursor = await fetch_page(db, stmt, columns=[col(AuditEvent.id)], page=page, descending=True)
    sessions = {}
    if any("session" in row.fields for row in rows):
        sessions = {digest_session(id_): id_ for id_ in await list_session_ids(db, actor.id)}
    return Page(items=[_to_response(actor, row, sessions) for row in rows], next_cursor=cursor)


def _to_response(actor: Actor, event: AuditEvent, sessions: Mapping[str, UUID]) -> NoticeOut:
    """Build a notice. sessions: ids by their digests; one that was removed has none."""
    device_id = event.fields.get("device_id")
    return NoticeOut(
        id=event.id,
        at=event.at,
        event=event.event,
        by_other=event.actor_id != actor.id,
        session_id=sessions.get(event.fields.get("session", "")),
        device_id=UUID(device_id) if device_id else None,
        count=event.fields.get("count"),
    )
