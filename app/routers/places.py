"""Places (địa danh): administrative units before and after 2025-07-01, and the hamlets and blocks below them."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import set_location
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.core.values.time import Day
from app.places import service
from app.places.schemas import HistoryOut, PlaceFilter, PlaceIn, PlaceOut
from app.routers.actors import PlaceAdder, PlaceReader

router = StrictRouter(prefix="/v1/places", tags=["places"])


@router.get("", summary="Danh sách và tìm kiếm địa danh")
async def list_places(
    filters: Annotated[PlaceFilter, Query()], page: PageQuery, _actor: PlaceReader, db: Db
) -> Page[PlaceOut]:
    """Places in force on a day: the best matches first, then by name."""
    return await service.list_places(db, filters, page)


@router.post("", status_code=201, summary="Thêm thôn, ấp, khu vực hoặc tổ liên gia")
async def add_place(body: PlaceIn, actor: PlaceAdder, db: Db, response: Response) -> PlaceOut:
    """Add a hamlet or a block below a commune or hamlet of yours."""
    place = await service.create_place(db, actor, body)
    set_location(response, "/v1/places", place.code)
    return place


@router.get("/{code}", summary="Một địa danh vào một ngày")
async def read_place(
    code: str,
    _actor: PlaceReader,
    db: Db,
    on: Annotated[Day | None, Query(description="The unit in force on this day; default today")] = None,
) -> PlaceOut:
    """The unit that bears the code on a day."""
    return await service.read_place(db, code, on)


@router.get("/{code}/history", summary="Lịch sử của một mã địa danh")
async def read_history(code: str, _actor: PlaceReader, db: Db) -> HistoryOut:
    """Every unit that bore the code, with what it came from and what it became."""
    return await service.read_place_history(db, code)
