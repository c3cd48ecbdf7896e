"""Whoever runs SQL as the application's role and sets what they like sees and writes nothing (docs/decisions/0015)."""

from typing import Any

import asyncpg
import pytest

from tests.access.scenario.cell_data import CellData
from tests.access.scenario.scenario import AccessScenario
from tests.access.wall.forged_settings import (
    EVERYTHING,
    PARTS,
    Stage,
    change_scope,
    forge,
    read_settings,
    settings_of,
)
from tests.databases import DatabaseUrls
from tests.world import Login, World

PUBLIC_TABLES = {
    "network": "ten rows that every list names",
    "place": "administrative units, the same for everybody",
    "place_succession": "which unit followed which",
    "place_dataset": "of what date the units are",
    "insurance_rule": "values of the law, which a quote without a login names",
}
"""Tables that are read without an actor, each with the reason; they are not written either."""

SEALED = ("app.scope", "app.seal")


async def begin(connection: Any, login: Login) -> None:
    await connection.execute("select begin_actor($1)", login.session_id)


async def visible_members(connection: Any) -> int:
    count: int = await connection.fetchval("select count(*) from member")
    return count


async def count_rows(owner: Any) -> dict[str, int]:
    """How many rows each table has, past row-level security."""
    names = await owner.fetch(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        " and relname <> 'alembic_version' order by 1"
    )
    return {row["relname"]: await owner.fetchval(f'select count(*) from "{row["relname"]}"') for row in names}


@pytest.fixture
async def filled_tables(
    owner: Any, scenario: AccessScenario, shared_data: dict[Any, CellData], stage: Stage
) -> dict[str, int]:
    """The tables with how many rows they hold, of many kinds."""
    return await count_rows(owner)


class TestEveryTable:
    @pytest.mark.parametrize("when", ["for the transaction", "for the session"])
    async def test_nothing_is_read(
        self, when: str, intruder: Any, filled_tables: dict[str, int], stage: Stage
    ):
        settings = settings_of("*", stage.officer.organisation_id, stage.officer.id)
        async with intruder.transaction():
            await forge(intruder, settings, local=when == "for the transaction")
            seen = {name for name in filled_tables if await self.reads(intruder, name)}
        assert seen - PUBLIC_TABLES.keys() == set()
        assert {"place", "network"} <= seen
        assert sum(filled_tables[name] > 0 for name in filled_tables.keys() - seen) > 10

    async def reads(self, connection: Any, table: str) -> bool:
        try:
            async with connection.transaction():
                return bool(await connection.fetchval(f'select count(*) from "{table}"'))
        except asyncpg.InsufficientPrivilegeError:
            return False

    async def test_nothing_is_written(
        self, intruder: Any, owner: Any, filled_tables: dict[str, int], stage: Stage
    ):
        settings = settings_of("*", stage.officer.organisation_id, stage.officer.id)
        tried = {name for name, rows in filled_tables.items() if rows}
        written = []
        async with intruder.transaction():
            await forge(intruder, settings)
            for name in tried:
                written += await self.writes(intruder, owner, name)
        assert len(tried) > 15
        assert written == []
        assert await count_rows(owner) == filled_tables

    async def writes(self, connection: Any, owner: Any, table: str) -> list[str]:
        """What of changing, deleting and adding rows had an effect."""
        row = await owner.fetchval(f'select row_to_json(t)::text from "{table}" t limit 1')
        column = await owner.fetchval(
            "select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and attgenerated = ''"
            " and not attisdropped and attidentity <> 'a' order by attnum desc limit 1",
            f'"{table}"',
        )
        names = ", ".join(
            f'"{one["attname"]}"'
            for one in await owner.fetch(
                "select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0"
                " and attgenerated = '' and attidentity <> 'a' and not attisdropped",
                f'"{table}"',
            )
        )
        statements = [
            f'update "{table}" set "{column}" = "{column}"',
            f'delete from "{table}"',
            f'insert into "{table}" ({names}) select {names} from json_populate_record(null::"{table}", $1::text::json)',
        ]
        done = []
        for statement in statements:
            try:
                async with connection.transaction():
                    arguments = [row] if "$1" in statement else []
                    status = await connection.execute(statement, *arguments)
                    done += [] if status.endswith(" 0") else [f"{status}: {statement}"]
            except asyncpg.InsufficientPrivilegeError:
                pass
        return done


class TestSeal:
    async def test_what_was_begun_is_seen(self, intruder: Any, stage: Stage):
        async with intruder.transaction():
            await begin(intruder, stage.officer)
            assert await visible_members(intruder) == 1

    @pytest.mark.parametrize("part", PARTS)
    async def test_no_part_can_be_changed_after_the_begin(self, part: str, intruder: Any, stage: Stage):
        async with intruder.transaction():
            await begin(intruder, stage.treasurer)
            scope = (await read_settings(intruder, "app.scope"))["app.scope"]
            for value in ("*", "{99}", "on", str(stage.officer.id), "farmers_association"):
                await forge(intruder, {"app.scope": change_scope(scope, part, value)})
                assert await intruder.fetchval("select scope_network()") is None, value
                assert await visible_members(intruder) == 0, value
                await forge(intruder, {"app.scope": scope})
                assert await visible_members(intruder) == 1, value

    async def test_the_parts_of_a_scope(self, intruder: Any, stage: Stage):
        async with intruder.transaction():
            await begin(intruder, stage.treasurer)
            row = await intruder.fetchrow(
                "select scope_network() as network, scope_actor() as actor, scope_organisation() as organisation,"
                " scope_limited() as limited, scope_national() as national, scope_provinces() as provinces,"
                " scope_all_groups() as all_groups, scope_groups() as groups, scope_communes() as communes"
            )
        login = stage.treasurer
        assert dict(row) | {"provinces": None, "communes": None} == {
            "network": "womens_union", "actor": login.id, "organisation": login.organisation_id, "limited": False,
            "national": False, "provinces": None, "all_groups": False, "groups": [stage.group.id], "communes": None,
        }  # fmt: skip
        assert row["provinces"]
        assert row["communes"] == []

    async def test_nothing_is_wider_with_another_setting(self, intruder: Any, stage: Stage, world: World):
        other = await world.group(await world.unit("farmers_association"), members=1)
        async with intruder.transaction():
            await begin(intruder, stage.officer)
            await forge(intruder, EVERYTHING)
            assert await visible_members(intruder) == 0
            seen = await intruder.fetchval("select count(*) from savings_group where id = $1", other.id)
            assert seen == 0

    async def test_put_back_it_holds_again(self, intruder: Any, stage: Stage):
        """The seal says whether the settings are those that were given, and nothing else."""
        async with intruder.transaction():
            await begin(intruder, stage.officer)
            given = await read_settings(intruder, "app.scope")
            await forge(intruder, {"app.scope": change_scope(given["app.scope"], "network", "*")})
            assert await visible_members(intruder) == 0
            await forge(intruder, given)
            assert await visible_members(intruder) == 1

    async def test_replayed_in_a_later_transaction(self, intruder: Any, stage: Stage):
        async with intruder.transaction():
            await begin(intruder, stage.officer)
            given = await read_settings(intruder, *SEALED)
        async with intruder.transaction():
            await forge(intruder, given)
            assert await visible_members(intruder) == 0

    async def test_replayed_by_another_connection(
        self, intruder: Any, stage: Stage, database_urls: DatabaseUrls
    ):
        other = await asyncpg.connect(database_urls.app)
        try:
            async with intruder.transaction(), other.transaction():
                await begin(intruder, stage.officer)
                await forge(other, await read_settings(intruder, *SEALED))
                assert await visible_members(intruder) == 1
                assert await visible_members(other) == 0
        finally:
            await other.close()

    async def test_one_transaction_holds_the_settings_of_the_last_begin_alone(
        self, intruder: Any, stage: Stage
    ):
        async with intruder.transaction():
            await begin(intruder, stage.officer)
            wide = await read_settings(intruder, "app.scope")
            seal = await read_settings(intruder, "app.seal")
            await begin(intruder, stage.treasurer)
            narrow = (await read_settings(intruder, "app.scope"))["app.scope"]
            assert await visible_members(intruder) == 1
            await forge(intruder, {"app.scope": change_scope(narrow, "groups", "*")})
            assert await visible_members(intruder) == 0
            await forge(intruder, seal)
            assert await visible_members(intruder) == 0
            await forge(intruder, wide)
            assert await visible_members(intruder) == 1, "both as they were given"

    async def test_after_a_rollback_to_a_savepoint(self, intruder: Any, stage: Stage):
        async with intruder.transaction():
            await begin(intruder, stage.treasurer)
            savepoint = intruder.transaction()
            await savepoint.start()
            await begin(intruder, stage.officer)
            given = await read_settings(intruder, "app.scope", "app.seal")
            await savepoint.rollback()
            assert await visible_members(intruder) == 1
            await forge(intruder, {"app.scope": given["app.scope"]})
            assert await visible_members(intruder) == 0

    async def test_begun_in_a_savepoint_that_is_rolled_back(self, intruder: Any, stage: Stage):
        async with intruder.transaction():
            savepoint = intruder.transaction()
            await savepoint.start()
            await begin(intruder, stage.officer)
            assert await visible_members(intruder) == 1
            await savepoint.rollback()
            assert await visible_members(intruder) == 0

    async def test_time_zone_and_encoding_do_not_matter(self, intruder: Any, stage: Stage):
        async with intruder.transaction():
            await begin(intruder, stage.officer)
            await intruder.execute("set local timezone = 'Asia/Ho_Chi_Minh'; set local datestyle = 'German'")
            await intruder.execute("set local bytea_output = 'escape'")
            assert await visible_members(intruder) == 1

    async def test_the_key_is_the_owners(self, intruder: Any):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await intruder.fetch("select * from owner_key")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await intruder.fetch("select scope_seal('', '')")

    async def test_a_hot_path_begins_afresh_whatever_was_forged(self, intruder: Any, stage: Stage):
        async with intruder.transaction():
            await forge(intruder, {**EVERYTHING, "app.group": str(stage.group.id), "app.seal": "0"})
            shown = await intruder.fetchval(
                "select items from list_members($1, '{treasurer}', '{}', null, 50, null, null)",
                stage.treasurer.session_id,
            )
            assert str(stage.group.members[0]) in shown
            assert await visible_members(intruder) == 1
