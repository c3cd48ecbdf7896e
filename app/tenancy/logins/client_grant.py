"""Client credentials (RFC 6749, 4.4): how a partner system (hệ thống đối tác) gets its access token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.auth.actor import begin_actor
from app.auth.passwords import PasswordCheck, verify_password
from app.core.errors import Unauthenticated
from app.core.values.ids import uuid7
from app.core.values.time import now
from app.models.tenancy.auth import AuthSession
from app.tenancy.logins import queries
from app.tenancy.logins.auth_services import AuthServices
from app.tenancy.logins.errors import InvalidClient, InvalidScope
from app.tenancy.logins.queries import ClientSecretRow
from app.tenancy.logins.schemas import ClientToken

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
    attempt = await services.throttle.count_attempt("client", token_request.client_id, address)
    async with services.database.begin() as db:
        rows = await queries.find_client_secrets(db, token_request.client_id)
    row, verified = await _find_matching_secret(rows[:MAX_CHECKED_SECRETS], token_request.secret)
    if row is None or row.disabled:
        raise InvalidClient
    scope = sorted(set(row.scopes if token_request.scope is None else token_request.scope))
    if not scope or not set(scope) <= set(row.scopes):
        raise InvalidScope
    session_id = await _start_session(services, row, scope, verified.new_hash)
    await services.throttle.clear_attempt(attempt)
    return ClientToken(
        access_token=await services.tokens.issue(session_id=session_id, subject=row.id),
        token_type="bearer",  # noqa: S106 - RFC 6750's name of the kind
        expires_in=services.tokens.lifetime,
        scope=" ".join(scope),
    )


async def _start_session(
    services: AuthServices, row: ClientSecretRow, scope: list[str], new_hash: str | None
) -> UUID:
    """Write the session and the use of the secret. Returns: the session's id. Raises: InvalidClient."""
    lifetime = timedelta(seconds=services.tokens.lifetime)
    session = AuthSession(id=uuid7(), client_id=row.id, scopes=scope, expires_at=now() + lifetime)
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
    rows: Sequence[ClientSecretRow], secret: str
) -> tuple[ClientSecretRow | None, PasswordCheck]:
    """Find the row that the secret belongs to; an unknown client costs the time of one check."""
    if not rows:
        await verify_password(secret, None)
    for row in rows:
        verified = await verify_password(secret, row.secret_hash)
        if verified.ok:
            return row, verified
    return None, PasswordCheck(ok=False)
