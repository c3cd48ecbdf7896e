"""Triggers that replace foreign keys for rows of one statement: checked on insert, update and delete, at both ends."""

from typing import Any

import asyncpg
import pytest

from app.core.values.ids import uuid7
from tests.insurance.enrolment_scenario import EnrolmentScenario

SHARED = {
    "member": ["network", "organisation_id"],
    "enrolment": ["network", "organisation_id", "client_id", "batch_id"],
    "membership": ["network"],
    "outbox_event": ["network", "organisation_id", "client_id"],
}
PARENTS = {"network": "code", "organisation": "id", "api_client": "id", "enrolment_batch": "id"}
COPIED = {"outbox_event": "seq"}
"""Columns that the table itself fills."""


@pytest.fixture
async def scenario(world: Any, client: Any) -> EnrolmentScenario:
    """The enrolment scenario, with a row in each of the tables."""
    scenario = await EnrolmentScenario.create(world, client)
    await scenario.send_ok(scenario.row(group_code=scenario.group.code))
    return scenario


async def rewrite_row(owner: Any, table: str, column: str, value: Any) -> None:
    """Write a row of a table once more, with another value in one column."""
    names = [
        name
        for (name,) in await owner.fetch(
            "select attname::text from pg_attribute where attrelid = $1::text::regclass and attnum > 0"
            " and not attisdropped",
            table,
        )
        if name != COPIED.get(table)
    ]
    new = {"id": "$2", column: "$1"} | dict.fromkeys(
        ("national_id", "external_ref", "social_insurance_no"), "null"
    )
    new |= {"left_on": "joined_on"} if table == "membership" else {}
    new |= {"product": "'bhyt_hgd'", "monthly_income": "null"} if table == "enrolment" else {}
    selected = [new.get(name, name) for name in names]
    scenario = "text" if column == "network" else "uuid"
    await owner.execute(
        f"insert into {table} ({', '.join(names)}) select {', '.join(selected).replace('$1', f'$1::{scenario}')}"
        f" from {table} limit 1",
        value, uuid7(),
    )  # fmt: skip


class TestReferences:
    @pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in SHARED.items() for c in columns])
    async def test_what_is_not_there_is_refused(
        self, scenario: EnrolmentScenario, owner: Any, table: str, column: str
    ):
        nobody = "nobody" if column == "network" else uuid7()
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await rewrite_row(owner, table, column, nobody)

    @pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in SHARED.items() for c in columns])
    async def test_what_is_there_is_taken(
        self, scenario: EnrolmentScenario, owner: Any, table: str, column: str
    ):
        parent, key = {
            "network": ("network", "code"),
            "organisation_id": ("organisation", "id"),
            "client_id": ("api_client", "id"),
            "batch_id": ("enrolment_batch", "id"),
        }[column]
        value = await owner.fetchval(f"select {key} from {parent} limit 1")
        transaction = owner.transaction()
        await transaction.start()
        try:
            await rewrite_row(owner, table, column, value)
        finally:
            await transaction.rollback()

    @pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in SHARED.items() for c in columns])
    async def test_it_does_not_change(self, scenario: EnrolmentScenario, owner: Any, table: str, column: str):
        value = "'bhxh'" if column == "network" else "gen_random_uuid()"
        with pytest.raises(asyncpg.PostgresError) as exc_info:
            await owner.execute(f"update {table} set {column} = {value}")
        assert exc_info.value.sqlstate == "AS409"

    @pytest.mark.parametrize(("table", "key"), PARENTS.items())
    async def test_what_is_referred_to_stays(
        self, scenario: EnrolmentScenario, owner: Any, table: str, key: str
    ):
        value = "'other'" if key == "code" else "gen_random_uuid()"
        for order in (
            f"delete from {table}",
            f"update {table} set {key} = {value}",
            f"truncate {table} cascade",
        ):
            with pytest.raises(asyncpg.PostgresError) as exc_info:
                await owner.execute(order)
            assert exc_info.value.sqlstate == "AS409", order


class TestNewId:
    async def test_it_is_of_version_7_and_of_now(self, owner: Any):
        one, other = await owner.fetchrow("select new_id(), new_id()")
        assert one != other
        assert {one.version, other.version} == {7}
        now = await owner.fetchval("select (extract(epoch from clock_timestamp()) * 1000)::bigint")
        assert abs((one.int >> 80) - now) < 60_000
