"""The read audit (nhật ký xem): who saw or searched for whom, for those who protect personal data."""

from typing import Annotated

from fastapi import Query

from app.audit.reads import service
from app.audit.reads.schemas import ReadAuditFilter, ReadAuditOut
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.routers.actors import ReadAuditReader

router = StrictRouter(prefix="/v1/read-audit", tags=["audit"])


@router.get("", summary="Nhật ký ai đã xem, tìm ai, mới nhất trước")
async def list_reads(
    filters: Annotated[ReadAuditFilter, Query()], page: PageQuery, actor: ReadAuditReader, db: Db
) -> Page[ReadAuditOut]:
    """Who saw whose whole record or searched for whom, in your network and places."""
    return await service.list_reads(db, actor, filters, page)
