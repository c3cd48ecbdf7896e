"""Awards (khen thưởng)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.campaigns.awards import service
from app.campaigns.awards.schemas import AwardFilter, AwardIn, AwardOut, AwardPatch
from app.core.http.answers import created, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.routers.actors import CampaignManager, RecognitionReader

router = StrictRouter(prefix="/v1/awards", tags=["awards"])


@router.get("", summary="Danh sách khen thưởng")
async def list_awards(
    filters: Annotated[AwardFilter, Query()], page: PageQuery, actor: RecognitionReader, db: Db
) -> Page[AwardOut]:
    """Awards recorded by your network in your places; BHXH sees those of all networks."""
    return await service.list_awards(db, actor, filters, page)


@router.post("", status_code=201, summary="Ghi khen thưởng")
async def create_award(body: AwardIn, actor: CampaignManager, db: Db, response: Response) -> AwardOut:
    """Record an award (khen thưởng), or several of one title."""
    row = await service.create_award(db, actor, body)
    return created(response, "/v1/awards", AwardOut.from_record(row))


@router.get("/{award_id}", summary="Một khen thưởng")
async def read_award(award_id: UUID, actor: RecognitionReader, db: Db, response: Response) -> AwardOut:
    """One award."""
    return with_etag(response, AwardOut.from_record(await service.require_award(db, actor, award_id)))


@router.patch("/{award_id}", summary="Sửa khen thưởng")
async def change_award(
    award_id: UUID, actor: CampaignManager, body: AwardPatch, version: IfMatch, db: Db, response: Response
) -> AwardOut:
    """Edit an award recorded by your own network in your places."""
    return with_etag(
        response, AwardOut.from_record(await service.edit_award(db, actor, award_id, version, body))
    )
