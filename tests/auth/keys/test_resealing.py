"""Sealed values are sealed anew with the new key: beside requests, in turns, ended in the middle, twice at once."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import SQLModel

from app.auth.keys.resealing import count_sealed, reseal
from app.core.postgres.server import owner_connection
from app.secret_commands import list_sealed_columns
from tests.auth.keys.installation import (
    OLD,
    REPLACED,
    SWITCHED,
    TOLD,
    Installation,
    Process,
    columns_of,
    fill,
    make_admin,
    make_webhook,
    read_webhook_secrets,
    reseal_all,
)
from tests.auth.login_helpers import log_in, refresh
from tests.routers.responses import expect_json
from tests.routers.tenancy.second_factor.steps import Clock, enrol, try_log_in


class TestReseal:
    async def test_while_requests_run_nothing_fails_and_nothing_is_lost(self, installation: Installation):
        """Logins with recovery codes, refreshes, new factors and webhooks, in processes of both keys."""
        async with AsyncExitStack() as stack:
            processes = [
                await stack.enter_async_context(installation.start(keys)) for keys in (TOLD, SWITCHED)
            ]
            people = [await self._enrolled(installation, processes[number % 2]) for number in range(4)]
            stopped, made = asyncio.Event(), set[str]()

            async def use(number: int) -> None:
                admin, tokens, codes = people[number]
                for turn in range(4):
                    process = processes[(number + turn) % 2]
                    made.add(await make_webhook(process, tokens))
                    expect_json(await try_log_in(process.client, admin, code=codes.pop()))
                    tokens = people[number][1] = expect_json(await refresh(process.client, tokens))

            async def go_on_resealing() -> int:
                number = 0
                async with owner_connection(installation.urls.admin, installation.urls.role_prefix) as owner:
                    while not stopped.is_set():
                        for column in columns_of(installation, SWITCHED):
                            number += (await reseal(owner, column, set_rows=2)).resealed
                        await asyncio.sleep(0)
                return number

            resealing = asyncio.create_task(go_on_resealing())
            await asyncio.gather(*(use(number) for number in range(len(people))))
            stopped.set()
            assert await resealing > 0
        counts = await reseal_all(installation)
        assert counts["second_factor"][0] == len(people)
        async with installation.start(REPLACED) as last:
            assert await read_webhook_secrets(installation, last) == made
            assert len(made) == 16
            for admin, tokens, codes in people:
                expect_json(await try_log_in(last.client, admin, code=codes.pop()))
                expect_json(await refresh(last.client, tokens))

    async def _enrolled(self, installation: Installation, process: Process) -> list[Any]:
        admin = await make_admin(installation, process)
        tokens = await log_in(process.client, admin)
        _, codes = await enrol(process.client, tokens, Clock())
        return [admin, tokens, codes]

    async def test_ended_in_the_middle_and_begun_again(self, installation: Installation):
        await fill(installation, 11)
        column = columns_of(installation, SWITCHED)[0]
        calls = 0

        def fail_at_the_seventh(row_id: Any, sealed: bytes) -> bytes | None:
            nonlocal calls
            calls += 1
            if calls == 7:
                raise ConnectionError
            return column.reseal(row_id, sealed)

        with pytest.raises(ConnectionError):
            await reseal(installation.owner, replace(column, reseal=fail_at_the_seventh), set_rows=3)
        middle = await count_sealed(installation.owner, column)
        assert (middle.total, middle.remaining, middle.unreadable) == (11, 5, [])
        assert not middle.is_done
        after = await reseal(installation.owner, column, set_rows=3)
        assert (after.total, after.resealed, after.remaining) == (11, 5, 0)
        again = await reseal(installation.owner, column, set_rows=3)
        assert (again.total, again.resealed, again.remaining) == (11, 0, 0)
        alone = columns_of(installation, REPLACED)[0]
        assert (await count_sealed(installation.owner, alone)).is_done

    async def test_counting_changes_nothing(self, installation: Installation):
        await fill(installation, 3)
        column = columns_of(installation, SWITCHED)[0]
        before = await installation.owner.fetch("select * from signing_key order by kid")
        count = await count_sealed(installation.owner, column, set_rows=2)
        assert (count.total, count.resealed, count.remaining, count.is_done) == (3, 0, 3, False)
        assert await installation.owner.fetch("select * from signing_key order by kid") == before

    async def test_two_at_once(self, installation: Installation):
        await fill(installation, 20)

        async def run() -> int:
            async with owner_connection(installation.urls.admin, installation.urls.role_prefix) as owner:
                count = await reseal(owner, columns_of(installation, SWITCHED)[0], set_rows=3)
                assert count.is_done
                return count.resealed

        assert sum(await asyncio.gather(run(), run())) == 20

    async def test_what_was_changed_meanwhile_stays(self, installation: Installation):
        await fill(installation, 1)
        column = columns_of(installation, SWITCHED)[0]
        kid = await installation.owner.fetchval("select kid from signing_key")
        status = await installation.owner.execute(column.update, [kid], [b"what was read"], [b"too late"])
        assert status == "UPDATE 0"
        assert (await count_sealed(installation.owner, column)).unreadable == []

    async def test_what_no_key_opens_is_named_and_left(self, installation: Installation):
        await fill(installation, 3)
        kid = await installation.owner.fetchval(
            "update signing_key set sealed_private = $1 where kid = (select min(kid) from signing_key) returning kid",
            b"x" * 60,
        )
        column = columns_of(installation, SWITCHED)[0]
        count = await reseal(installation.owner, column, set_rows=2)
        assert (count.total, count.resealed, count.remaining, count.is_done) == (3, 2, 0, False)
        assert [(error.kind, error.row_id) for error in count.unreadable] == [("signing_key", kid)]
        stored = await installation.owner.fetchval(
            "select sealed_private from signing_key where kid = $1", kid
        )
        assert stored == b"x" * 60

    async def test_what_is_no_longer_used_is_no_obstacle(self, installation: Installation):
        await fill(installation, 2)
        await installation.owner.execute("update signing_key set sealed_private = 'x', retired_at = now()")
        assert (await reseal_all(installation))["signing_key"] == (0, 0)


def test_every_sealed_column_is_resealed() -> None:
    """A column of the tables that holds sealed values has a name with "sealed"."""
    stored = {
        (table.name, column.name)
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if "sealed" in column.name
    }
    columns = list_sealed_columns((OLD,))
    assert {(column.table, column.value_column) for column in columns} == stored
