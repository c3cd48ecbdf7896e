"""No route lacks a permission, no permission lacks a holder, and the matrix tries every route."""

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
    return [route for route in routes if route.path not in PUBLIC_PATHS]


class TestRoutes:
    async def test_the_walk_sees_them(self, routes: list[GuardedRoute]):
        assert len(routes) > 50
        assert {"GET /v1/auth/me", "GET /v1/places", "GET /health/live"} <= {route.name for route in routes}

    async def test_every_one_declares_a_permission(self, guarded_routes: list[GuardedRoute]):
        assert [route.name for route in guarded_routes if route.permission is None] == []

    async def test_public_ones_exist_and_have_no_guard(self, routes: list[GuardedRoute]):
        public = [route for route in routes if route.path in PUBLIC_PATHS]
        assert {route.path for route in public} == PUBLIC_PATHS
        assert [route.name for route in public if route.permission is not None] == []

    async def test_none_is_offered_twice(self, routes: list[GuardedRoute]):
        counted = Counter(route.name for route in routes)
        assert [name for name, times in counted.items() if times > 1] == []

    async def test_the_document_agrees(self, app: FastAPI, routes: list[GuardedRoute]):
        operations: dict[str, Any] = {
            f"{method.upper()} {path}": operation
            for path, methods in app.openapi()["paths"].items()
            for method, operation in methods.items()
        }
        assert set(operations) == {route.name for route in routes}
        open_to_all = {name for name, operation in operations.items() if operation.get("security") == []}
        assert open_to_all == {route.name for route in routes if route.path in PUBLIC_PATHS}


class TestMatrix:
    async def test_every_route_is_in_it(self, guarded_routes: list[GuardedRoute]):
        assert sorted({route.name for route in guarded_routes} - {case.name for case in CASES}) == []

    async def test_every_line_is_a_route(self, guarded_routes: list[GuardedRoute]):
        assert sorted({case.name for case in CASES} - {route.name for route in guarded_routes}) == []

    async def test_lines_expect_the_permission_that_the_route_demands(
        self, guarded_routes: list[GuardedRoute]
    ):
        declared = {route.name: route.permission for route in guarded_routes}
        assert [case.name for case in CASES if declared.get(case.name) != case.permission] == []

    async def test_a_route_without_a_line_is_noticed(self, settings: Settings):
        extended_app = create_app(settings)
        extended_app.add_api_route("/v1/forgotten", lambda: None, methods=["GET"])
        names = {route.name for route in list_routes(extended_app)} - {case.name for case in CASES}
        assert "GET /v1/forgotten" in names


class TestRights:
    async def test_every_role_is_granted_something(self):
        assert set(ROLE_PERMISSIONS) == set(Role)
        assert all(Permission.SELF in granted for granted in ROLE_PERMISSIONS.values())

    async def test_every_permission_has_a_holder(self):
        assert set().union(*ROLE_PERMISSIONS.values()) == set(Permission)

    async def test_every_permission_is_demanded_somewhere(self, guarded_routes: list[GuardedRoute]):
        demanded = {route.permission for route in guarded_routes}
        assert set(Permission) - demanded == set()

    async def test_every_role_is_somebodys(self):
        assert set(Role) == BHXH_ROLES | UNION_ROLES

    async def test_every_scope_is_in_words(self):
        assert set(SCOPE_PERMISSIONS) == set(SCOPE_DESCRIPTIONS)

    async def test_deciding_is_bhxhs_and_money_is_not(self):
        for role, granted in ROLE_PERMISSIONS.items():
            assert (Permission.ENROLMENT_DECIDE in granted) == (role in {Role.BHXH_ADMIN, Role.BHXH_OFFICER})
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
