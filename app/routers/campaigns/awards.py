"""Awards (khen thưởng)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.campaigns.awards import service
from app.campaigns.awards.schemas import AwardFilter, AwardIn, AwardOut, AwardPatch
from app.core.http.if_match import IfMatch
from app.core.http.page_query import PageQuery
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.values.paging import Page
from app.models.campaigns.award import Award

router = StrictRouter(prefix="/v1/awards", tags=["awards"])

Reader = Annotated[Actor, Depends(Require(Permission.CAMPAIGN_READ))]
Manager = Annotated[Actor, Depends(Require(Permission.CAMPAIGN_MANAGE))]


def _to_response(row: Award, response: Response) -> AwardOut:
    response.headers["ETag"] = f'"{row.version}"'
    return AwardOut.of(row)


@router.get("", summary="Danh sách khen thưởng")
async def list_awards(
    filters: Annotated[AwardFilter, Query()], page: PageQuery, actor: Reader, db: Db
) -> Page[AwardOut]:
    """Awards recorded by your network in your places; BHXH sees those of all networks."""
    return await service.list_awards(db, actor, filters, page)


@router.post("", status_code=201, summary="Ghi khen thưởng")
async def create_award(body: AwardIn, actor: Manager, db: Db, response: Response) -> AwardOut:
    """Record an award (khen thưởng), or several of one title."""
    row = await service.create_award(db, actor, body)
    response.headers["Location"] = f"/v1/awards/{row.id}"
    return _to_response(row, response)


@router.get("/{award_id}", summary="Một khen thưởng")
async def read_award(award_id: UUID, actor: Reader, db: Db, response: Response) -> AwardOut:
    """One award."""
    return _to_response(await service.find_award(db, actor, award_id), response)


@router.patch("/{award_id}", summary="Sửa khen thưởng")
async def change_award(
    award_id: UUID, actor: Manager, body: AwardPatch, version: IfMatch, db: Db, response: Response
) -> AwardOut:
    """Edit an award recorded by your own network in your places."""
    return _to_response(await service.edit_award(db, actor, award_id, version, body), response)
