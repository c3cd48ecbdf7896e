"""The guard: declares the permission that a route needs and returns the actor, so that no handler works without one."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.errors import SandboxOnly
from app.auth.guards.allowance import count_request
from app.auth.permissions import Permission
from app.auth.tokens import AccessTokens
from app.core.errors import Forbidden, Unauthenticated
from app.core.postgres.database import Db

_READ_METHODS = frozenset({"GET", "HEAD"})
_BEGIN = text("select * from begin_actor(:session_id)")


async def authenticate_session(request: Request) -> UUID:
    """Authenticate the request's bearer token, count the request, and return the session's id.

    Raises: Unauthenticated when there is none, or it is anything but a token of ours; TooMany.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    tokens: AccessTokens = request.app.state.tokens
    claims = await tokens.verify(token)
    await count_request(request, claims.subject)
    return claims.session_id


async def begin_actor(db: AsyncSession, session_id: UUID) -> Actor:
    """Check the session and set the transaction's scope, in one round trip.

    Raises: Unauthenticated when the session, its user, client or device is no longer valid.
    """
    connection = await db.connection()
    row = (await connection.execute(_BEGIN, {"session_id": session_id})).one()
    if row.session_id is None:
        raise Unauthenticated
    return Actor.from_row(row)


class Require:
    """`actor: Annotated[Actor, Depends(Require(Permission.GROUP_READ))]`.

    Answers 401 without a valid session and 403 when the actor may not do this. A partner system in the sandbox may
    only read, whatever its scopes are; sandbox=True says of another route that it changes nothing for others.
    """

    def __init__(self, permission: Permission, *, sandbox: bool = False) -> None:
        self.permission = permission
        self.sandbox = sandbox

    async def __call__(
        self, request: Request, db: Db, session_id: Annotated[UUID, Depends(authenticate_session)]
    ) -> Actor:
        actor = await begin_actor(db, session_id)
        if not actor.has_permission(self.permission):
            raise SandboxOnly if actor.would_have_permission(self.permission) else Forbidden
        if request.method not in _READ_METHODS and not self.sandbox and actor.sandbox:
            raise SandboxOnly
        return actor
