"""Audit (nhật ký thay đổi): who did what to which record."""

from typing import Annotated

from fastapi import Query

from app.audit import service
from app.audit.schemas import AuditEventOut, AuditFilter
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.routers.actors import AuditReader

router = StrictRouter(prefix="/v1/audit", tags=["audit"])


@router.get("", summary="Nhật ký thay đổi, mới nhất trước")
async def list_events(
    filters: Annotated[AuditFilter, Query()], page: PageQuery, actor: AuditReader, db: Db
) -> Page[AuditEventOut]:
    """What happened in your network and places, the latest first."""
    return await service.list_audit_events(db, actor, filters, page)


@router.get("/{event_id}", summary="Một sự kiện")
async def read_event(event_id: Uuid, actor: AuditReader, db: Db) -> AuditEventOut:
    """One event."""
    return await service.read_audit_event(db, actor, event_id)
