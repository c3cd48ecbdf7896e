"""BHXH is reminded once of each value of the law that runs out, whoever asks, however often and at once."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.insurance.rules.reminders import remind_of_expiring_rules
from tests.world import World

LAST = date(2044, 6, 30)
"""A day on which nothing of the other tests ends."""


@pytest.fixture
async def rule(world: World) -> UUID:
    """A province's extra that ends, and BHXH with an organisation to hear of it."""
    await world.national("bhxh")
    rule_id = uuid7()
    await world.owner.execute(
        "insert into insurance_rule (id, key, value, province_code, valid_from, valid_to, legal_basis, status)"
        " values ($1, 'province_support_dong_other', 5000, $2, date '2044-01-01', $3, 'Nghị quyết', 'active')",
        rule_id, world.province, LAST,
    )  # fmt: skip
    return rule_id


async def list_announcements(world: World, rule: UUID) -> list[Any]:
    rows = await world.owner.fetch(
        "select network, province_code, data from outbox_event"
        " where subject_id = $1 and kind = 'insurance_rule.expiring'", rule,
    )  # fmt: skip
    return [(row["network"], row["province_code"], json.loads(row["data"])) for row in rows]


class TestRemind:
    async def test_from_sixty_days_before_and_once(self, app: FastAPI, world: World, rule: UUID):
        await remind_of_expiring_rules(app.state.database, LAST - timedelta(days=61))
        assert await list_announcements(world, rule) == []
        for days in (60, 60, 1):
            await remind_of_expiring_rules(app.state.database, LAST - timedelta(days=days))
        assert await list_announcements(world, rule) == [(
            "bhxh", world.province,
            {"key": "province_support_dong_other", "value": "5000", "last_day": "2044-06-30", "successor_id": None},
        )]  # fmt: skip

    async def test_once_at_the_same_time(self, app: FastAPI, world: World, rule: UUID):
        await asyncio.gather(*(remind_of_expiring_rules(app.state.database, LAST) for _ in range(6)))
        assert len(await list_announcements(world, rule)) == 1
