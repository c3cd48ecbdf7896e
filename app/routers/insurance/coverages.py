"""Coverage (thời gian tham gia): what premiums have bought."""

from typing import Annotated

from fastapi import Depends, Query

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.core.http.page_query import PageQuery
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.insurance.coverage import service
from app.insurance.coverage.schemas import CoverageFilter, CoverageOut

router = StrictRouter(prefix="/v1/coverages", tags=["coverages"])

Reader = Annotated[Actor, Depends(Require(Permission.PREMIUM_READ))]


@router.get("", summary="Danh sách thời gian tham gia")
async def list_coverages(
    filters: Annotated[CoverageFilter, Query()], page: PageQuery, actor: Reader, db: Db
) -> Page[CoverageOut]:
    """Coverages that you may see, the newest first; `on` chooses those in force on a day."""
    return await service.list_coverages(db, actor, filters, page)


@router.get("/{coverage_id}", summary="Một thời gian tham gia")
async def read(coverage_id: Uuid, actor: Reader, db: Db) -> CoverageOut:
    """One coverage: months, validity, and since when the insurance is unbroken."""
    return await service.read_coverage(db, actor, coverage_id)
