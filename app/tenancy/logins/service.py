"""Start a session (đăng nhập) and refresh it (gia hạn).

These commit by themselves instead of in the request's unit of work: no connection may be held while a password
is checked, and a reuse that revokes a family is kept although its answer is a refusal.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import begin_actor
from app.auth.passwords import verify_password
from app.core.errors import Unauthenticated
from app.core.values.ids import uuid7
from app.core.values.time import now
from app.models.tenancy.auth import AuthSession
from app.tenancy.logins import queries
from app.tenancy.logins.auth_services import AuthServices
from app.tenancy.logins.errors import DeviceRevoked, DeviceTaken, InvalidRefreshToken, WrongCredentials
from app.tenancy.logins.queries import RefreshTokenRow
from app.tenancy.logins.refresh import (
    RETRY_WITHIN,
    derive_successor,
    generate_first_token,
    hash_token,
    is_refresh_token,
)
from app.tenancy.logins.schemas import LoginIn, RefreshIn, TokenPair

DEFAULT_DEVICE_NAME = "Thiết bị"


async def log_in(services: AuthServices, body: LoginIn, address: str) -> TokenPair:
    """Start a session. address: of the caller, for the throttle.

    Raises: WrongCredentials, TooManyLogins, PasswordsBusy, DeviceTaken, DeviceRevoked.
    """
    attempt = await services.throttle.count_attempt("user", body.username, address)
    async with services.database.begin() as db:
        login = await queries.find_login(db, body.username)
    verified = await verify_password(body.password, login.password_hash if login else None)
    if login is None or not verified.ok or login.disabled:
        raise WrongCredentials
    token = generate_first_token()
    async with services.database.begin() as db:
        session_id = await _start_session(db, login.user_id, body, token, now() + services.session_life)
        if verified.new_hash:
            await queries.store_password(db, login.user_id, verified.new_hash)
    await services.throttle.clear_attempt(attempt)
    return await _issue_tokens(services, session_id, login.user_id, token)


async def refresh_session(services: AuthServices, body: RefreshIn) -> TokenPair:
    """Issue the next pair of tokens of a session; the presented refresh token becomes invalid.

    Presented again within a minute by the device that lost the answer, it gives the same successor; any other
    reuse ends the session. Raises: InvalidRefreshToken.
    """
    if not is_refresh_token(body.refresh_token):
        raise InvalidRefreshToken
    next_token = derive_successor(body.refresh_token, services.refresh_key)
    async with services.database.begin() as db:
        token = await queries.lock_refresh_token(db, hash_token(body.refresh_token))
        if token is None:
            raise InvalidRefreshToken
        user_id = await _use_refresh_token(
            db, token, body.device_id, next_token, now() + services.session_life
        )
    if user_id is None:
        raise InvalidRefreshToken
    return await _issue_tokens(services, token.session_id, user_id, next_token)


async def _start_session(
    db: AsyncSession, user_id: UUID, body: LoginIn, token: str, expires_at: datetime
) -> UUID:
    """Write session, device and first refresh token. Returns: the session's id."""
    device_id = await _claim_device(db, user_id, body)
    session = AuthSession(id=uuid7(), user_id=user_id, device_id=device_id, expires_at=expires_at)
    await queries.start_session(db, session, hash_token(token))
    try:
        actor = await begin_actor(db, session.id)
    except Unauthenticated:
        raise WrongCredentials from None
    fields = {"session_id": str(session.id), "device_id": str(device_id) if device_id else None}
    await record_event(db, actor, Event.SESSION_STARTED, await queries.get_own_record(db, actor), fields)
    return session.id


async def _claim_device(db: AsyncSession, user_id: UUID, body: LoginIn) -> UUID | None:
    """Get or register the device of this login; its earlier sessions end."""
    if body.device_id is None and body.device_name is None:
        return None
    device_id = body.device_id or uuid7()
    name = body.device_name or DEFAULT_DEVICE_NAME
    device = await queries.claim_device(db, device_id, user_id, name, body.device_name or None)
    if device.user_id != user_id:
        raise DeviceTaken
    if device.revoked:
        raise DeviceRevoked
    await queries.revoke_sessions(db, "new login", device_id=device_id)
    return device_id


async def _use_refresh_token(
    db: AsyncSession,
    token: RefreshTokenRow,
    device_id: UUID | None,
    next_token: str,
    expires_at: datetime,
) -> UUID | None:
    """Use the token, or detect a reuse and end the session.

    Returns: who holds the session, or None if it was ended. Raises: InvalidRefreshToken.
    """
    try:
        actor = await begin_actor(db, token.session_id)
    except Unauthenticated:
        raise InvalidRefreshToken from None
    if token.expires_at <= now():
        raise InvalidRefreshToken
    next_hash = hash_token(next_token)
    same_device = device_id is None or device_id == token.device_id
    if same_device and token.used_at is None:
        await queries.replace_refresh_token(db, token.token_hash, next_hash, expires_at)
        return actor.id
    answer_was_lost = token.used_at is not None and now() - token.used_at <= RETRY_WITHIN
    if same_device and answer_was_lost and await queries.is_unused_token(db, next_hash):
        return actor.id
    await queries.revoke_sessions(db, "refresh token reused", session_id=token.session_id)
    user = await queries.get_own_record(db, actor)
    await record_event(db, actor, Event.REFRESH_REUSED, user, {"session_id": str(token.session_id)})
    return None


async def _issue_tokens(
    services: AuthServices, session_id: UUID, user_id: UUID, refresh_token: str
) -> TokenPair:
    return TokenPair(
        access_token=await services.tokens.issue(session_id=session_id, subject=user_id),
        token_type="bearer",  # noqa: S106 - RFC 6750's name of the kind
        expires_in=services.tokens.lifetime,
        refresh_token=refresh_token,
    )
