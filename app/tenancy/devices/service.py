"""Devices: registered by their user, revoked by the user or by an administrator."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.errors import Forbidden, NotFound
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import now
from app.models.tenancy.user import Device, User
from app.tenancy.devices.schemas import DeviceFilter, DeviceIn, DeviceOut
from app.tenancy.logins.errors import DeviceRevoked
from app.tenancy.logins.queries import revoke_sessions
from app.tenancy.logins.sessions import require_recent_proof
from app.tenancy.users import queries as user_queries
from app.tenancy.users.service import require_managed_user


@dataclass(frozen=True, slots=True)
class _AuditSubject:
    """A device as the subject of an audit event, with the place of its user."""

    id: UUID
    network: str
    province_code: str | None
    commune_code: str | None


async def list_devices(
    db: AsyncSession, actor: Actor, filters: DeviceFilter, page: PageRequest
) -> Page[DeviceOut]:
    """List one page of the actor's own devices, or of another user's for those who manage users.

    Raises: NotFound when the actor does not see that user; Forbidden.
    """
    user_id = filters.user_id or actor.id
    if user_id != actor.id:
        if not actor.has_permission(Permission.USER_MANAGE):
            raise Forbidden
        if await user_queries.find_user(db, actor, user_id) is None:
            raise NotFound
    stmt = select(Device).where(Device.user_id == user_id)
    if filters.revoked is not None:
        revoked_at = col(Device.revoked_at)
        stmt = stmt.where(revoked_at.is_not(None) if filters.revoked else revoked_at.is_(None))
    rows, cursor = await fetch_page(db, stmt, columns=[col(Device.id)], page=page)
    return Page(items=[_to_response(row) for row in rows], next_cursor=cursor)


async def read_device(db: AsyncSession, actor: Actor, id_: UUID) -> DeviceOut:
    """Read one device. Raises: NotFound."""
    return _to_response(await _require_visible_device(db, actor, id_))


async def register_device(db: AsyncSession, actor: Actor, body: DeviceIn) -> DeviceOut:
    """Register a device of the actor's own, or update its name and version.

    Raises: Forbidden for a partner system; DeviceRevoked; IdTaken when the id is somebody else's.
    """
    if actor.kind != "user":
        raise Forbidden
    device = await _find_own_device(db, actor, body.id) if body.id else None
    if device is None:
        device = Device(id=body.id or uuid7(), user_id=actor.id, name=body.name)
        db.add(device)
        await record_event(db, actor, Event.DEVICE_REGISTERED, await _build_audit_subject(db, actor, device))
    elif device.revoked_at is not None:
        raise DeviceRevoked
    device.name, device.app_version, device.last_seen_at = body.name, body.app_version, now()
    await db.flush()
    return _to_response(device)


async def revoke_device(db: AsyncSession, actor: Actor, id_: UUID) -> DeviceOut:
    """Revoke a device: its sessions end at once, and nobody can log in on it again.

    Raises: NotFound; OutsideScope when its user's organisation reaches further than the actor;
    ReauthenticationRequired for another device of one's own.
    """
    device = await _require_visible_device(db, actor, id_)
    if device.user_id != actor.id:
        await require_managed_user(db, actor, device.user_id)
    if device.revoked_at is None:
        if device.user_id == actor.id and device.id != actor.device_id:
            await require_recent_proof(db, actor)
        device.revoked_at = now()
        await revoke_sessions(db, "device revoked", device_id=device.id)
        await record_event(db, actor, Event.DEVICE_REVOKED, await _build_audit_subject(db, actor, device))
        await db.flush()
    return _to_response(device)


async def _find_own_device(db: AsyncSession, actor: Actor, id_: UUID) -> Device | None:
    stmt = select(Device).where(Device.id == id_, Device.user_id == actor.id)
    return (await db.exec(stmt.with_for_update())).one_or_none()


async def _require_visible_device(db: AsyncSession, actor: Actor, id_: UUID) -> Device:
    """Get a device of the actor's own, or of a user whom the actor manages."""
    device = await _find_own_device(db, actor, id_)
    if device is None and actor.has_permission(Permission.USER_MANAGE):
        users = user_queries.select_visible_users(actor).with_only_columns(col(User.id))
        stmt = select(Device).where(Device.id == id_, col(Device.user_id).in_(users))
        device = (await db.exec(stmt.with_for_update())).one_or_none()
    if device is None:
        raise NotFound
    return device


async def _build_audit_subject(db: AsyncSession, actor: Actor, device: Device) -> _AuditSubject:
    user = await user_queries.find_user(db, actor, device.user_id)
    if user is None:
        raise NotFound
    return _AuditSubject(device.id, user.network, user.province_code, user.commune_code)


def _to_response(device: Device) -> DeviceOut:
    return DeviceOut(
        id=device.id,
        user_id=device.user_id,
        name=device.name,
        app_version=device.app_version,
        registered_at=device.registered_at,
        last_seen_at=device.last_seen_at,
        revoked_at=device.revoked_at,
    )
