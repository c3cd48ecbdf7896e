"""Aggregates (số liệu tổng hợp): what a dashboard asks all day."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import json_response
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.routers.actors import OwnStatsHotReader, OwnStatsReader
from app.stats.catalogue import SUMMARY_METRICS
from app.stats.collectors.schemas import CollectorResultFilter, CollectorResultOut
from app.stats.collectors.service import list_results
from app.stats.schemas import MetricsOut, StatsSummaryFilter, SummaryOut
from app.stats.service import SummaryQuery, read_stats_summary

router = StrictRouter(prefix="/v1/stats", tags=["stats"])


@router.get("/metrics", response_model=MetricsOut, hot=True)
async def list_metrics(caller: OwnStatsHotReader) -> Response:
    """The figures that there are, with their units and formulas (danh mục chỉ số)."""
    await caller.begin()
    return json_response(MetricsOut(items=list(SUMMARY_METRICS)).model_dump_json())


@router.get("/summary", response_model=SummaryOut, hot=True)
async def read_summary(
    caller: OwnStatsHotReader, filters: Annotated[StatsSummaryFilter, Query()]
) -> Response:
    """Groups, members, money saved and enrolments (tổ, hội viên, tiền tiết kiệm, đăng ký tham gia).

    For the caller's scope, or places in it, and a period; per place, model and product. Equal to the ledger at the
    moment of asking. Figures of fewer than five people are hidden from a viewer. A treasurer or collector gets those of
    their own groups, and enrolments of direct customers.
    """
    places = tuple(filters.place or ())
    query = SummaryQuery(places, filters.units, filters.on, filters.date_from, filters.date_to)
    return json_response((await read_stats_summary(caller, query)).model_dump_json(by_alias=True))


@router.get("/collectors", summary="Kết quả của nhân viên thu")
async def list_collector_results(
    filters: Annotated[CollectorResultFilter, Query()], page: PageQuery, actor: OwnStatsReader, db: Db
) -> Page[CollectorResultOut]:
    """What collectors (nhân viên thu) brought, by month, collector and product: enrolments entered, accepted and paid;
    payments, first and renewed; months and đồng. Who may see users gets all of their places, everybody else their own.

    The figures are the sums of `GET /v1/enrolments?collector_id=&entered_from=&entered_to=` and of
    `GET /v1/premium-payments?collector_id=&from=&to=`. How far a target is reached says
    `GET /v1/targets/{id}/progress`.
    """
    return await list_results(db, actor, filters, page)
