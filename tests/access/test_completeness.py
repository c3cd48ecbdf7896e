"""Nothing is offered without a permission, no permission lacks a holder, and the matrix tries every route."""

from collections import Counter
from typing import Any

import pytest
from fastapi import FastAPI

from app.auth.permissions import (
    BHXH_ROLES,
    ROLE_PERMISSIONS,
    SCOPE_DESCRIPTIONS,
    SCOPE_PERMISSIONS,
    UNION_ROLES,
    Permission,
    Role,
)
from app.core.settings import Settings
from app.main import PUBLIC_PATHS, create_app
from tests.access.matrix import CASES
from tests.access.routes import GuardedRoute, list_routes


@pytest.fixture(scope="module")
def routes(app: FastAPI) -> list[GuardedRoute]:
    return list_routes(app)


@pytest.fixture(scope="module")
def guarded_routes(routes: list[GuardedRoute]) -> list[GuardedRoute]:
    return [offer for offer in routes if offer.path not in PUBLIC_PATHS]


class TestRoutes:
    async def test_the_walk_sees_them(self, routes: list[GuardedRoute]):
        assert len(routes) > 50
        assert {"GET /v1/auth/me", "GET /v1/places", "GET /health/live"} <= {offer.name for offer in routes}

    async def test_every_one_declares_a_permission(self, guarded_routes: list[GuardedRoute]):
        assert [offer.name for offer in guarded_routes if offer.permission is None] == []

    async def test_public_ones_exist_and_have_no_guard(self, routes: list[GuardedRoute]):
        public = [offer for offer in routes if offer.path in PUBLIC_PATHS]
        assert {offer.path for offer in public} == PUBLIC_PATHS
        assert [offer.name for offer in public if offer.permission is not None] == []

    async def test_none_is_offered_twice(self, routes: list[GuardedRoute]):
        counted = Counter(offer.name for offer in routes)
        assert [name for name, times in counted.items() if times > 1] == []

    async def test_the_document_agrees(self, app: FastAPI, routes: list[GuardedRoute]):
        operations: dict[str, Any] = {
            f"{method.upper()} {path}": operation
            for path, methods in app.openapi()["paths"].items()
            for method, operation in methods.items()
        }
        assert set(operations) == {offer.name for offer in routes}
        open_to_all = {name for name, operation in operations.items() if operation.get("security") == []}
        assert open_to_all == {offer.name for offer in routes if offer.path in PUBLIC_PATHS}


class TestMatrix:
    async def test_every_route_is_in_it(self, guarded_routes: list[GuardedRoute]):
        assert sorted({offer.name for offer in guarded_routes} - {line.name for line in CASES}) == []

    async def test_every_line_is_a_route(self, guarded_routes: list[GuardedRoute]):
        assert sorted({line.name for line in CASES} - {offer.name for offer in guarded_routes}) == []

    async def test_lines_expect_the_permission_that_the_route_demands(
        self, guarded_routes: list[GuardedRoute]
    ):
        declared = {offer.name: offer.permission for offer in guarded_routes}
        assert [line.name for line in CASES if declared.get(line.name) != line.permission] == []

    async def test_a_route_without_a_line_is_noticed(self, settings: Settings):
        grown = create_app(settings)
        grown.add_api_route("/v1/forgotten", lambda: None, methods=["GET"])
        names = {offer.name for offer in list_routes(grown)} - {line.name for line in CASES}
        assert "GET /v1/forgotten" in names


class TestRights:
    async def test_every_role_is_granted_something(self):
        assert set(ROLE_PERMISSIONS) == set(Role)
        assert all(Permission.SELF in granted for granted in ROLE_PERMISSIONS.values())

    async def test_every_permission_has_a_holder(self):
        assert set().union(*ROLE_PERMISSIONS.values()) == set(Permission)

    async def test_every_permission_is_demanded_somewhere(self, guarded_routes: list[GuardedRoute]):
        demanded = {offer.permission for offer in guarded_routes}
        assert set(Permission) - demanded == set()

    async def test_every_role_is_somebodys(self):
        assert set(Role) == BHXH_ROLES | UNION_ROLES

    async def test_every_scope_is_in_words(self):
        assert set(SCOPE_PERMISSIONS) == set(SCOPE_DESCRIPTIONS)

    async def test_deciding_is_bhxhs_and_money_is_not(self):
        for role, granted in ROLE_PERMISSIONS.items():
            assert (Permission.ENROLMENT_DECIDE in granted) == (role in BHXH_ROLES - {Role.VIEWER})
            assert not (Permission.CONTRIBUTION_RECORD in granted and role in BHXH_ROLES)
        assert not any(Permission.ENROLMENT_DECIDE in granted for granted in SCOPE_PERMISSIONS.values())

    async def test_a_viewer_reads_no_persons_and_writes_nothing(self):
        assert {permission.value.rpartition(".")[2] for permission in ROLE_PERMISSIONS[Role.VIEWER]} == {
            "self",
            "read",
        }
        people = {
            Permission.MEMBER_READ,
            Permission.CONTRIBUTION_READ,
            Permission.ENROLMENT_READ,
            Permission.USER_READ,
            Permission.AUDIT_READ,
        }
        assert not ROLE_PERMISSIONS[Role.VIEWER] & people
