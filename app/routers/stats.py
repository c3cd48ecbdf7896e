"""Aggregates (số liệu tổng hợp): what a dashboard asks all day."""

from typing import Annotated

from fastapi import Depends, Query

from app.auth.actor import Actor
from app.auth.caller import Caller, Permitted
from app.auth.guards import Require
from app.auth.permissions import Permission
from app.core.routing import Router
from app.core.text import Code
from app.core.time import Day
from app.stats.catalogue import CATALOGUE
from app.stats.schemas import MetricsOut, SummaryOut, Units
from app.stats.service import Question, summary

router = Router(prefix="/v1/stats", tags=["stats"])


@router.get("/metrics")
async def list_metrics(_actor: Annotated[Actor, Depends(Require(Permission.STATS_READ))]) -> MetricsOut:
    """The figures that there are, with their units and formulas (danh mục chỉ số)."""
    return MetricsOut(items=list(CATALOGUE))


@router.get("/summary")
async def read_summary(
    caller: Annotated[Caller, Depends(Permitted(Permission.STATS_READ))],
    place: Annotated[
        list[Code] | None,
        Query(max_length=50, description="Mã đơn vị; lặp lại được; bỏ trống: cả phạm vi của mình"),
    ] = None,
    units: Annotated[Units, Query(description="Đơn vị thời điểm đó (then) hay hiện nay (now)")] = Units.NOW,
    on: Annotated[Day | None, Query(description="Ngày của đơn vị; bỏ trống: hôm nay")] = None,
    date_from: Annotated[Day | None, Query(alias="from", description="Từ ngày")] = None,
    date_to: Annotated[Day | None, Query(alias="to", description="Đến ngày; bỏ trống: hôm nay")] = None,
) -> SummaryOut:
    """Groups, members, money saved and enrolments (tổ, hội viên, tiền tiết kiệm, đăng ký tham gia).

    For the caller's scope, or places in it, and a period; per place, model and product. Equal to the ledger at the
    moment of asking. Figures of fewer than five people are hidden from a viewer.
    """
    question = Question(tuple(place or ()), units, on, date_from, date_to)
    return await summary(caller, question)
