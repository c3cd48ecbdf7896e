"""Requests of people about their data (yêu cầu của chủ thể dữ liệu): received, decided, carried out."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.core.http.answers import created, describe_existing_response, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.language import negotiate_language
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.privacy.copy import PersonCopy
from app.privacy.requests import service
from app.privacy.requests.carry_out import carry_out_request, read_copy, read_obstacles
from app.privacy.requests.errors import OBSTACLE_TEXTS
from app.privacy.requests.schemas import (
    DataRequestDone,
    DataRequestFilter,
    DataRequestIn,
    DataRequestOut,
    DataRequestReason,
    DataRequestRefusal,
    ObstacleOut,
    ObstaclesOut,
)
from app.routers.actors import DataRequestHandler, DataRequestReader

router = StrictRouter(prefix="/v1/data-requests", tags=["data-requests"])


@router.get("", summary="Danh sách yêu cầu về dữ liệu cá nhân")
async def list_requests(
    filters: Annotated[DataRequestFilter, Query()], page: PageQuery, actor: DataRequestReader, db: Db
) -> Page[DataRequestOut]:
    """Requests of your members, the newest first; `overdue=true` shows those past their day."""
    return await service.list_requests(db, actor, filters, page)


@router.post(
    "", status_code=201, responses=describe_existing_response(DataRequestOut), summary="Nhận một yêu cầu"
)
async def receive_request(
    body: DataRequestIn, actor: DataRequestHandler, db: Db, response: Response
) -> DataRequestOut:
    """Write down what a member asks for; the answer says until when to respond and to carry it out."""
    row, is_new = await service.receive_request(db, actor, body)
    return created(response, "/v1/data-requests", DataRequestOut.from_record(row), is_new=is_new)


@router.get("/{request_id}", summary="Một yêu cầu")
async def read_request(request_id: Uuid, actor: DataRequestReader, db: Db) -> DataRequestOut:
    """One request with its deadlines and its answer."""
    return DataRequestOut.from_record(await service.read_request(db, actor, request_id))


@router.post("/{request_id}/accept", summary="Chấp nhận, bắt đầu thực hiện")
async def accept_request(
    request_id: Uuid, actor: DataRequestHandler, version: IfMatch, db: Db, response: Response
) -> DataRequestOut:
    """Accept a request: it is known who asks, and what is asked for will be done."""
    row = await service.accept_request(db, actor, request_id, version)
    return with_etag(response, DataRequestOut.from_record(row))


@router.post("/{request_id}/extend", summary="Gia hạn một lần")
async def extend_request(
    request_id: Uuid,
    body: DataRequestReason,
    actor: DataRequestHandler,
    version: IfMatch,
    db: Db,
    response: Response,
) -> DataRequestOut:
    """Extend the deadline, once, with the reason that the person is told."""
    row = await service.extend_request(db, actor, request_id, version, body)
    return with_etag(response, DataRequestOut.from_record(row))


@router.post("/{request_id}/carry-out", summary="Thực hiện yêu cầu")
async def carry_out(
    request_id: Uuid,
    body: DataRequestDone,
    actor: DataRequestHandler,
    version: IfMatch,
    db: Db,
    response: Response,
) -> DataRequestOut:
    """Carry an accepted request out.

    An access or a copy is handed over (`GET …/copy`); a correction needs that the record was edited since; an objection
    withdraws the consents; a deletion empties everything that says who the person is, for good, and is refused with
    each reason while money, insurance or a period of retention stands against it (`GET …/obstacles`).
    """
    row = await carry_out_request(db, actor, request_id, version, body)
    return with_etag(response, DataRequestOut.from_record(row))


@router.post("/{request_id}/refuse", summary="Từ chối có lý do")
async def refuse_request(
    request_id: Uuid,
    body: DataRequestRefusal,
    actor: DataRequestHandler,
    version: IfMatch,
    db: Db,
    response: Response,
) -> DataRequestOut:
    """Refuse a request with a reason; it can be reopened."""
    row = await service.refuse_request(db, actor, request_id, version, body)
    return with_etag(response, DataRequestOut.from_record(row))


@router.post("/{request_id}/withdraw", summary="Người yêu cầu rút lại")
async def withdraw_request(
    request_id: Uuid, actor: DataRequestHandler, version: IfMatch, db: Db, response: Response
) -> DataRequestOut:
    """Note that the person does not want it any more."""
    row = await service.withdraw_request(db, actor, request_id, version)
    return with_etag(response, DataRequestOut.from_record(row))


@router.post("/{request_id}/reopen", summary="Mở lại yêu cầu đã từ chối")
async def reopen_request(
    request_id: Uuid, actor: DataRequestHandler, version: IfMatch, db: Db, response: Response
) -> DataRequestOut:
    """Reopen a refused request, as after a complaint (khiếu nại); its days begin anew."""
    row = await service.reopen_request(db, actor, request_id, version)
    return with_etag(response, DataRequestOut.from_record(row))


@router.get("/{request_id}/copy", summary="Bản sao mọi dữ liệu của một người")
async def copy_person(request_id: Uuid, actor: DataRequestHandler, db: Db, response: Response) -> PersonCopy:
    """Everything that is kept of the person of an accepted request, as one file of JSON; noted in the history."""
    copied = await read_copy(db, actor, request_id)
    response.headers["Content-Disposition"] = f'attachment; filename="du-lieu-{copied.member_id}.json"'
    return copied


@router.get("/{request_id}/obstacles", summary="Vì sao chưa xóa được")
async def list_obstacles(
    request_id: Uuid, actor: DataRequestHandler, db: Db, request: Request
) -> ObstaclesOut:
    """What speaks against a deletion now; empty when it can be carried out."""
    is_english = negotiate_language(request.headers.get("accept-language")) == "en"
    codes = await read_obstacles(db, actor, request_id)
    return ObstaclesOut(
        items=[ObstacleOut(code=code, detail=OBSTACLE_TEXTS[code][is_english]) for code in codes]
    )
