"""The rule store of a process follows the database, whichever process changes it."""

from datetime import date
from decimal import Decimal

import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.insurance.rules import store as rule_store
from app.insurance.rules.store import RuleStore
from tests.world import World

KEY = "province_support_dong_poor"
DAY = date(2026, 11, 20)


@pytest.fixture
def store(app: FastAPI) -> RuleStore:
    return RuleStore(app.state.database)


async def insert_rule(world: World) -> None:
    """Another process enters a rule."""
    await world.owner.execute(
        "insert into insurance_rule (id, key, value, province_code, valid_from, legal_basis, status)"
        " values ($1, $2, 5000, $3, date '2026-01-01', 'Nghị quyết', 'active')",
        uuid7(), KEY, world.province,
    )  # fmt: skip


class TestBook:
    async def test_another_process_changes_it(
        self, store: RuleStore, world: World, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(rule_store, "FRESH_SECONDS", 0)
        before = await store.book()
        assert before.rules_on(KEY, DAY, world.province) == (None, None)
        assert await store.book() is before
        await insert_rule(world)
        rule, _ = (await store.book()).rules_on(KEY, DAY, world.province)
        assert rule is not None
        assert rule.value == Decimal(5000)

    async def test_is_not_read_at_every_request(self, store: RuleStore, world: World):
        before = await store.book()
        await insert_rule(world)
        store._checked_at += 3600  # as if this had been read a moment ago, however slow the test
        assert await store.book() is before
        store.expire()
        assert await store.book() is not before

    async def test_of_the_state(self, store: RuleStore):
        rulebook = await store.book()
        rule, waits = rulebook.rules_on("rural_poverty_line", DAY)
        assert rule is not None
        assert (rule.value, waits) == (Decimal(1_500_000), None)
