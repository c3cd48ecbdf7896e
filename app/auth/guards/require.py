"""The guards: each declares the permission that a route needs and returns who asks, so that no handler works without.

`Require` returns the actor of an ordinary route, `RequireCaller` the caller of a hot one.
"""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request

from app.auth.actor import Actor, begin_actor
from app.auth.caller import Caller
from app.auth.errors import SandboxOnly
from app.auth.guards.allowance import consume_rows, count_request
from app.auth.permissions import Permission, roles_with, scopes_with
from app.auth.tokens import AccessTokens
from app.core.errors import Forbidden, Unauthenticated
from app.core.http.parameters.unit_of_work import Db
from app.core.http.routing import before_body
from app.core.postgres.database import Database

_READ_METHODS = frozenset({"GET", "HEAD"})
_SESSION_KEY: Final = "ansinh.session"


@before_body
async def authenticate_session(request: Request) -> UUID:
    """Authenticate the request's bearer token, count the request, and return the session's id: once for each request.

    Raises: Unauthenticated when there is none, or it is anything but a token of ours; TooManyRequests.
    """
    session_id: UUID | None = request.scope.get(_SESSION_KEY)
    if session_id is not None:
        return session_id
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    tokens: AccessTokens = request.app.state.tokens
    claims = await tokens.verify(token)
    await count_request(request, claims.subject)
    request.scope[_SESSION_KEY] = claims.session_id
    return claims.session_id


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


class RequireCaller:
    """`caller: Annotated[Caller, Depends(RequireCaller(Permission.CONTRIBUTION_RECORD))]`: the guard of a hot route.

    The token is checked here, the session and the permission in the round trip of the work itself.
    """

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        self._roles = roles_with(permission)
        self._scopes = scopes_with(permission)
        before_body(self)

    async def __call__(self, request: Request) -> Caller:
        database: Database = request.app.state.database
        return Caller(
            await authenticate_session(request),
            self._roles,
            self._scopes,
            database.call,
            partial(consume_rows, request),
        )
