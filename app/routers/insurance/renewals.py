"""Renewals (đến hạn, tái tục): what is due, how many went on, and who stopped."""

from typing import Annotated

from fastapi import Query, Request

from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.language import negotiate_language
from app.core.values.paging import Page
from app.insurance.renewals import service
from app.insurance.renewals.schemas import (
    LapsedFilter,
    LapsedOut,
    RenewalFilter,
    RenewalOut,
    RenewalSummaryFilter,
    RenewalSummaryOut,
)
from app.routers.actors import EnrolmentReader, StatsReader

router = StrictRouter(prefix="/v1/renewals", tags=["renewals"])


@router.get("", summary="Danh sách sắp đến hạn")
async def list_renewals(
    filters: Annotated[RenewalFilter, Query()],
    page: PageQuery,
    actor: EnrolmentReader,
    db: Db,
    request: Request,
) -> Page[RenewalOut]:
    """Coverage that ends within so many days and on which nothing follows, not even a payment that is held.

    A card ends on `valid_to`; voluntary social insurance at the end of the paid months, with the deadline of its method
    in `pay_by`. Each is one coverage: `GET /v1/coverages/{coverage_id}`.
    """
    book = await request.app.state.rules.book()
    language = negotiate_language(request.headers.get("accept-language"))
    return await service.list_due(db, actor, book, filters, page, language)


@router.get("/summary", summary="Tỷ lệ duy trì")
async def summarise_renewals(
    filters: Annotated[RenewalSummaryFilter, Query()], page: PageQuery, actor: StatsReader, db: Db
) -> RenewalSummaryOut:
    """Of what ended in the period, how much was renewed: retention = renewed / due (tỷ lệ duy trì).

    Renewed: what follows begins without an interruption that counts by law, or within `grace_days`. A viewer sees no
    figure of fewer than five persons.
    """
    return await service.summarise_renewals(db, actor, filters, page)


@router.get("/lapsed", summary="Danh sách dừng chưa tham gia lại")
async def list_lapsed(
    filters: Annotated[LapsedFilter, Query()], page: PageQuery, actor: EnrolmentReader, db: Db
) -> Page[LapsedOut]:
    """Who stopped and did not return, by the month in which they stopped (C21-TS); not who has other insurance now."""
    return await service.list_lapsed(db, actor, filters, page)
