"""Nothing is offered without a permission, no permission lacks a holder, and the matrix tries every route."""

from collections import Counter
from typing import Any

import pytest
from fastapi import FastAPI

from app.auth.permissions import BHXH_ROLES, GRANTS, SCOPE_WORDS, SCOPES, UNION_ROLES, Permission, Role
from app.core.settings import Settings
from app.main import PUBLIC_PATHS, create_app
from tests.access.matrix import LINES
from tests.access.offered import Offer, offers


@pytest.fixture(scope="module")
def offered(app: FastAPI) -> list[Offer]:
    return offers(app)


@pytest.fixture(scope="module")
def guarded(offered: list[Offer]) -> list[Offer]:
    return [offer for offer in offered if offer.path not in PUBLIC_PATHS]


class TestRoutes:
    async def test_the_walk_sees_them(self, offered: list[Offer]):
        assert len(offered) > 50
        assert {"GET /v1/auth/me", "GET /v1/places", "GET /health/live"} <= {offer.name for offer in offered}

    async def test_every_one_declares_a_permission(self, guarded: list[Offer]):
        assert [offer.name for offer in guarded if offer.permission is None] == []

    async def test_public_ones_exist_and_have_no_guard(self, offered: list[Offer]):
        public = [offer for offer in offered if offer.path in PUBLIC_PATHS]
        assert {offer.path for offer in public} == PUBLIC_PATHS
        assert [offer.name for offer in public if offer.permission is not None] == []

    async def test_none_is_offered_twice(self, offered: list[Offer]):
        counted = Counter(offer.name for offer in offered)
        assert [name for name, times in counted.items() if times > 1] == []

    async def test_the_document_agrees(self, app: FastAPI, offered: list[Offer]):
        operations: dict[str, Any] = {
            f"{method.upper()} {path}": operation
            for path, methods in app.openapi()["paths"].items()
            for method, operation in methods.items()
        }
        assert set(operations) == {offer.name for offer in offered}
        open_to_all = {name for name, operation in operations.items() if operation.get("security") == []}
        assert open_to_all == {offer.name for offer in offered if offer.path in PUBLIC_PATHS}


class TestMatrix:
    async def test_every_route_is_in_it(self, guarded: list[Offer]):
        assert sorted({offer.name for offer in guarded} - {line.name for line in LINES}) == []

    async def test_every_line_is_a_route(self, guarded: list[Offer]):
        assert sorted({line.name for line in LINES} - {offer.name for offer in guarded}) == []

    async def test_lines_expect_the_permission_that_the_route_demands(self, guarded: list[Offer]):
        declared = {offer.name: offer.permission for offer in guarded}
        assert [line.name for line in LINES if declared.get(line.name) != line.permission] == []

    async def test_a_route_without_a_line_is_noticed(self, settings: Settings):
        grown = create_app(settings)
        grown.add_api_route("/v1/forgotten", lambda: None, methods=["GET"])
        names = {offer.name for offer in offers(grown)} - {line.name for line in LINES}
        assert "GET /v1/forgotten" in names


class TestRights:
    async def test_every_role_is_granted_something(self):
        assert set(GRANTS) == set(Role)
        assert all(Permission.SELF in granted for granted in GRANTS.values())

    async def test_every_permission_has_a_holder(self):
        assert set().union(*GRANTS.values()) == set(Permission)

    async def test_every_permission_is_demanded_somewhere(self, guarded: list[Offer]):
        demanded = {offer.permission for offer in guarded}
        assert set(Permission) - demanded == set()

    async def test_every_role_is_somebodys(self):
        assert set(Role) == BHXH_ROLES | UNION_ROLES

    async def test_every_scope_is_in_words(self):
        assert set(SCOPES) == set(SCOPE_WORDS)

    async def test_deciding_is_bhxhs_and_money_is_not(self):
        for role, granted in GRANTS.items():
            assert (Permission.ENROLMENT_DECIDE in granted) == (role in BHXH_ROLES - {Role.VIEWER})
            assert not (Permission.CONTRIBUTION_RECORD in granted and role in BHXH_ROLES)
        assert not any(Permission.ENROLMENT_DECIDE in granted for granted in SCOPES.values())

    async def test_a_viewer_reads_no_persons_and_writes_nothing(self):
        assert {permission.value.rpartition(".")[2] for permission in GRANTS[Role.VIEWER]} == {"self", "read"}
        people = {
            Permission.MEMBER_READ,
            Permission.CONTRIBUTION_READ,
            Permission.ENROLMENT_READ,
            Permission.USER_READ,
            Permission.AUDIT_READ,
        }
        assert not GRANTS[Role.VIEWER] & people
