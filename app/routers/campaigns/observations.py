"""Observations (số liệu quan sát)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.campaigns.observations import service
from app.campaigns.observations.responses import ObservationOut
from app.campaigns.observations.schemas import DisplayOptions, ObservationFilter, ObservationIn
from app.core.http.answers import set_location
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.request_body import KIB, BodyLimits
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.routers.actors import ObservationRecorder, TargetReader

router = StrictRouter(prefix="/v1/observations", tags=["observations"])

_FIGURE_BODY = BodyLimits(128 * KIB)
"""50 labelled parts."""


@router.get("", summary="Danh sách số liệu quan sát")
async def list_observations(
    filters: Annotated[ObservationFilter, Query()], page: PageQuery, actor: TargetReader, db: Db
) -> Page[ObservationOut]:
    """Figures recorded by your network in your places, with what was found in them and what follows from them.

    Who sees aggregates only is not told counts of fewer than five people, except their own organisation's.
    """
    return await service.list_observations(db, actor, filters, page)


@router.post("", status_code=201, summary="Ghi số liệu quan sát", body_limits=_FIGURE_BODY)
async def create_observation(
    body: ObservationIn, actor: ObservationRecorder, db: Db, response: Response
) -> ObservationOut:
    """Record a figure as printed, or correct one. What is inconsistent in it is kept and flagged, never repaired."""
    row = await service.record_observation(db, actor, body)
    set_location(response, "/v1/observations", row.id)
    return await service.observation_to_response(db, row)


@router.get("/{observation_id}", summary="Một số liệu quan sát")
async def read_observation(
    observation_id: UUID, display: Annotated[DisplayOptions, Query()], actor: TargetReader, db: Db
) -> ObservationOut:
    """One figure as printed, with what was found in it and what follows from it."""
    return await service.read_observation(db, actor, observation_id, display.decimals)
