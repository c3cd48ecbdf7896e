"""Targets (chỉ tiêu)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from app.campaigns.targets import service
from app.campaigns.targets.schemas import TargetFilter, TargetIn, TargetOut, TargetPatch, TargetVersionOut
from app.core.http.answers import created, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.language import negotiate_language
from app.core.values.paging import Page
from app.routers.actors import OwnTargetReader, TargetSetter
from app.stats.progress.schemas import TargetProgressOut
from app.stats.progress.service import count_progress

router = StrictRouter(prefix="/v1/targets", tags=["targets"])


@router.get("", summary="Danh sách chỉ tiêu")
async def list_targets(
    filters: Annotated[TargetFilter, Query()], page: PageQuery, actor: OwnTargetReader, db: Db
) -> Page[TargetOut]:
    """Targets of your network in your places; who sees aggregates only is not told those of a single person.

    A collector (nhân viên thu) sees those set for themselves, a treasurer (thủ quỹ tổ) those of their own groups.
    """
    return await service.list_targets(db, actor, filters, page)


@router.post("", status_code=201, summary="Giao chỉ tiêu")
async def create_target(body: TargetIn, actor: TargetSetter, db: Db, response: Response) -> TargetOut:
    """Set a target: BHXH those of the state, also for organisations, groups and users of others; unions their own."""
    row = await service.create_target(db, actor, body)
    return created(response, "/v1/targets", TargetOut.from_record(row))


@router.get("/{target_id}", summary="Một chỉ tiêu")
async def read_target(target_id: UUID, actor: OwnTargetReader, db: Db, response: Response) -> TargetOut:
    """One target as it stands."""
    return with_etag(response, TargetOut.from_record(await service.require_target(db, actor, target_id)))


@router.patch("/{target_id}", summary="Điều chỉnh chỉ tiêu")
async def change_target(
    target_id: UUID, actor: TargetSetter, body: TargetPatch, version: IfMatch, db: Db, response: Response
) -> TargetOut:
    """Change what a target says, for who set it; what it said is kept under `versions`."""
    return with_etag(
        response, TargetOut.from_record(await service.edit_target(db, actor, target_id, version, body))
    )


@router.get("/{target_id}/progress", summary="Tiến độ thực hiện chỉ tiêu")
async def read_target_progress(
    target_id: UUID, actor: OwnTargetReader, db: Db, request: Request
) -> TargetProgressOut:
    """How far a target is reached, counted now from the payments and the ledger that you see.

    Counted are participants (people whose payment is dated in the period, by who took it), new participants, members,
    groups and money saved. Other metrics are reported by people; `note` says why nothing is counted.
    """
    target = await service.require_target(db, actor, target_id)
    language = negotiate_language(request.headers.get("accept-language"))
    return await count_progress(db, actor, target, language)


@router.get("/{target_id}/versions", summary="Các lần điều chỉnh chỉ tiêu")
async def list_versions(
    target_id: UUID, page: PageQuery, actor: OwnTargetReader, db: Db
) -> Page[TargetVersionOut]:
    """What a target said before each of its edits, oldest first."""
    return await service.list_target_versions(db, actor, target_id, page)
