"""Aggregates (số liệu tổng hợp): what a dashboard asks all day."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import json_response
from app.core.http.router import StrictRouter
from app.routers.actors import OwnStatsHotReader
from app.stats.catalogue import SUMMARY_METRICS
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
    moment of asking. Figures of fewer than five people are hidden from a viewer. A treasurer gets those of
    their own groups.
    """
    places = tuple(filters.place or ())
    query = SummaryQuery(places, filters.units, filters.on, filters.date_from, filters.date_to)
    return json_response((await read_stats_summary(caller, query)).model_dump_json(by_alias=True))
