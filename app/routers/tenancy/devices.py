"""Devices (thiết bị): the phones and computers on which people log in."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import set_location
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.routers.actors import AnyActor
from app.tenancy.devices import service as device_service
from app.tenancy.devices.schemas import DeviceFilter, DeviceIn, DeviceOut

router = StrictRouter(prefix="/v1/devices", tags=["devices"])


@router.get("", summary="Danh sách thiết bị")
async def list_devices(
    filters: Annotated[DeviceFilter, Query()], page: PageQuery, actor: AnyActor, db: Db
) -> Page[DeviceOut]:
    """Your devices; those who manage users may name one of theirs (`user_id`)."""
    return await device_service.list_devices(db, actor, filters, page)


@router.post("", status_code=201, summary="Đăng ký thiết bị của mình")
async def register_device(body: DeviceIn, actor: AnyActor, db: Db, response: Response) -> DeviceOut:
    """Register a device of your own, or bring its name and version up to date."""
    device = await device_service.register_device(db, actor, body)
    set_location(response, "/v1/devices", device.id)
    return device


@router.get("/{device_id}", summary="Một thiết bị")
async def read_device(device_id: Uuid, actor: AnyActor, db: Db) -> DeviceOut:
    """One device of yours, or of a user whom you manage."""
    return await device_service.read_device(db, actor, device_id)


@router.post("/{device_id}/revoke", summary="Thu hồi thiết bị")
async def revoke_device(device_id: Uuid, actor: AnyActor, db: Db) -> DeviceOut:
    """Take a lost device out of use: its sessions end at once.

    Another one of your own only within ten minutes after a login or after `/v1/auth/proof`: else 403
    `reauthentication_required`.
    """
    return await device_service.revoke_device(db, actor, device_id)
