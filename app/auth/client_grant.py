"""Client credentials (RFC 6749, 4.4): how a partner system (hệ thống đối tác) gets its access token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.auth import queries
from app.auth.desk import Desk
from app.auth.errors import InvalidClient, InvalidScope
from app.auth.guards import begin_actor
from app.auth.passwords import Verified, verify_password
from app.auth.queries import SecretRow
from app.auth.schemas import ClientToken
from app.core.errors import Unauthenticated
from app.core.ids import uuid7
from app.core.time import now
from app.models.auth import AuthSession

LIVE_SECRETS = 2
"""So many secrets of a client are looked at: one in use and one that replaces it."""


@dataclass(frozen=True, slots=True)
class ClientClaim:
    """What a client says of itself. scope: the names it asks for, or None for all it has."""

    client_id: str
    secret: str
    scope: Sequence[str] | None


async def grant(desk: Desk, claim: ClientClaim, address: str) -> ClientToken:
    """Start a session that lives as long as its one access token.

    Raises: InvalidClient, InvalidScope, TooManyLogins, PasswordsBusy.
    """
    attempt = await desk.throttle.admit("client", claim.client_id, address)
    async with desk.database.begin() as db:
        rows = await queries.find_client(db, claim.client_id)
    row, verified = await _matching(rows[:LIVE_SECRETS], claim.secret)
    if row is None or row.disabled:
        raise InvalidClient
    scope = sorted(set(row.scopes if claim.scope is None else claim.scope))
    if not scope or not set(scope) <= set(row.scopes):
        raise InvalidScope
    life = timedelta(seconds=desk.tokens.lifetime)
    session = AuthSession(id=uuid7(), client_id=row.id, scopes=scope, expires_at=now() + life)
    session_id = session.id
    async with desk.database.begin() as db:
        db.add(session)
        await db.flush()
        try:
            await begin_actor(db, session_id)
        except Unauthenticated:
            raise InvalidClient from None
        await queries.note_use(db, row, verified.new_hash)
    await desk.throttle.forgive(attempt)
    return ClientToken(
        access_token=await desk.tokens.issue(session_id=session_id, subject=row.id),
        token_type="bearer",  # noqa: S106 - RFC 6750's name of the kind
        expires_in=desk.tokens.lifetime,
        scope=" ".join(scope),
    )


async def _matching(rows: Sequence[SecretRow], secret: str) -> tuple[SecretRow | None, Verified]:
    """The row whose secret it is; an unknown client costs the time of one check."""
    if not rows:
        await verify_password(secret, None)
    for row in rows:
        verified = await verify_password(secret, row.secret_hash)
        if verified.ok:
            return row, verified
    return None, Verified(ok=False)
