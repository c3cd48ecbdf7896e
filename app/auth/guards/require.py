"""The guards: each declares the permission that a route needs and returns who asks, so that no handler works without.

`Require` returns the actor of an ordinary route, `RequireCaller` the caller of a hot one.
"""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor, begin_actor
from app.auth.caller import Caller, join_names
from app.auth.errors import (
    EmergencyReadsOnly,
    InvalidToken,
    PasswordChangeRequired,
    SandboxOnly,
    SecondFactorRequired,
)
from app.auth.guards.allowance import consume_rows, count_request
from app.auth.permissions import Permission, emergency_roles_with, roles_with, scopes_with
from app.auth.tokens import AccessTokens
from app.core.errors import Forbidden, Unauthenticated
from app.core.http.parameters.client_address import get_client_address
from app.core.http.parameters.unit_of_work import Db
from app.core.http.routing import before_body
from app.core.postgres.database import Database

_READ_METHODS = frozenset({"GET", "HEAD"})
_SESSION_KEY: Final = "ansinh.session"
_SUBJECT_KEY: Final = "ansinh.subject"

RefusedTokenReport = Callable[[str, UUID | None, str], None]
"""Is told of a refused token: the refusal's code, whose token it is (None: a forged one), and the caller's address."""


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
    try:
        claims = await tokens.verify(token)
    except InvalidToken:
        report_refused_token(request, InvalidToken.code)
        raise
    await count_request(request, claims.subject)
    request.scope[_SESSION_KEY] = claims.session_id
    request.scope[_SUBJECT_KEY] = claims.subject
    return claims.session_id


def report_refused_token(request: Request, code: str) -> None:
    """Report a refused token: a forged one is nobody's, a genuine one that of its holder."""
    report: RefusedTokenReport = request.app.state.report_refused_token
    report(code, request.scope.get(_SUBJECT_KEY), get_client_address(request))


async def begin_request_actor(
    request: Request,
    db: AsyncSession,
    session_id: UUID,
    *,
    unverified: bool = False,
    initial: bool = False,
) -> Actor:
    """Begin the actor of a request.

    unverified: also one who must first show a second factor. initial: also one who must first change the password.
    Raises: Unauthenticated, PasswordChangeRequired, SecondFactorRequired.
    """
    try:
        actor = await begin_actor(db, session_id)
    except Unauthenticated:
        report_refused_token(request, Unauthenticated.code)
        raise
    if actor.initial and not initial:
        raise PasswordChangeRequired
    if actor.unverified and not unverified:
        raise SecondFactorRequired
    return actor


class Require:
    """`actor: Annotated[Actor, Depends(Require(Permission.GROUP_READ))]`.

    Answers 401 without a valid session and 403 when the actor may not do this. A partner system in the sandbox may
    only read, whatever its scopes are; sandbox=True says of another route that it changes nothing for others. Who must
    show a second factor is let through by unverified=True alone, who must change the password by initial=True, a
    session of an emergency access by emergency=True: such a route notes in the read audit whom it shows.
    """

    def __init__(
        self,
        permission: Permission,
        *,
        sandbox: bool = False,
        unverified: bool = False,
        initial: bool = False,
        emergency: bool = False,
    ) -> None:
        self.permission = permission
        self.emergency = emergency
        self.sandbox = sandbox
        self.unverified = unverified
        self.initial = initial

    async def __call__(
        self, request: Request, db: Db, session_id: Annotated[UUID, Depends(authenticate_session)]
    ) -> Actor:
        actor = await begin_request_actor(
            request, db, session_id, unverified=self.unverified, initial=self.initial
        )
        if actor.emergency_access_id is not None and not self.emergency:
            raise EmergencyReadsOnly
        if not actor.has_permission(self.permission):
            raise SandboxOnly if actor.would_have_permission(self.permission) else Forbidden
        if request.method not in _READ_METHODS and not self.sandbox and actor.sandbox:
            raise SandboxOnly
        return actor


class RequireCaller:
    """`caller: Annotated[Caller, Depends(RequireCaller(Permission.CONTRIBUTION_RECORD))]`: the guard of a hot route.

    The token is checked here, the session and the permission in the round trip of the work itself. emergency: as for
    `Require`.
    """

    def __init__(self, permission: Permission, *, emergency: bool = False) -> None:
        self.permission = permission
        self.emergency = emergency
        self._roles = join_names(
            roles_with(permission) + (emergency_roles_with(permission) if emergency else [])
        )
        self._scopes = join_names(scopes_with(permission))
        before_body(self)

    async def __call__(self, request: Request) -> Caller:
        database: Database = request.app.state.database
        return Caller(
            await authenticate_session(request),
            self._roles,
            self._scopes,
            database.call,
            partial(consume_rows, request),
            partial(report_refused_token, request, Unauthenticated.code),
            database.process_key,
        )
