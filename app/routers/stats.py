"""Aggregates (số liệu tổng hợp): what a dashboard asks all day."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.auth.caller import Caller, Permitted
from app.auth.permissions import Permission
from app.core.answers import shown
from app.core.hot import HotRouter
from app.stats.catalogue import CATALOGUE
from app.stats.schemas import MetricsOut, SummaryFilter, SummaryOut
from app.stats.service import Question, summary

router = HotRouter(prefix="/v1/stats", tags=["stats"])

Reader = Annotated[Caller, Depends(Permitted(Permission.STATS_READ))]


@router.get("/metrics", response_model=MetricsOut)
async def list_metrics(caller: Reader) -> Response:
    """The figures that there are, with their units and formulas (danh mục chỉ số)."""
    await caller.begin()
    return shown(MetricsOut(items=list(CATALOGUE)).model_dump_json())


@router.get("/summary", response_model=SummaryOut)
async def read_summary(caller: Reader, wanted: Annotated[SummaryFilter, Query()]) -> Response:
    """Groups, members, money saved and enrolments (tổ, hội viên, tiền tiết kiệm, đăng ký tham gia).

    For the caller's scope, or places in it, and a period; per place, model and product. Equal to the ledger at the
    moment of asking. Figures of fewer than five people are hidden from a viewer.
    """
    places = tuple(wanted.place or ())
    question = Question(places, wanted.units, wanted.on, wanted.date_from, wanted.date_to)
    return shown((await summary(caller, question)).model_dump_json(by_alias=True))
