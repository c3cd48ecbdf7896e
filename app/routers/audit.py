"""Audit (nhật ký thay đổi): who did what to which record."""

from typing import Annotated

from fastapi import Depends, Query

from app.audit import reading
from app.audit.schemas import AuditEventOut, AuditFilter
from app.auth.actor import Actor
from app.auth.guards import Require
from app.auth.permissions import Permission
from app.core.db import Db
from app.core.ids import Uuid
from app.core.paging import Page, PageQuery
from app.core.routing import Router

router = Router(prefix="/v1/audit", tags=["audit"])

Reader = Annotated[Actor, Depends(Require(Permission.AUDIT_READ))]


@router.get("", summary="Nhật ký thay đổi, mới nhất trước")
async def list_events(
    wanted: Annotated[AuditFilter, Query()], page: PageQuery, actor: Reader, db: Db
) -> Page[AuditEventOut]:
    """What happened in your network and places, the latest first."""
    return await reading.list_events(db, actor, wanted, page)


@router.get("/{event_id}", summary="Một sự kiện")
async def read_event(event_id: Uuid, actor: Reader, db: Db) -> AuditEventOut:
    """One event."""
    return await reading.read_event(db, actor, event_id)
