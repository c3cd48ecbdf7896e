"""Targets (chỉ tiêu)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.campaigns.targets import service
from app.campaigns.targets.schemas import TargetFilter, TargetIn, TargetOut, TargetPatch, TargetVersionOut
from app.core.http.if_match import IfMatch
from app.core.http.page_query import PageQuery
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.values.paging import Page
from app.models.campaigns.target import Target

router = StrictRouter(prefix="/v1/targets", tags=["targets"])

Reader = Annotated[Actor, Depends(Require(Permission.TARGET_READ))]
Setter = Annotated[Actor, Depends(Require(Permission.TARGET_SET))]


def _to_response(row: Target, response: Response) -> TargetOut:
    response.headers["ETag"] = f'"{row.version}"'
    return TargetOut.of(row)


@router.get("", summary="Danh sách chỉ tiêu")
async def list_targets(
    filters: Annotated[TargetFilter, Query()], page: PageQuery, actor: Reader, db: Db
) -> Page[TargetOut]:
    """Targets of your network in your places; who sees aggregates only is not told those of a single person."""
    return await service.list_targets(db, actor, filters, page)


@router.post("", status_code=201, summary="Giao chỉ tiêu")
async def create_target(body: TargetIn, actor: Setter, db: Db, response: Response) -> TargetOut:
    """Set a target: BHXH those of the state, also for organisations, groups and users of others; unions their own."""
    row = await service.create_target(db, actor, body)
    response.headers["Location"] = f"/v1/targets/{row.id}"
    return _to_response(row, response)


@router.get("/{target_id}", summary="Một chỉ tiêu")
async def read_target(target_id: UUID, actor: Reader, db: Db, response: Response) -> TargetOut:
    """One target as it stands."""
    return _to_response(await service.find_target(db, actor, target_id), response)


@router.patch("/{target_id}", summary="Điều chỉnh chỉ tiêu")
async def change_target(
    target_id: UUID, actor: Setter, body: TargetPatch, version: IfMatch, db: Db, response: Response
) -> TargetOut:
    """Change what a target says, for who set it; what it said is kept under `versions`."""
    return _to_response(await service.edit_target(db, actor, target_id, version, body), response)


@router.get("/{target_id}/versions", summary="Các lần điều chỉnh chỉ tiêu")
async def list_versions(target_id: UUID, page: PageQuery, actor: Reader, db: Db) -> Page[TargetVersionOut]:
    """What a target said before each of its edits, oldest first."""
    return await service.list_target_versions(db, actor, target_id, page)
