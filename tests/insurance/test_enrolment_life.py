"""The steps of an enrolment's life leave their events in the audit and in the outbox, in one transaction with them."""

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.auth.guards import begin_actor
from app.core.errors import NotFound
from app.insurance.enrolment_acceptance import accept_all
from app.insurance.enrolment_errors import EnrolmentStatus
from app.insurance.enrolment_life import take
from app.insurance.enrolment_queries import read_enrolment
from app.insurance.enrolment_rules import Action
from tests.insurance.rows import REASON, Cast
from tests.world import Login, World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


async def told(cast: Cast, enrolment_id: Any) -> list[tuple[str, dict[str, Any]]]:
    """What the outbox says about an enrolment, in order."""
    rows = await cast.world.owner.fetch(
        "select kind, data::text as data from outbox_event where subject_id = $1 order by seq", enrolment_id
    )
    return [(row["kind"], json.loads(row["data"])) for row in rows]


async def paid(app: FastAPI, login: Login, enrolment_id: Any) -> None:
    """Take an enrolment the step that posting its premium takes."""
    async with app.state.database.begin() as db:
        actor = await begin_actor(db, login.session_id)
        row = await read_enrolment(db, actor, enrolment_id, lock=True)
        if row is None:
            raise NotFound
        await take(db, actor, row, Action.PAY)


class TestOutbox:
    async def test_each_step_is_announced(self, cast: Cast) -> None:
        draft = await cast.draft()
        assert await told(cast, draft["id"]) == []
        sent = (await cast.step(draft, "submit")).json()
        returned = (await cast.step(sent, "return", cast.bhxh, reasons=[REASON])).json()
        await cast.step((await cast.step(returned, "submit")).json(), "accept", cast.bhxh)
        events = await told(cast, draft["id"])
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

    async def test_refused_step_is_not(self, cast: Cast) -> None:
        draft = await cast.draft()
        assert (await cast.step(draft, "accept", cast.bhxh)).status_code == 409
        assert await told(cast, draft["id"]) == []

    async def test_batch_announces_what_it_made(self, cast: Cast) -> None:
        one, other = cast.row(), cast.row(product="nothing")
        batch = await cast.sent(one, other, cast.row(external_ref=one["external_ref"]))
        made = batch["items"][0]["enrolment_id"]
        kind, data = (await told(cast, made))[0]
        assert (kind, data["status"], data["external_ref"]) == (
            "enrolment.submitted",
            "submitted",
            one["external_ref"],
        )
        row = await cast.world.owner.fetchrow("select * from outbox_event where subject_id = $1", made)
        assert (row["client_id"], row["organisation_id"], row["network"], row["commune_code"]) == (
            cast.partner.id,
            cast.unit.id,
            "womens_union",
            cast.world.commune,
        )
        assert row["subject_kind"] == "enrolment"
        assert one["national_id"] not in row["data"]

    async def test_dry_run_announces_nothing(self, cast: Cast) -> None:
        row = cast.row()
        await cast.sent(row, mode="validate")
        found = await cast.world.owner.fetchval(
            "select count(*) from outbox_event where data->>'external_ref' = $1 and organisation_id = $2",
            row["external_ref"],
            cast.unit.id,
        )
        assert found == 0

    async def test_accepted_lists_are_announced(self, cast: Cast, app: FastAPI) -> None:
        batch = await cast.sent(cast.row(), cast.row())
        ids = [item["enrolment_id"] for item in batch["items"]]
        async with app.state.database.begin() as db:
            await accept_all(db, await begin_actor(db, cast.bhxh.session_id), ids)
        for one in ids:
            assert [kind for kind, _ in await told(cast, one)] == [
                "enrolment.submitted",
                "enrolment.accepted",
            ]


class TestTake:
    async def test_a_treasurer_pays(self, cast: Cast, app: FastAPI) -> None:
        draft = await cast.draft(group_id=str(cast.group.id))
        sent = (await cast.step(draft, "submit")).json()
        await cast.step(sent, "accept", cast.bhxh)
        await paid(app, cast.treasurer, draft["id"])
        row = await cast.world.owner.fetchrow("select * from enrolment where id = $1", draft["id"])
        assert row["status"] == "paid"
        assert row["paid_at"] is not None
        assert (await told(cast, draft["id"]))[-1][0] == "enrolment.paid"
        events = await cast.world.owner.fetch(
            "select event from audit_event where subject_id = $1 order by id", draft["id"]
        )
        assert events[-1]["event"] == "enrolment.paid"

    async def test_not_before_it_is_accepted(self, cast: Cast, app: FastAPI) -> None:
        draft = await cast.draft()
        with pytest.raises(EnrolmentStatus):
            await paid(app, cast.officer, draft["id"])
        assert await told(cast, draft["id"]) == []


class TestRowsOfTheOutbox:
    async def test_who_sees_them(self, cast: Cast, app: FastAPI) -> None:
        draft = await cast.draft(group_id=str(cast.group.id))
        await cast.step(draft, "submit")

        async def seen(login: Login) -> int:
            async with app.state.database.begin() as db:
                await begin_actor(db, login.session_id)
                sql = "select count(*) from outbox_event where subject_id = $1"
                connection = await db.connection()
                found = await connection.exec_driver_sql(sql, (draft["id"],))
                return int(found.scalar_one())

        assert await seen(cast.officer) == 1
        assert await seen(cast.bhxh) == 1
        for stranger in (cast.farmers, cast.treasurer, cast.sibling_officer):
            assert await seen(stranger) == 0
