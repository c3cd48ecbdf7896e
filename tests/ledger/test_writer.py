"""The ledger's writer function, called as the application's role."""

import json
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.world import GroupRef, Login, World

RECORD = "select replayed, body from record_entries($1, $2, $3, $4, $5, $6, null, $7, $8, null, $9)"


async def record(app: FastAPI, login: Login, group: UUID, lines: list[dict], *, sheet=None, key=None):
    row = await app.state.database.call(
        RECORD, login.session_id, ["treasurer"], [], key or str(uuid7()), b"hash", group, sheet, today(),
        json.dumps(lines),
    )  # fmt: skip
    return row["replayed"], json.loads(row["body"])


def make_line(
    member: UUID | None, amount: int, kind: str = "saving", product: str | None = "bhxh_tn"
) -> dict:
    return {
        "id": str(uuid7()),
        "member_id": member and str(member),
        "kind": kind,
        "product": product,
        "amount": amount,
    }


@pytest.fixture
async def group(world: World) -> GroupRef:
    return await world.group(await world.unit("womens_union"), members=3)


@pytest.fixture
async def treasurer(world: World, group: GroupRef) -> Login:
    return await world.user(group.unit, "treasurer", groups=[group.id])


class TestRecordEntries:
    async def test_sheet(self, app, owner, group, treasurer):
        sheet, key = uuid7(), "k1"
        a, b, _ = group.members
        lines = [
            make_line(a, 10_000),
            make_line(b, 3_000, product="bhyt_hgd"),
            make_line(a, 2_000),
            make_line(None, 50_000, "donation", None),
            make_line(a, 1_000, "withdrawal"),
        ]
        replayed, body = await record(app, treasurer, group.id, lines, sheet=sheet, key=key)
        assert not replayed
        assert body["total"] == 64_000
        assert [i["member_balance"] for i in body["items"]] == [10_000, 3_000, 12_000, None, 11_000]
        assert [i["group_balance"] for i in body["items"]] == [10_000, 13_000, 15_000, 65_000, 64_000]
        again, second = await record(app, treasurer, group.id, lines, sheet=sheet, key=key)
        assert again
        assert second == body

    async def test_refusals_name_the_line(self, app, group, treasurer):
        with pytest.raises(asyncpg.PostgresError, match="not_in_group") as exc_info:
            await record(
                app,
                treasurer,
                group.id,
                [make_line(group.members[0], 1), make_line(uuid7(), 5)],
                sheet=uuid7(),
            )
        assert json.loads(exc_info.value.detail) == {"pointer": "/items/1/member_id"}
        with pytest.raises(asyncpg.PostgresError, match="insufficient_balance") as exc_info:
            await record(
                app,
                treasurer,
                group.id,
                [make_line(group.members[0], 5), make_line(group.members[0], 6, "withdrawal")],
                sheet=uuid7(),
            )
        assert json.loads(exc_info.value.detail) == {"pointer": "/items/1/amount"}

    async def test_small_path_equals_sheet_path(self, app, owner, group, treasurer):
        one = "select replayed, body from record_entry($1, $2, $3, $4, $5, $6, null, $7, $8)"
        key, entry = str(uuid7()), make_line(group.members[0], 10_000)
        args: tuple[object, ...] = (
            treasurer.session_id,
            ["treasurer"],
            [],
            key,
            b"hash",
            group.id,
            today(),
            json.dumps(entry),
        )
        first = await app.state.database.call(one, *args)
        again = await app.state.database.call(one, *args)
        assert (first["replayed"], again["replayed"]) == (False, True)
        assert json.loads(first["body"]) == json.loads(again["body"])
        _, body = await record(app, treasurer, group.id, [make_line(group.members[0], 5_000)], sheet=uuid7())
        assert body["items"][0]["member_balance"] == 15_000
        assert set(body["items"][0]) == set(json.loads(first["body"]))


class TestWhereItHappened:
    async def test_a_fact_keeps_the_unit_of_its_day(self, app, owner, world):
        """A group that lies in today's commune, and an entry from before the commune came to be."""
        born = date(2025, 7, 1)
        old = await world.place("commune", world.province, valid_to=born - timedelta(days=1))
        new = await world.place("commune", world.province, valid_from=born)
        await owner.execute("insert into place_succession values ($1, $2, $3, 1, true)", old, new, born)
        unit = await world.unit("womens_union", new, level="commune")
        group = await world.group(unit, members=1, commune=new)
        login = await world.user(unit, "treasurer", groups=[group.id])
        one = "select body::text from record_entry($1, $2, $3, $4, $5, $6, null, $7, $8)"
        for day, commune in ((born, new), (born - timedelta(days=1), old)):
            row = await app.state.database.call(
                one, login.session_id, ["treasurer"], [], str(uuid7()), b"hash", group.id, day,
                json.dumps(make_line(group.members[0], 5)),
            )  # fmt: skip
            txn = UUID(json.loads(row["body"])["id"])
            assert await owner.fetchval("select commune_code from ledger_txn where id = $1", txn) == commune

    async def test_a_group_that_moves_takes_its_accounts_along(self, app, owner, world, group, treasurer):
        await record(app, treasurer, group.id, [make_line(group.members[0], 5)], sheet=uuid7())
        await owner.execute(
            "update savings_group set commune_code = $2 where id = $1", group.id, world.sibling_commune
        )
        places = await owner.fetch(
            "select distinct commune_code, province_code from account where group_id = $1", group.id
        )
        assert [tuple(row) for row in places] == [(world.sibling_commune, world.province)]
        happened = await owner.fetch(
            "select distinct commune_code from ledger_txn where group_id = $1", group.id
        )
        assert [row["commune_code"] for row in happened] == [world.commune]
