"""The steps of an enrolment's life leave their events in the audit and in the outbox, in one transaction with them."""

import json
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.auth.actor import begin_actor
from app.core.errors import NotFound
from app.insurance.enrolments.decisions.deciding import DecisionItem, decide_enrolments
from app.insurance.enrolments.errors import WrongEnrolmentStatus
from app.insurance.enrolments.lifecycle import transition
from app.insurance.enrolments.queries import find_enrolment
from app.insurance.enrolments.rules import Action
from tests.insurance.enrolment_scenario import REASON, EnrolmentScenario
from tests.world import Login, World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


async def list_outbox_events(
    scenario: EnrolmentScenario, enrolment_id: Any
) -> list[tuple[str, dict[str, Any]]]:
    """What the outbox says about an enrolment, in order."""
    rows = await scenario.world.owner.fetch(
        "select kind, data::text as data from outbox_event where subject_id = $1 order by seq", enrolment_id
    )
    return [(row["kind"], json.loads(row["data"])) for row in rows]


async def mark_paid(app: FastAPI, login: Login, enrolment_id: Any) -> None:
    """Take an enrolment the step that posting its premium takes."""
    async with app.state.database.begin() as db:
        actor = await begin_actor(db, login.session_id)
        row = await find_enrolment(db, actor, enrolment_id, lock=True)
        if row is None:
            raise NotFound
        await transition(db, actor, row, Action.PAY)


class TestOutbox:
    async def test_each_step_is_announced(self, scenario: EnrolmentScenario) -> None:
        draft = await scenario.create_draft()
        assert await list_outbox_events(scenario, draft["id"]) == []
        sent = (await scenario.transition(draft, "submit")).json()
        returned = (await scenario.transition(sent, "return", scenario.bhxh, reasons=[REASON])).json()
        await scenario.transition(
            (await scenario.transition(returned, "submit")).json(), "accept", scenario.bhxh
        )
        events = await list_outbox_events(scenario, draft["id"])
        assert [kind for kind, _ in events] == [
            "enrolment.submitted", "enrolment.returned", "enrolment.submitted", "enrolment.accepted",
        ]  # fmt: skip
        assert events[1][1] == {
            "status": "returned",
            "external_ref": draft["external_ref"],
            "product": "bhxh_tn",
            "from_month": "2026-12",
            "reasons": [{"pointer": REASON["pointer"], "code": REASON["code"]}],
        }

    async def test_refused_step_is_not(self, scenario: EnrolmentScenario) -> None:
        draft = await scenario.create_draft()
        assert (await scenario.transition(draft, "accept", scenario.bhxh)).status_code == 409
        assert await list_outbox_events(scenario, draft["id"]) == []

    async def test_batch_announces_what_it_made(self, scenario: EnrolmentScenario) -> None:
        one, other = scenario.row(), scenario.row(product="nothing")
        batch = await scenario.send_ok(one, other, scenario.row(external_ref=one["external_ref"]))
        created = batch["items"][0]["enrolment_id"]
        kind, data = (await list_outbox_events(scenario, created))[0]
        assert (kind, data["status"], data["external_ref"]) == (
            "enrolment.submitted",
            "submitted",
            one["external_ref"],
        )
        row = await scenario.world.owner.fetchrow("select * from outbox_event where subject_id = $1", created)
        assert (row["client_id"], row["organisation_id"], row["network"], row["commune_code"]) == (
            scenario.partner.id,
            scenario.unit.id,
            "womens_union",
            scenario.world.commune,
        )
        assert row["subject_kind"] == "enrolment"
        assert one["national_id"] not in row["data"]

    async def test_dry_run_announces_nothing(self, scenario: EnrolmentScenario) -> None:
        row = scenario.row()
        await scenario.send_ok(row, mode="validate")
        event_count = await scenario.world.owner.fetchval(
            "select count(*) from outbox_event where data->>'external_ref' = $1 and organisation_id = $2",
            row["external_ref"],
            scenario.unit.id,
        )
        assert event_count == 0

    async def test_accepted_lists_are_announced(self, scenario: EnrolmentScenario, app: FastAPI) -> None:
        batch = await scenario.send_ok(scenario.row(), scenario.row())
        ids = [UUID(item["enrolment_id"]) for item in batch["items"]]
        async with app.state.database.begin() as db:
            actor = await begin_actor(db, scenario.bhxh.session_id)
            await decide_enrolments(db, actor, Action.ACCEPT, [DecisionItem(id_) for id_ in ids])
        for one in ids:
            assert [kind for kind, _ in await list_outbox_events(scenario, one)] == [
                "enrolment.submitted",
                "enrolment.accepted",
            ]


class TestTake:
    async def test_a_treasurer_pays(self, scenario: EnrolmentScenario, app: FastAPI) -> None:
        draft = await scenario.create_draft(group_id=str(scenario.group.id))
        sent = (await scenario.transition(draft, "submit")).json()
        await scenario.transition(sent, "accept", scenario.bhxh)
        await mark_paid(app, scenario.treasurer, draft["id"])
        row = await scenario.world.owner.fetchrow("select * from enrolment where id = $1", draft["id"])
        assert row["status"] == "paid"
        assert row["paid_at"] is not None
        assert (await list_outbox_events(scenario, draft["id"]))[-1][0] == "enrolment.paid"
        events = await scenario.world.owner.fetch(
            "select event from audit_event where subject_id = $1 order by id", draft["id"]
        )
        assert events[-1]["event"] == "enrolment.paid"

    async def test_not_before_it_is_accepted(self, scenario: EnrolmentScenario, app: FastAPI) -> None:
        draft = await scenario.create_draft()
        with pytest.raises(WrongEnrolmentStatus):
            await mark_paid(app, scenario.officer, draft["id"])
        assert await list_outbox_events(scenario, draft["id"]) == []


class TestRowsOfTheOutbox:
    async def test_who_sees_them(self, scenario: EnrolmentScenario, app: FastAPI) -> None:
        draft = await scenario.create_draft(group_id=str(scenario.group.id))
        await scenario.transition(draft, "submit")

        async def seen(login: Login) -> int:
            async with app.state.database.begin() as db:
                await begin_actor(db, login.session_id)
                sql = "select count(*) from outbox_event where subject_id = $1"
                connection = await db.connection()
                visible_rows = await connection.exec_driver_sql(sql, (draft["id"],))
                return int(visible_rows.scalar_one())

        assert await seen(scenario.officer) == 1
        assert await seen(scenario.bhxh) == 1
        for stranger in (scenario.farmers, scenario.treasurer, scenario.sibling_officer):
            assert await seen(stranger) == 0
