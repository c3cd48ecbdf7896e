"""Logging in (đăng nhập) and renewing (gia hạn): how a session starts and goes on.

These commit by themselves instead of in the request's unit of work: no connection may be held while a password
is checked, and a reuse that revokes a family is kept although its answer is a refusal.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth import queries
from app.auth.desk import Desk
from app.auth.errors import DeviceRevoked, DeviceTaken, InvalidRefreshToken, WrongCredentials
from app.auth.guards import begin_actor
from app.auth.passwords import verify_password
from app.auth.refresh import RETRY_WITHIN, first_token, is_token, successor, token_hash
from app.auth.schemas import LoginIn, RefreshIn, TokenPair
from app.core.errors import Unauthenticated
from app.core.ids import uuid7
from app.core.time import now
from app.models.auth import AuthSession, RefreshToken
from app.models.user import Device

DEVICE_WITHOUT_NAME = "Thiết bị"


async def log_in(desk: Desk, body: LoginIn, address: str) -> TokenPair:
    """Start a session. address: of the caller, for the throttle.

    Raises: WrongCredentials, TooManyLogins, PasswordsBusy, DeviceTaken, DeviceRevoked.
    """
    attempt = await desk.throttle.admit("user", body.username, address)
    async with desk.database.begin() as db:
        found = await queries.find_login(db, body.username)
    verified = await verify_password(body.password, found.password_hash if found else None)
    if found is None or not verified.ok or found.disabled:
        raise WrongCredentials
    token = first_token()
    async with desk.database.begin() as db:
        session_id = await _started(db, found.user_id, body, token, now() + desk.session_life)
        if verified.new_hash:
            await queries.store_password(db, found.user_id, verified.new_hash)
    await desk.throttle.forgive(attempt)
    return await _pair(desk, session_id, found.user_id, token)


async def renew(desk: Desk, body: RefreshIn) -> TokenPair:
    """The next pair of a session; the presented refresh token is used up.

    Presented again within a minute by the device that lost the answer, it gives the same successor; any other
    reuse ends the session. Raises: InvalidRefreshToken.
    """
    if not is_token(body.refresh_token):
        raise InvalidRefreshToken
    follower = successor(body.refresh_token, desk.refresh_key)
    async with desk.database.begin() as db:
        found = await queries.locked_refresh_token(db, token_hash(body.refresh_token))
        if found is None:
            raise InvalidRefreshToken
        token, session = found
        holder = await _renewed(db, token, session, body.device_id, follower, now() + desk.session_life)
    if holder is None:
        raise InvalidRefreshToken
    return await _pair(desk, session.id, holder, follower)


async def _started(db: AsyncSession, user_id: UUID, body: LoginIn, token: str, expires_at: datetime) -> UUID:
    """Write session, device and first refresh token. Returns: the session's id."""
    device = await _device(db, user_id, body)
    session = AuthSession(
        id=uuid7(), user_id=user_id, device_id=device.id if device else None, expires_at=expires_at
    )
    db.add(session)
    await db.flush()
    db.add(RefreshToken(token_hash=token_hash(token), session_id=session.id, expires_at=expires_at))
    try:
        actor = await begin_actor(db, session.id)
    except Unauthenticated:
        raise WrongCredentials from None
    fields = {"session_id": str(session.id), "device_id": str(device.id) if device else None}
    await record(db, actor, Event.SESSION_STARTED, await queries.own_record(db, actor), fields)
    return session.id


async def _device(db: AsyncSession, user_id: UUID, body: LoginIn) -> Device | None:
    """The device of this login, registered if it is new; its earlier sessions end."""
    if body.device_id is None and body.device_name is None:
        return None
    name = body.device_name or DEVICE_WITHOUT_NAME
    new = Device(id=body.device_id or uuid7(), user_id=user_id, name=name, last_seen_at=now())
    device = await queries.claimed_device(db, new)
    if device.user_id != user_id:
        raise DeviceTaken
    if device.revoked_at is not None:
        raise DeviceRevoked
    device.last_seen_at = now()
    if body.device_name:
        device.name = body.device_name
    await queries.end_sessions(db, "new login", col(AuthSession.device_id) == device.id)
    return device


async def _renewed(
    db: AsyncSession,
    token: RefreshToken,
    session: AuthSession,
    device_id: UUID | None,
    follower: str,
    expires_at: datetime,
) -> UUID | None:
    """Use the token up, or see that this is a reuse and end the session.

    Returns: who holds the session, or None if it was ended. Raises: InvalidRefreshToken.
    """
    try:
        actor = await begin_actor(db, session.id)
    except Unauthenticated:
        raise InvalidRefreshToken from None
    if token.expires_at <= now():
        raise InvalidRefreshToken
    next_hash = token_hash(follower)
    same_device = device_id is None or device_id == session.device_id
    if same_device and token.used_at is None:
        token.used_at = now()
        session.expires_at = expires_at
        await queries.forget_expired(db, session.id, now())
        parent = token.token_hash
        db.add(
            RefreshToken(
                token_hash=next_hash, session_id=session.id, parent_hash=parent, expires_at=expires_at
            )
        )
        return actor.id
    answer_was_lost = token.used_at is not None and now() - token.used_at <= RETRY_WITHIN
    if same_device and answer_was_lost and await queries.is_unused(db, next_hash):
        return actor.id
    await queries.end_sessions(db, "refresh token reused", col(AuthSession.id) == session.id)
    user = await queries.own_record(db, actor)
    await record(db, actor, Event.REFRESH_REUSED, user, {"session_id": str(session.id)})
    return None


async def _pair(desk: Desk, session_id: UUID, user_id: UUID, refresh_token: str) -> TokenPair:
    return TokenPair(
        access_token=await desk.tokens.issue(session_id=session_id, subject=user_id),
        token_type="bearer",  # noqa: S106 - RFC 6750's name of the kind
        expires_in=desk.tokens.lifetime,
        refresh_token=refresh_token,
    )
