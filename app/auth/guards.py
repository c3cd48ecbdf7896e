"""The guard: declares what a route needs and returns the actor, so that no handler works without one."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.allowance import admit
from app.auth.errors import SandboxOnly
from app.auth.permissions import Permission
from app.auth.tokens import AccessTokens
from app.core.db import Db
from app.core.errors import Forbidden, Unauthenticated

_READING = frozenset({"GET", "HEAD"})
_BEGIN = text("select * from begin_actor(:session_id)")


async def session_of(request: Request) -> UUID:
    """The session that the request's bearer token proves, and whose request is counted here.

    Raises: Unauthenticated when there is none, or it is anything but a token of ours; TooMany.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    tokens: AccessTokens = request.app.state.tokens
    claims = await tokens.verify(token)
    await admit(request, claims.subject)
    return claims.session_id


async def begin_actor(db: AsyncSession, session_id: UUID) -> Actor:
    """Check the session and set the transaction's scope, in one round trip.

    Raises: Unauthenticated when the session, its user, client or device is no longer valid.
    """
    connection = await db.connection()
    row = (await connection.execute(_BEGIN, {"session_id": session_id})).one()
    if row.session_id is None:
        raise Unauthenticated
    return Actor.of(row)


class Require:
    """`actor: Annotated[Actor, Depends(Require(Permission.GROUP_READ))]`.

    Answers 401 without a valid session and 403 when the actor may not do this. A partner system in the sandbox may
    only read, whatever its scopes are; sandbox=True says of another route that it changes nothing for others.
    """

    def __init__(self, permission: Permission, *, sandbox: bool = False) -> None:
        self.permission = permission
        self.sandbox = sandbox

    async def __call__(
        self, request: Request, db: Db, session_id: Annotated[UUID, Depends(session_of)]
    ) -> Actor:
        actor = await begin_actor(db, session_id)
        if not actor.may(self.permission):
            raise SandboxOnly if actor.would(self.permission) else Forbidden
        if request.method not in _READING and not self.sandbox and actor.sandbox:
            raise SandboxOnly
        return actor
