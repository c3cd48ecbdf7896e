"""Loading the vendored units: once, again without effect, and back to the data after a change."""

import asyncio
from datetime import date
from typing import Any

import pytest

from app.core.postgres.server import owner_connection
from app.places import load
from tests.databases import DatabaseUrls
from tests.places.test_data import PLACES, STEPS


@pytest.fixture
async def owner(places_database_urls: DatabaseUrls):
    async with owner_connection(places_database_urls.admin, places_database_urls.role_prefix) as connection:
        transaction = connection.transaction()
        await transaction.start()
        yield connection
        await transaction.rollback()


async def forget_dataset(owner: Any) -> None:
    await owner.execute("update place_dataset set version = 'older'")


class TestLoadPlaces:
    async def test_every_row_is_there(self, owner: Any):
        assert await owner.fetchval("select count(*) from place") == len(PLACES)
        assert await owner.fetchval("select count(*) from place_succession") == len(STEPS)

    async def test_values_are_kept(self, owner: Any):
        row = await owner.fetchrow("select * from place where code = '18628' and valid_to is null")
        assert (row["name"], row["kind"], row["level"], row["parent_code"]) == (
            "Thạch Lạc",
            "xã",
            "commune",
            "42",
        )
        assert (row["search_name"], row["valid_from"]) == ("thach lac", date(2025, 7, 1))
        assert (row["latitude"], row["longitude"], row["area_km2"]) == (18.3505, 105.954, 27.6)

    async def test_same_version_is_skipped(self, owner: Any):
        assert await load.load_places(owner) == 0

    async def test_another_version_writes_only_what_differs(self, owner: Any):
        await forget_dataset(owner)
        assert await load.load_places(owner) == 0
        assert await owner.fetchval("select version from place_dataset") == load.dataset_version()

    async def test_changed_lost_and_strange_rows_are_put_right(self, owner: Any):
        await owner.execute("update place set name = 'Khác' where code = '18628'")
        await owner.execute("delete from place where code = '18832'")
        await owner.execute(
            "insert into place (code, valid_from, level, name, kind, search_name)"
            " values ('99999', '2025-07-01', 'commune', 'Lạ', 'xã', 'la')"
        )
        await owner.execute("delete from place_succession where old_code = '18847'")
        await forget_dataset(owner)
        await owner.execute(
            "insert into organisation (id, code, network, level, name) values (gen_random_uuid(), 'PL1', 'bhxh',"
            " 'national', 'BHXH Việt Nam')"
        )
        assert await load.load_places(owner) == 2 + 2 + 1 + 1
        # What sessions may see was worked out with the places of before.
        assert await owner.fetchval("select min(version) from scope_version") > 1
        assert await owner.fetchval("select count(*) from place") == len(PLACES)
        assert (
            await owner.fetchval("select name from place where code = '18628' and valid_to is null")
            == "Thạch Lạc"
        )

    async def test_what_users_added_stays(self, owner: Any):
        await owner.execute("""
            with org as (
                insert into organisation (id, code, network, level, name)
                values (gen_random_uuid(), 'bhxh.test', 'bhxh', 'national', 'BHXH') returning id)
            insert into place (code, valid_from, level, name, kind, parent_code, search_name, created_by_org)
            select '18628.thon-1', '2025-07-01', 'hamlet', '1', 'thôn', '18628', '1', id from org""")
        await forget_dataset(owner)
        assert await load.load_places(owner) == 0
        assert await owner.fetchval("select count(*) from place where level = 'hamlet'") == 1

    def test_two_processes_load_once(self, places_database_urls: DatabaseUrls):
        async def one() -> int:
            async with owner_connection(
                places_database_urls.admin, places_database_urls.role_prefix
            ) as connection:
                return await load.load_places(connection)

        async def both() -> list[int]:
            async with owner_connection(
                places_database_urls.admin, places_database_urls.role_prefix
            ) as connection:
                await connection.execute("update place set search_name = 'x' where code = '18628'")
                await forget_dataset(connection)
            return list(await asyncio.gather(one(), one()))

        assert sorted(asyncio.run(both())) == [0, 2]
