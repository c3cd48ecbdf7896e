"""Households (hộ gia đình): the people registered together at one residence."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.core.http.answers import describe_existing_response
from app.core.http.if_match import IfMatch
from app.core.http.page_query import PageQuery
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.people.households import service
from app.people.households.schemas import (
    HouseholdFilter,
    HouseholdIn,
    HouseholdOut,
    HouseholdPatch,
    HouseholdWithMembers,
)

router = StrictRouter(prefix="/v1/households", tags=["households"])

Reader = Annotated[Actor, Depends(Require(Permission.MEMBER_READ))]
Recorder = Annotated[Actor, Depends(Require(Permission.MEMBER_RECORD))]


@router.get("", summary="Danh sách hộ gia đình")
async def list_households(
    filters: Annotated[HouseholdFilter, Query()], page: PageQuery, actor: Reader, db: Db
) -> Page[HouseholdOut]:
    """Your households, in the order in which they were entered."""
    return await service.list_households(db, actor, filters, page)


@router.post(
    "", status_code=201, responses=describe_existing_response(HouseholdOut), summary="Thêm hộ gia đình"
)
async def create_household(body: HouseholdIn, actor: Recorder, db: Db, response: Response) -> HouseholdOut:
    """Enter a household; the same `id` with the same content again is answered with 200."""
    row, created = await service.create_household(db, actor, body)
    response.status_code = 201 if created else 200
    response.headers["Location"] = f"/v1/households/{row.id}"
    response.headers["ETag"] = f'"{row.version}"'
    return HouseholdOut.of(row)


@router.get("/{household_id}", summary="Một hộ gia đình và những người trong hộ")
async def read_household(
    household_id: Uuid, actor: Reader, db: Db, response: Response
) -> HouseholdWithMembers:
    """A household with its people in order: the head first, then the oldest first."""
    household = await service.read_household(db, actor, household_id)
    response.headers["ETag"] = f'"{household.version}"'
    return household


@router.patch("/{household_id}", summary="Sửa hộ gia đình")
async def edit_household(
    household_id: Uuid, body: HouseholdPatch, actor: Recorder, version: IfMatch, db: Db, response: Response
) -> HouseholdWithMembers:
    """Change a household's code, address or head (chủ hộ), or move it with its people to another commune."""
    row = await service.edit_household(db, actor, household_id, version, body)
    response.headers["ETag"] = f'"{row.version}"'
    return await service.household_to_response(db, actor, row)
