"""Reading the audit (nhật ký): the latest first."""

from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit import queries
from app.audit.schemas import AuditEventOut, AuditFilter
from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.paging import Page, PageRequest, paged
from app.models.audit_event import AuditEvent


async def list_events(
    db: AsyncSession, actor: Actor, wanted: AuditFilter, page: PageRequest
) -> Page[AuditEventOut]:
    """One page of the events that the actor may know of."""
    stmt = queries.listed(actor, wanted)
    rows, cursor = await paged(db, stmt, columns=[col(AuditEvent.id)], page=page, descending=True)
    return Page(items=[_out(row) for row in rows], next_cursor=cursor)


async def read_event(db: AsyncSession, actor: Actor, id_: UUID) -> AuditEventOut:
    """Raises: NotFound."""
    found = (await db.exec(queries.visible_events(actor).where(AuditEvent.id == id_))).one_or_none()
    if found is None:
        raise NotFound
    return _out(found)


def _out(event: AuditEvent) -> AuditEventOut:
    return AuditEventOut.model_validate(event, from_attributes=True)
