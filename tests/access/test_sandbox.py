"""A partner system in the sandbox (chỉ thử) reads and validates; no route lets it write, and a new one is noticed.

That each route refuses it over HTTP, and that nothing is written, is tried by the matrix, of whose actors it is one.
"""

import pytest
from fastapi import FastAPI

from app.auth.guards.require import Require
from app.auth.permissions import (
    SANDBOX_PREFIX,
    SANDBOX_SCOPE_PERMISSIONS,
    SCOPE_PERMISSIONS,
    Permission,
    permissions_of,
    scopes_with,
)
from app.core.settings import Settings
from app.main import PUBLIC_PATHS, create_app
from tests.access.routes import GuardedRoute, list_routes

SANDBOX_ROUTES = {
    "POST /v1/auth/logout": "ends its own session",
    "POST /v1/members/search": "reads, by a number that may not stand in an address",
    "POST /v1/enrolments/batches": "with mode=validate; the service refuses the other modes",
    "POST /v1/contributions/batches": "with mode=validate; the service refuses the other modes",
}
"""Everything beside reading that a client in the sandbox may call, with the reason."""


def is_open_to_sandbox(route: GuardedRoute) -> bool:
    """Whether a client in the sandbox with every scope passes the guard of a route that is no GET."""
    if route.permission not in permissions_of((), SANDBOX_SCOPE_PERMISSIONS):
        return False
    return route.guard.sandbox if isinstance(route.guard, Require) else True


class TestSandbox:
    async def test_only_these_are_open_to_it(self, app: FastAPI):
        writing = [
            route for route in list_routes(app) if route.method != "GET" and route.path not in PUBLIC_PATHS
        ]
        assert len(writing) > 50
        assert {route.name for route in writing if is_open_to_sandbox(route)} == set(SANDBOX_ROUTES)

    async def test_a_new_route_that_writes_under_a_right_to_read_is_refused(self, settings: Settings):
        """Beside the rights, the method decides: what is no GET must say that it is harmless."""
        extended_app = create_app(settings)
        guard = Require(Permission.ENROLMENT_READ)
        extended_app.add_api_route("/v1/forgotten", lambda: None, methods=["POST"])
        forgotten = next(route for route in list_routes(extended_app) if route.path == "/v1/forgotten")
        assert not is_open_to_sandbox(GuardedRoute("POST", forgotten.path, guard))

    @pytest.mark.parametrize("scope", SCOPE_PERMISSIONS)
    async def test_a_scope_keeps_nothing_that_writes(self, scope: str):
        left = permissions_of((), [SANDBOX_PREFIX + scope])
        assert left <= permissions_of((), [scope])
        assert {permission for permission in left if not permission.value.endswith(".read")} <= {
            Permission.SELF,
            Permission.CONTRIBUTION_VALIDATE,
            Permission.ENROLMENT_VALIDATE,
            Permission.JOB_USE,
        }

    async def test_hot_paths_are_told_of_it_for_reading_alone(self):
        assert SANDBOX_PREFIX + "contributions:write" in scopes_with(Permission.CONTRIBUTION_READ)
        assert [s for s in scopes_with(Permission.CONTRIBUTION_RECORD) if s.startswith(SANDBOX_PREFIX)] == []
        assert SANDBOX_PREFIX + "contributions:write" in scopes_with(Permission.CONTRIBUTION_VALIDATE)
        assert SANDBOX_PREFIX + "contributions:read" not in scopes_with(Permission.CONTRIBUTION_VALIDATE)
