"""Client credentials (RFC 6749, 4.4): how a partner system (hệ thống đối tác) gets its access token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.audit.events import Event
from app.auth.actor import begin_actor
from app.auth.errors import PasswordsBusy
from app.auth.passwords import PasswordCheck, verify_password
from app.core.errors import Unauthenticated
from app.core.values.ids import uuid7
from app.core.values.time import now
from app.models.tenancy.auth import AuthSession
from app.tenancy.logins import queries
from app.tenancy.logins.auth_services import AuthServices, CallerOfLogin
from app.tenancy.logins.errors import InvalidClient, InvalidScope, TooManyLogins
from app.tenancy.logins.queries import ClientSecretRow
from app.tenancy.logins.schemas import ClientToken
from app.tenancy.logins.throttle import LoginAttempt

MAX_CHECKED_SECRETS = 2
"""The most secrets of a client that are checked: one in use and one that replaces it."""


@dataclass(frozen=True, slots=True)
class ClientTokenRequest:
    """A client's token request. scope: the names it asks for, or None for all it has."""

    client_id: str
    secret: str
    scope: Sequence[str] | None


async def grant_client_token(
    services: AuthServices, token_request: ClientTokenRequest, address: str
) -> ClientToken:
    """Start a session that lives as long as its one access token.

    Raises: InvalidClient, InvalidScope, TooManyLogins, PasswordsBusy.
    """
    client_id = token_request.client_id
    async with services.database.begin() as db:
        rows = await queries.find_client_secrets(db, client_id)
    caller = CallerOfLogin(client_id, address, rows[0].id if rows else None)
    attempt = await _admit(services, caller)
    try:
        row, verified = await _find_matching_secret(
            rows[:MAX_CHECKED_SECRETS], token_request.secret, attempt.stranger_from
        )
    except PasswordsBusy:
        await services.throttle.withdraw(attempt)
        raise
    if row is None or row.disabled:
        caller.report(services, Event.CLIENT_LOGIN_FAILED, InvalidClient.code)
        raise InvalidClient
    scope = sorted(set(row.scopes if token_request.scope is None else token_request.scope))
    if not scope or not set(scope) <= set(row.scopes):
        await services.throttle.forgive(attempt)
        raise InvalidScope
    session_id = await _start_session(services, row, scope, verified.new_hash, address)
    await services.throttle.forgive(attempt)
    return ClientToken(
        access_token=await services.tokens.issue(session_id=session_id, subject=row.id),
        token_type="bearer",  # noqa: S106 - RFC 6750's name of the kind
        expires_in=services.tokens.lifetime,
        scope=" ".join(scope),
    )


async def _admit(services: AuthServices, caller: CallerOfLogin) -> LoginAttempt:
    try:
        return await services.throttle.admit("client", caller.name, caller.address)
    except TooManyLogins as refusal:
        caller.report(services, Event.CLIENT_LOGIN_THROTTLED, refusal.code)
        raise


async def _start_session(
    services: AuthServices, row: ClientSecretRow, scope: list[str], new_hash: str | None, address: str
) -> UUID:
    """Write the session and the use of the secret. Returns: the session's id. Raises: InvalidClient."""
    lifetime = timedelta(seconds=services.tokens.lifetime)
    session = AuthSession(
        id=uuid7(),
        client_id=row.id,
        scopes=scope,
        expires_at=now() + lifetime,
        address_hash=services.throttle.hash_address(address),
    )
    session_id = session.id
    async with services.database.begin() as db:
        await queries.start_session(db, session)
        try:
            await begin_actor(db, session_id)
        except Unauthenticated:
            raise InvalidClient from None
        await queries.record_client_use(db, row, new_hash)
    return session_id


async def _find_matching_secret(
    rows: Sequence[ClientSecretRow], secret: str, stranger_from: str | None
) -> tuple[ClientSecretRow | None, PasswordCheck]:
    """Find the row that the secret belongs to; an unknown client costs the time of one check."""
    if not rows:
        await verify_password(secret, None, stranger_from)
    for row in rows:
        verified = await verify_password(secret, row.secret_hash, stranger_from)
        if verified.ok:
            return row, verified
    return None, PasswordCheck(ok=False)
