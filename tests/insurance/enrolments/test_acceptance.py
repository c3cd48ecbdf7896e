"""Accepting a whole list: all of it or nothing."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.auth.actor import begin_actor
from app.core.errors import NotFound
from app.core.values.ids import uuid7
from app.insurance.enrolments.acceptance import accept_enrolments
from app.insurance.enrolments.errors import WrongEnrolmentStatus
from tests.insurance.enrolment_scenario import EnrolmentScenario
from tests.world import Login, World

COLUMNS = "status, decided_by, version from enrolment where id = any($1::uuid[])"
AUDITED = (
    "select network, fields from audit_event where event = 'enrolment.accepted' and subject_id = any($1)"
)


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


async def create_submitted(scenario: EnrolmentScenario, count: int) -> list[UUID]:
    body = await scenario.send_ok(*[scenario.row() for _ in range(count)])
    return [UUID(item["enrolment_id"]) for item in body["items"]]


async def accept_as_bhxh(app: FastAPI, officer: Login, ids: list[UUID]) -> None:
    async with app.state.database.begin() as db:
        await accept_enrolments(db, await begin_actor(db, officer.session_id), ids)


class TestAcceptAll:
    async def test_accepts_every_one_and_notes_each_in_its_network(
        self, app: FastAPI, scenario: EnrolmentScenario, owner: Any
    ):
        ids = await create_submitted(scenario, 3)
        await accept_as_bhxh(app, scenario.bhxh, ids)
        rows = await owner.fetch(f"select {COLUMNS}", ids)
        assert [tuple(row) for row in rows] == [("accepted", scenario.bhxh.id, 2)] * 3
        audited = await owner.fetch(AUDITED, ids)
        assert [row["network"] for row in audited] == ["womens_union"] * 3

    async def test_one_that_is_no_longer_submitted_stops_all(
        self, app: FastAPI, scenario: EnrolmentScenario, owner: Any
    ):
        ids = await create_submitted(scenario, 2)
        await accept_as_bhxh(app, scenario.bhxh, ids[:1])
        with pytest.raises(WrongEnrolmentStatus):
            await accept_as_bhxh(app, scenario.bhxh, ids)
        rows = await owner.fetch(f"select {COLUMNS}", ids[1:])
        assert [row["status"] for row in rows] == ["submitted"]

    async def test_one_that_is_absent_or_elsewhere_is_not_found(
        self, app: FastAPI, scenario: EnrolmentScenario
    ):
        ids = await create_submitted(scenario, 1)
        with pytest.raises(NotFound):
            await accept_as_bhxh(app, scenario.bhxh, [*ids, uuid7()])
        elsewhere = await scenario.world.unit("bhxh", scenario.world.sibling_province)
        stranger = await scenario.world.user(elsewhere, "bhxh_officer")
        with pytest.raises(NotFound):
            await accept_as_bhxh(app, stranger, ids)
