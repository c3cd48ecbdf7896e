"""A partner system in the sandbox (chỉ thử) reads and validates; no route lets it write, and a new one is noticed.

That each route refuses it over HTTP, and that nothing is written, is tried by the matrix, of whose actors it is one.
"""

import pytest
from fastapi import FastAPI

from app.auth.guards import Require
from app.auth.permissions import SANDBOX, SANDBOX_SCOPES, SCOPES, Permission, permissions_of, scopes_with
from app.core.settings import Settings
from app.main import PUBLIC_PATHS, create_app
from tests.access.offered import Offer, offers

HARMLESS = {
    "POST /v1/auth/logout": "ends its own session",
    "POST /v1/members/search": "reads, by a number that may not stand in an address",
    "POST /v1/enrolments/batches": "with mode=validate; the service refuses the other modes",
    "POST /v1/contributions/batches": "with mode=validate; the service refuses the other modes",
}
"""Everything beside reading that a client in the sandbox may call, with the reason."""


def open_to_sandbox(offer: Offer) -> bool:
    """Whether a client in the sandbox with every scope passes the guard of a route that is no GET."""
    if offer.permission not in permissions_of((), SANDBOX_SCOPES):
        return False
    return offer.guard.sandbox if isinstance(offer.guard, Require) else True


class TestSandbox:
    async def test_only_these_are_open_to_it(self, app: FastAPI):
        writing = [offer for offer in offers(app) if offer.method != "GET" and offer.path not in PUBLIC_PATHS]
        assert len(writing) > 50
        assert {offer.name for offer in writing if open_to_sandbox(offer)} == set(HARMLESS)

    async def test_a_new_route_that_writes_under_a_right_to_read_is_refused(self, settings: Settings):
        """Beside the rights, the method decides: what is no GET must say that it is harmless."""
        grown = create_app(settings)
        guard = Require(Permission.ENROLMENT_READ)
        grown.add_api_route("/v1/forgotten", lambda: None, methods=["POST"])
        forgotten = next(offer for offer in offers(grown) if offer.path == "/v1/forgotten")
        assert not open_to_sandbox(Offer("POST", forgotten.path, guard))

    @pytest.mark.parametrize("scope", SCOPES)
    async def test_a_scope_keeps_nothing_that_writes(self, scope: str):
        left = permissions_of((), [SANDBOX + scope])
        assert left <= permissions_of((), [scope])
        assert {permission for permission in left if not permission.value.endswith(".read")} <= {
            Permission.SELF,
            Permission.CONTRIBUTION_VALIDATE,
            Permission.ENROLMENT_VALIDATE,
            Permission.JOB_USE,
        }

    async def test_hot_paths_are_told_of_it_for_reading_alone(self):
        assert SANDBOX + "contributions:write" in scopes_with(Permission.CONTRIBUTION_READ)
        assert [s for s in scopes_with(Permission.CONTRIBUTION_RECORD) if s.startswith(SANDBOX)] == []
        assert SANDBOX + "contributions:write" in scopes_with(Permission.CONTRIBUTION_VALIDATE)
        assert SANDBOX + "contributions:read" not in scopes_with(Permission.CONTRIBUTION_VALIDATE)
