"""Read the audit (nhật ký), the latest events first."""

from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit import queries
from app.audit.schemas import AuditEventOut, AuditFilter
from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.values.paging import Page, PageRequest, fetch_page
from app.models.audit.audit_event import AuditEvent


async def list_audit_events(
    db: AsyncSession, actor: Actor, filters: AuditFilter, page: PageRequest
) -> Page[AuditEventOut]:
    """List one page of the events that the actor may see."""
    stmt = queries.select_audit_events(actor, filters)
    rows, cursor = await fetch_page(db, stmt, columns=[col(AuditEvent.id)], page=page, descending=True)
    return Page(items=[_to_response(row) for row in rows], next_cursor=cursor)


async def read_audit_event(db: AsyncSession, actor: Actor, id_: UUID) -> AuditEventOut:
    """Read one event that the actor may see. Raises: NotFound."""
    event = (
        await db.exec(queries.select_visible_audit_events(actor).where(AuditEvent.id == id_))
    ).one_or_none()
    if event is None:
        raise NotFound
    return _to_response(event)


def _to_response(event: AuditEvent) -> AuditEventOut:
    return AuditEventOut.model_validate(event, from_attributes=True)
