"""Each coverage is announced once for the day on which it ends, whoever asks, however often and at once."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.insurance.renewals.reminders import announce_due_renewals, announce_due_renewals_hourly
from tests.insurance.coverage_factories import insert_paid_coverage, record_end
from tests.world import GroupRef, World

ON = date(2031, 5, 1)
"""A day on which nothing of the other tests ends."""


@pytest.fixture
async def group(world: World) -> GroupRef:
    return await world.group(await world.unit("womens_union"), members=3)


async def list_announcements(world: World, group: GroupRef) -> list[Any]:
    """What was announced of a group's organisation."""
    rows = await world.owner.fetch(
        "select subject_id, client_id, commune_code, data from outbox_event where organisation_id = $1"
        " and kind = 'enrolment.due' order by seq", group.unit.id,
    )  # fmt: skip
    return [dict(row) | {"data": json.loads(row["data"])} for row in rows]


class TestRemind:
    async def test_once_however_often(self, app: FastAPI, world: World, group: GroupRef):
        soon = await insert_paid_coverage(
            world, group, group.members[0], until=ON + timedelta(days=30), external_ref="REF-1"
        )
        later = await insert_paid_coverage(world, group, group.members[1], until=ON + timedelta(days=31))
        for _ in range(3):
            await announce_due_renewals(app.state.database, on=ON)
        (event,) = await list_announcements(world, group)
        assert (event["subject_id"], event["commune_code"]) == (soon["enrolment"], group.commune)
        assert event["data"] == {
            "status": "paid", "external_ref": "REF-1", "product": "bhyt_hgd", "method": "months_12",
            "coverage_id": str(soon["coverage"]), "due_on": "2031-05-31", "pay_by": "2031-05-31",
        }  # fmt: skip
        await announce_due_renewals(app.state.database, on=ON + timedelta(days=1))
        assert [event["subject_id"] for event in await list_announcements(world, group)] == [
            soon["enrolment"],
            later["enrolment"],
        ]

    async def test_once_at_the_same_time(self, app: FastAPI, world: World, group: GroupRef):
        for member in group.members:
            await insert_paid_coverage(world, group, member, product="bhxh_tn", until=date(2031, 5, 31))
        counts = await asyncio.gather(*(announce_due_renewals(app.state.database, on=ON) for _ in range(6)))
        assert sum(counts) >= 3
        assert len(await list_announcements(world, group)) == 3
        assert {event["data"]["pay_by"] for event in await list_announcements(world, group)} == {"2031-12-31"}

    async def test_not_of_what_is_renewed_or_over(self, app: FastAPI, world: World, group: GroupRef):
        first, second, third = group.members
        until = ON + timedelta(days=5)
        await insert_paid_coverage(world, group, first, until=until)
        await insert_paid_coverage(world, group, first, until=until.replace(year=2032))
        await insert_paid_coverage(world, group, second, until=until)
        await insert_paid_coverage(world, group, second, until=until.replace(year=2032), status="held")
        over = await insert_paid_coverage(world, group, third, until=until)
        await record_end(world, over["enrolment"], "compulsory")
        dead = await world.member(group.unit)
        await world.owner.execute("update member set died_on = date '2031-01-01' where id = $1", dead)
        await insert_paid_coverage(world, group, dead, until=until)
        await announce_due_renewals(app.state.database, on=ON)
        assert await list_announcements(world, group) == []

    async def test_the_mark_is_kept_from_the_application(self, app: FastAPI, world: World, group: GroupRef):
        await insert_paid_coverage(world, group, group.members[0], until=ON)
        await announce_due_renewals(app.state.database, days=0, on=ON)
        marks = "select count(*) from renewal_reminder where group_id = $1"
        assert await world.owner.fetchval(marks, group.id) == 1
        assert await app.state.database.driver.fetchval(marks, group.id) == 0


class TestKeepReminding:
    async def test_an_error_does_not_end_it(self):
        rounds: list[int] = []

        async def once() -> int:
            rounds.append(len(rounds))
            if len(rounds) == 1:
                raise ConnectionRefusedError
            return 1

        async def sleep(_seconds: float) -> None:
            if len(rounds) == 3:
                raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await announce_due_renewals_hourly(once, sleep)
        assert rounds == [0, 1, 2]
