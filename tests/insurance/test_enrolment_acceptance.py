"""Accepting a whole list: all of it or nothing."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.auth.guards import begin_actor
from app.core.errors import NotFound
from app.core.ids import uuid7
from app.insurance.enrolment_acceptance import accept_all
from app.insurance.enrolment_errors import EnrolmentStatus
from tests.insurance.rows import Cast
from tests.world import Login, World

COLUMNS = "status, decided_by, version from enrolment where id = any($1::uuid[])"
AUDITED = (
    "select network, fields from audit_event where event = 'enrolment.accepted' and subject_id = any($1)"
)


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


async def submitted(cast: Cast, count: int) -> list[UUID]:
    answer = await cast.sent(*[cast.row() for _ in range(count)])
    return [UUID(item["enrolment_id"]) for item in answer["items"]]


async def accept(app: FastAPI, officer: Login, ids: list[UUID]) -> None:
    async with app.state.database.begin() as db:
        await accept_all(db, await begin_actor(db, officer.session_id), ids)


class TestAcceptAll:
    async def test_accepts_every_one_and_notes_each_in_its_network(
        self, app: FastAPI, cast: Cast, owner: Any
    ):
        ids = await submitted(cast, 3)
        await accept(app, cast.bhxh, ids)
        rows = await owner.fetch(f"select {COLUMNS}", ids)
        assert [tuple(row) for row in rows] == [("accepted", cast.bhxh.id, 2)] * 3
        audited = await owner.fetch(AUDITED, ids)
        assert [row["network"] for row in audited] == ["womens_union"] * 3

    async def test_one_that_is_no_longer_submitted_stops_all(self, app: FastAPI, cast: Cast, owner: Any):
        ids = await submitted(cast, 2)
        await accept(app, cast.bhxh, ids[:1])
        with pytest.raises(EnrolmentStatus):
            await accept(app, cast.bhxh, ids)
        rows = await owner.fetch(f"select {COLUMNS}", ids[1:])
        assert [row["status"] for row in rows] == ["submitted"]

    async def test_one_that_is_absent_or_elsewhere_is_not_found(self, app: FastAPI, cast: Cast):
        ids = await submitted(cast, 1)
        with pytest.raises(NotFound):
            await accept(app, cast.bhxh, [*ids, uuid7()])
        elsewhere = await cast.world.unit("bhxh", cast.world.sibling_province)
        stranger = await cast.world.user(elsewhere, "bhxh_officer")
        with pytest.raises(NotFound):
            await accept(app, stranger, ids)
