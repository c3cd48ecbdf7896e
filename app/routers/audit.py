"""Audit (nhật ký thay đổi): who did what to which record."""

from typing import Annotated

from fastapi import Depends, Query

from app.audit import reading
from app.audit.schemas import AuditEventOut, AuditFilter
from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.core.http.page_query import PageQuery
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.values.ids import Uuid
from app.core.values.paging import Page

router = StrictRouter(prefix="/v1/audit", tags=["audit"])

Reader = Annotated[Actor, Depends(Require(Permission.AUDIT_READ))]


@router.get("", summary="Nhật ký thay đổi, mới nhất trước")
async def list_events(
    filters: Annotated[AuditFilter, Query()], page: PageQuery, actor: Reader, db: Db
) -> Page[AuditEventOut]:
    """What happened in your network and places, the latest first."""
    return await reading.list_audit_events(db, actor, filters, page)


@router.get("/{event_id}", summary="Một sự kiện")
async def read_event(event_id: Uuid, actor: Reader, db: Db) -> AuditEventOut:
    """One event."""
    return await reading.read_audit_event(db, actor, event_id)
