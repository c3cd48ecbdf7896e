"""Households (hộ gia đình): the people registered together at one residence."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import created, describe_existing_response, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
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
from app.routers.actors import MemberReader, MemberRecorder

router = StrictRouter(prefix="/v1/households", tags=["households"])


@router.get("", summary="Danh sách hộ gia đình")
async def list_households(
    filters: Annotated[HouseholdFilter, Query()], page: PageQuery, actor: MemberReader, db: Db
) -> Page[HouseholdOut]:
    """Your households, in the order in which they were entered."""
    return await service.list_households(db, actor, filters, page)


@router.post(
    "", status_code=201, responses=describe_existing_response(HouseholdOut), summary="Thêm hộ gia đình"
)
async def create_household(
    body: HouseholdIn, actor: MemberRecorder, db: Db, response: Response
) -> HouseholdOut:
    """Enter a household; the same `id` with the same content again is answered with 200."""
    row, is_new = await service.create_household(db, actor, body)
    return created(response, "/v1/households", HouseholdOut.from_record(row), is_new=is_new)


@router.get("/{household_id}", summary="Một hộ gia đình và những người trong hộ")
async def read_household(
    household_id: Uuid, actor: MemberReader, db: Db, response: Response
) -> HouseholdWithMembers:
    """A household with its people in order: the head first, then the oldest first."""
    household = await service.read_household(db, actor, household_id)
    return with_etag(response, household)


@router.patch("/{household_id}", summary="Sửa hộ gia đình")
async def edit_household(
    household_id: Uuid,
    body: HouseholdPatch,
    actor: MemberRecorder,
    version: IfMatch,
    db: Db,
    response: Response,
) -> HouseholdWithMembers:
    """Change a household's code, address or head (chủ hộ), or move it with its people to another commune."""
    row = await service.edit_household(db, actor, household_id, version, body)
    return with_etag(response, await service.household_to_response(db, actor, row))
