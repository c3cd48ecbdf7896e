"""Start a session (đăng nhập) and refresh it (gia hạn).

These commit by themselves instead of in the request's unit of work: no connection may be held while a password
is checked, and a reuse that revokes a family is kept although its answer is a refusal.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor, begin_actor
from app.auth.errors import PasswordsBusy
from app.auth.passwords import PasswordCheck, verify_password
from app.core.errors import DomainError, Unauthenticated
from app.core.values.ids import digest_session, find_instant
from app.core.values.time import now
from app.tenancy.logins import queries
from app.tenancy.logins.auth_services import AuthServices, CallerOfLogin
from app.tenancy.logins.device_tokens import is_device_token
from app.tenancy.logins.errors import (
    DeviceIdMissing,
    InitialPasswordExpired,
    InvalidRefreshToken,
    TooManyLogins,
    WrongCredentials,
)
from app.tenancy.logins.queries import LoginRow, RefreshTokenRow
from app.tenancy.logins.refresh import RETRY_WITHIN, derive_successor, hash_token, is_refresh_token
from app.tenancy.logins.schemas import LoginIn, RefreshIn, TokenPair
from app.tenancy.logins.session_start import SessionStart, issue_tokens
from app.tenancy.logins.throttle import LoginAttempt


async def log_in(services: AuthServices, body: LoginIn, address: str) -> TokenPair:
    """Start a session. address: of the caller, for the throttle.

    Raises: WrongCredentials, TooManyLogins, PasswordsBusy, InitialPasswordExpired, SecondFactorCodeNeeded,
    WrongLoginCode, DeviceTaken, DeviceRevoked.
    """
    async with services.database.begin() as db:
        login = await queries.find_login(db, body.username)
    caller = CallerOfLogin(body.username, address, login.user_id if login else None)
    attempt = await _admit(services, caller, body)
    verified = await _check_password(services, attempt, login, body.password)
    if login is None or not verified.ok or login.disabled:
        caller.report(services, Event.LOGIN_FAILED, WrongCredentials.code)
        raise WrongCredentials
    start = SessionStart(services, login, body, address, attempt.familiar, verified.new_hash)
    try:
        tokens = await start.run()
    except WrongCredentials:
        caller.report(services, Event.LOGIN_FAILED, WrongCredentials.code)
        raise
    except DomainError as refusal:  # the password was right
        if isinstance(refusal, InitialPasswordExpired):
            caller.report(services, Event.LOGIN_FAILED, refusal.code)
        await services.throttle.forgive(attempt)
        raise
    await services.throttle.forgive(attempt)
    return tokens


async def _admit(services: AuthServices, caller: CallerOfLogin, body: LoginIn) -> LoginAttempt:
    known = is_device_token(body.device_token, body.device_id, services.device_keys)
    try:
        return await services.throttle.admit(
            "user", caller.name, caller.address, body.device_id if known else None
        )
    except TooManyLogins as refusal:
        caller.report(services, Event.LOGIN_THROTTLED, refusal.code)
        raise


async def _check_password(
    services: AuthServices, attempt: LoginAttempt, login: LoginRow | None, password: str
) -> PasswordCheck:
    """Check the password; an attempt that nobody had the time to check is not held against the caller."""
    try:
        return await verify_password(password, login.password_hash if login else None, attempt.stranger_from)
    except PasswordsBusy:
        await services.throttle.withdraw(attempt)
        raise


async def refresh_session(services: AuthServices, body: RefreshIn) -> TokenPair:
    """Issue the next pair of tokens of a session; the presented refresh token becomes invalid.

    Presented again within a minute by the device that lost the answer, it gives the same successor; any other
    reuse ends the session, and so does another device.
    Raises: InvalidRefreshToken, DeviceIdMissing, NoSigningKey (the token can then be presented again).
    """
    if not is_refresh_token(body.refresh_token):
        raise InvalidRefreshToken
    await services.tokens.require_signing_key()
    successors = [derive_successor(body.refresh_token, key) for key in services.refresh_keys]
    async with services.database.begin() as db:
        token = await queries.lock_refresh_token(db, hash_token(body.refresh_token))
        if token is None:
            raise InvalidRefreshToken
        used = await _use_refresh_token(db, services, token, body.device_id, successors)
    if used is None:
        raise InvalidRefreshToken
    actor, next_token = used
    return await issue_tokens(services, token.session_id, token.device_id, actor, next_token)


async def _use_refresh_token(
    db: AsyncSession,
    services: AuthServices,
    token: RefreshTokenRow,
    device_id: UUID | None,
    successors: Sequence[str],
) -> tuple[Actor, str] | None:
    """Use the token, or detect a reuse and end the session.

    successors: by each of the keys, the current one first.
    Returns: who holds the session, and the successor, or None if it was ended.
    Raises: InvalidRefreshToken, DeviceIdMissing.
    """
    try:
        actor = await begin_actor(db, token.session_id)
    except Unauthenticated:
        raise InvalidRefreshToken from None
    if min(token.expires_at, _last_moment(services, token)) <= now():
        raise InvalidRefreshToken
    if device_id is None and token.device_id is not None:
        raise DeviceIdMissing
    same_device = device_id == token.device_id
    if same_device and token.used_at is None:
        await _store_successor(db, services, token, hash_token(successors[0]))
        return actor, successors[0]
    answer_was_lost = token.used_at is not None and now() - token.used_at <= RETRY_WITHIN
    if same_device and answer_was_lost:
        for successor in successors:
            if await queries.is_unused_token(db, hash_token(successor)):
                return actor, successor
    await queries.revoke_sessions(db, "refresh token reused", session_id=token.session_id)
    user = await queries.get_own_record(db, actor)
    await record_event(db, actor, Event.REFRESH_REUSED, user, {"session": digest_session(token.session_id)})
    return None


async def _store_successor(
    db: AsyncSession, services: AuthServices, token: RefreshTokenRow, next_hash: bytes
) -> None:
    """Mark the token as used, store its successor, and prolong the session.

    What the server demands of a second factor may have changed since the session began.
    """
    expires_at = min(now() + services.session_life, _last_moment(services, token))
    await queries.replace_refresh_token(
        db, token.token_hash, next_hash, services.unverified_state, expires_at
    )


def _last_moment(services: AuthServices, token: RefreshTokenRow) -> datetime:
    """When the session ends however much it is used. Its id says when it began."""
    return (find_instant(token.session_id) or now()) + services.longest_session
