"""Devices: registered by their user, revoked by the user or by an administrator."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.auth.errors import DeviceRevoked
from app.auth.permissions import Permission
from app.auth.queries import end_sessions
from app.core.errors import Forbidden, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.core.time import now
from app.models.auth import AuthSession
from app.models.user import Device, User
from app.tenancy import user_queries
from app.tenancy.device_schemas import DeviceFilter, DeviceIn, DeviceOut
from app.tenancy.user_service import managed


@dataclass(frozen=True, slots=True)
class _DeviceOf:
    """A device for the audit, with the place of its user."""

    id: UUID
    network: str
    province_code: str | None
    commune_code: str | None


async def list_devices(
    db: AsyncSession, actor: Actor, wanted: DeviceFilter, page: PageRequest
) -> Page[DeviceOut]:
    """One page of one's own devices, or of another user's for those who manage users.

    Raises: NotFound when that user is not the actor's to see; Forbidden.
    """
    owner = wanted.user_id or actor.id
    if owner != actor.id:
        if not actor.may(Permission.USER_MANAGE):
            raise Forbidden
        if await user_queries.find_user(db, actor, owner) is None:
            raise NotFound
    stmt = select(Device).where(Device.user_id == owner)
    if wanted.revoked is not None:
        since = col(Device.revoked_at)
        stmt = stmt.where(since.is_not(None) if wanted.revoked else since.is_(None))
    rows, cursor = await paged(db, stmt, columns=[col(Device.id)], page=page)
    return Page(items=[_out(row) for row in rows], next_cursor=cursor)


async def read_device(db: AsyncSession, actor: Actor, id_: UUID) -> DeviceOut:
    """Raises: NotFound."""
    return _out(await _seen(db, actor, id_))


async def register_device(db: AsyncSession, actor: Actor, body: DeviceIn) -> DeviceOut:
    """Register a device of one's own, or bring its name and version up to date.

    Raises: Forbidden for a partner system; DeviceRevoked; IdTaken when the id is somebody else's.
    """
    if actor.kind != "user":
        raise Forbidden
    device = await _own(db, actor, body.id) if body.id else None
    if device is None:
        device = Device(id=body.id or uuid7(), user_id=actor.id, name=body.name)
        db.add(device)
        await record(db, actor, Event.DEVICE_REGISTERED, await _subject(db, actor, device))
    elif device.revoked_at is not None:
        raise DeviceRevoked
    device.name, device.app_version, device.last_seen_at = body.name, body.app_version, now()
    await db.flush()
    return _out(device)


async def revoke_device(db: AsyncSession, actor: Actor, id_: UUID) -> DeviceOut:
    """Take a device out of use: its sessions end at once, and nobody can log in on it again.

    Raises: NotFound; OutsideScope when its user's organisation reaches further than the actor.
    """
    device = await _seen(db, actor, id_)
    if device.user_id != actor.id:
        await managed(db, actor, device.user_id)
    if device.revoked_at is None:
        device.revoked_at = now()
        await end_sessions(db, "device revoked", col(AuthSession.device_id) == device.id)
        await record(db, actor, Event.DEVICE_REVOKED, await _subject(db, actor, device))
        await db.flush()
    return _out(device)


async def _own(db: AsyncSession, actor: Actor, id_: UUID) -> Device | None:
    stmt = select(Device).where(Device.id == id_, Device.user_id == actor.id)
    return (await db.exec(stmt.with_for_update())).one_or_none()


async def _seen(db: AsyncSession, actor: Actor, id_: UUID) -> Device:
    """One's own device, or that of a user whom one manages."""
    device = await _own(db, actor, id_)
    if device is None and actor.may(Permission.USER_MANAGE):
        users = user_queries.visible_users(actor).with_only_columns(col(User.id))
        stmt = select(Device).where(Device.id == id_, col(Device.user_id).in_(users))
        device = (await db.exec(stmt.with_for_update())).one_or_none()
    if device is None:
        raise NotFound
    return device


async def _subject(db: AsyncSession, actor: Actor, device: Device) -> _DeviceOf:
    user = await user_queries.find_user(db, actor, device.user_id)
    if user is None:
        raise NotFound
    return _DeviceOf(device.id, user.network, user.province_code, user.commune_code)


def _out(device: Device) -> DeviceOut:
    return DeviceOut(
        id=device.id,
        user_id=device.user_id,
        name=device.name,
        app_version=device.app_version,
        registered_at=device.registered_at,
        last_seen_at=device.last_seen_at,
        revoked_at=device.revoked_at,
    )
