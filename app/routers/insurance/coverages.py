"""Coverage (thời gian tham gia): what premiums have bought, and a member's insurance as a whole."""

from typing import Annotated

from fastapi import Query, Request

from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.language import negotiate_language
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.core.values.time import today
from app.insurance.benefits.member import read_insurance_page
from app.insurance.benefits.shapes import MemberInsurancePage
from app.insurance.coverage import service
from app.insurance.coverage.schemas import CoverageFilter, CoverageOut
from app.routers.actors import PremiumReader

router = StrictRouter(prefix="/v1", tags=["coverages"])


@router.get("/coverages", summary="Danh sách thời gian tham gia")
async def list_coverages(
    filters: Annotated[CoverageFilter, Query()], page: PageQuery, actor: PremiumReader, db: Db
) -> Page[CoverageOut]:
    """Coverages that you may see, the newest first; `on` chooses those in force on a day."""
    return await service.list_coverages(db, actor, filters, page)


@router.get("/coverages/{coverage_id}", summary="Một thời gian tham gia")
async def read(coverage_id: Uuid, actor: PremiumReader, db: Db) -> CoverageOut:
    """One coverage: months, validity, and since when the insurance is unbroken."""
    return await service.read_coverage(db, actor, coverage_id)


@router.get(
    "/members/{member_id}/insurance", summary="Quá trình tham gia của hội viên", operation_id="members_read"
)
async def read_member_insurance(
    member_id: Uuid, actor: PremiumReader, db: Db, request: Request
) -> MemberInsurancePage:
    """Months paid, months with support used and left, validity, unbroken time, five-year date and what is due next.

    `outlook`: years reached, what is missing, and the pension of who goes on paying.
    """
    language = negotiate_language(request.headers.get("accept-language"))
    return await read_insurance_page(
        db, actor, await request.app.state.rules.book(), member_id, today(), language
    )
