"""Clients (hệ thống đối tác): the systems of partners, their scopes and their secrets."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from app.core.http.answers import created, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.routers.actors import ClientManager
from app.tenancy.clients import secret_service as client_secret_service
from app.tenancy.clients import service as client_service
from app.tenancy.clients.limits import MaxClientLimits
from app.tenancy.clients.schemas import (
    ClientFilter,
    ClientIn,
    ClientOut,
    ClientPatch,
    NewClientOut,
    NewSecretOut,
    SecretIn,
    SecretOut,
)

router = StrictRouter(prefix="/v1/clients", tags=["clients"])


async def _max_limits(request: Request) -> MaxClientLimits:
    return MaxClientLimits.from_settings(request.app.state.settings)


MaxClientLimitsDep = Annotated[MaxClientLimits, Depends(_max_limits)]


@router.get("", summary="Danh sách hệ thống đối tác")
async def list_clients(
    filters: Annotated[ClientFilter, Query()], page: PageQuery, actor: ClientManager, db: Db
) -> Page[ClientOut]:
    """The partner systems of your places and network, and when each was last used."""
    return await client_service.list_clients(db, actor, filters, page)


@router.post("", status_code=201, summary="Thêm hệ thống đối tác")
async def create_client(
    body: ClientIn, actor: ClientManager, db: Db, max_limits: MaxClientLimitsDep, response: Response
) -> NewClientOut:
    """Make a partner system; its secret is in this answer and nowhere else.

    It has the places of its organisation, or some of them (`place_codes`); begins in the sandbox (chỉ thử) if you say
    so; and may ask and send so much a minute in each process of the server.
    """
    client = await client_service.create_client(db, actor, body, max_limits)
    return created(response, "/v1/clients", client)


@router.get("/{client_id}", summary="Một hệ thống đối tác")
async def read_client(client_id: Uuid, actor: ClientManager, db: Db, response: Response) -> ClientOut:
    """One partner system, by its `id`."""
    client = await client_service.read_client(db, actor, client_id)
    return with_etag(response, client)


@router.patch("/{client_id}", summary="Sửa tên, phạm vi, địa bàn, hạn mức, chế độ thử, khóa hoặc mở lại")
async def edit_client(
    client_id: Uuid,
    body: ClientPatch,
    actor: ClientManager,
    version: IfMatch,
    db: Db,
    max_limits: MaxClientLimitsDep,
    response: Response,
) -> ClientOut:
    """Change a partner system; scopes, places, the sandbox and a lock hold at its next request, the numbers a minute
    within some seconds."""
    client = await client_service.edit_client(db, actor, client_id, version, body, max_limits)
    return with_etag(response, client)


@router.get("/{client_id}/secrets", summary="Danh sách mã bí mật")
async def list_secrets(client_id: Uuid, page: PageQuery, actor: ClientManager, db: Db) -> Page[SecretOut]:
    """The secrets without their texts: when each was made, last used, and ends."""
    return await client_secret_service.list_client_secrets(db, actor, client_id, page)


@router.post("/{client_id}/secrets", status_code=201, summary="Thêm mã bí mật")
async def add_secret(client_id: Uuid, body: SecretIn, actor: ClientManager, db: Db) -> NewSecretOut:
    """Make a second secret, so that the system changes over without an interruption; its text is in this answer
    and nowhere else."""
    return await client_secret_service.create_client_secret(db, actor, client_id, body)


@router.post("/{client_id}/secrets/{secret_id}/revoke", summary="Thu hồi mã bí mật")
async def revoke_secret(client_id: Uuid, secret_id: Uuid, actor: ClientManager, db: Db) -> ClientOut:
    """End a secret and every token of the system at once; with its other secret it gets new ones."""
    return await client_secret_service.revoke_client_secret(db, actor, client_id, secret_id)
