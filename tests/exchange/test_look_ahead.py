"""A chunk that is begun while the one before is written comes out as if it had waited for its turn."""

import gzip
import json
import random
from typing import Any

import pytest

from app.exchange import import_run
from app.exchange.enrolment_look_ahead import LookAhead
from tests.exchange.sending import NDJSON, ndjson, send_file
from tests.exchange.work import work_off
from tests.insurance.rows import Cast
from tests.world import Login, national_id

CHUNK, CHUNKS = 100, 13


@pytest.fixture
async def cast(world, client) -> Cast:
    return await Cast.create(world, client)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each chunk, whether it was begun ahead; they are small here."""
    monkeypatch.setattr(import_run, "CHUNK", CHUNK)
    found: list[bool] = []
    ask = LookAhead._begun

    async def noted(self: LookAhead) -> Any:
        answer = await ask(self)
        found.append(answer is not None)
        return answer

    monkeypatch.setattr(LookAhead, "_begun", noted)
    return found


def rows_of(cast: Cast, elsewhere: list[str]) -> list[dict[str, Any]]:
    """People who come again, in this chunk or one before: by number, name or reference, as themselves or as others."""
    chance = random.Random(5)  # noqa: S311 - which rows
    rows: list[dict[str, Any]] = []
    for n in range(CHUNK * CHUNKS):
        row = cast.row(commune_code=cast.world.sibling_commune, social_insurance_no=national_id()[2:])
        nth, earlier = n // CHUNK, rows[chance.randrange(max(0, n - 150), n)] if n else row
        again = {name: earlier.get(name) for name in ("full_name", "birth_date", "sex", "national_id")}
        kind = chance.random()
        if kind < 0.1 and again["national_id"]:
            row |= again | {"from_month": f"2027-{chance.randint(1, 12):02}", "social_insurance_no": None}
        elif kind < 0.15:
            row |= {"full_name": earlier.get("full_name"), "social_insurance_no": None}
        elif kind < 0.2 and earlier.get("social_insurance_no"):
            row |= {"national_id": None, "social_insurance_no": earlier.get("social_insurance_no")}
            row |= {"full_name": earlier.get("full_name")}
        elif kind < 0.21:
            row |= {"from_month": "2026-13"}
        elif kind < 0.25 and nth % 3 == 0:
            row |= again | {"national_id": None, "social_insurance_no": None, "product": "bhyt_hgd"}
            row |= {"monthly_income": None}
        elif kind < 0.27 and nth % 4 == 0:
            row |= {"external_ref": earlier["external_ref"]}
        elif kind < 0.28 and nth % 4 == 0:
            row = dict(earlier)
        elif kind < 0.29 and nth % 5 == 0:
            row |= {"national_id": chance.choice(elsewhere)}
        rows.append(row)
    return rows


def told(items: list[dict[str, Any]]) -> list[Any]:
    """What became of rows, with the place of its first row in place of each id."""
    seen: dict[str, int] = {}
    return [
        (
            item["external_ref"],
            item["status"],
            [note["code"] for note in item["errors"]],
            [note["code"] for note in item["warnings"]],
            [(one["score"], one["shared"]) for one in item["candidates"]],
            *(item[name] and seen.setdefault(item[name], n) for name in ("member_id", "enrolment_id")),
        )
        for n, item in enumerate(items)
    ]


async def outcomes_of_file(app: Any, cast: Cast, rows: list[Any], who: Login) -> list[Any]:
    answer = await send_file(cast, ndjson(rows), NDJSON, who=who)
    assert answer.status_code == 202, answer.text
    await work_off(app)
    job = (await cast.client.get(answer.headers["location"], headers=who.headers)).json()
    assert job["status"] == "succeeded"
    packed = await cast.client.get(
        job["report_url"], params={"name": "ket-qua.ndjson.gz"}, headers=who.headers
    )
    return [json.loads(line) for line in gzip.decompress(packed.content).splitlines()]


async def test_as_if_each_chunk_had_waited(app, cast: Cast, begun: list[bool]):
    farmers = await cast.world.unit("farmers_association")
    beside = await cast.world.unit(
        "farmers_association", cast.world.sibling_commune, level="commune", parent=farmers
    )
    twin = await cast.world.user(beside, "union_officer")
    elsewhere = [national_id() for _ in range(3)]
    for sender in (cast.officer, cast.farmers):
        await cast.sent(
            *(cast.row(national_id=number, external_ref=None) for number in elsewhere), who=sender
        )
    rows = rows_of(cast, elsewhere)
    ahead = told(await outcomes_of_file(app, cast, rows, cast.sibling_officer))
    in_turn = []
    for at in range(0, len(rows), CHUNK):
        in_turn += (await cast.sent(*rows[at : at + CHUNK], who=twin))["items"]
    assert ahead == told(in_turn)
    statuses = {line[1] for line in ahead}
    assert statuses == {"created", "unchanged", "duplicate", "rejected"}
    codes = {code for line in ahead for code in line[2] + line[3]}
    assert {
        "member_elsewhere",
        "conflicts_with_existing",
        "ambiguous_member",
        "possible_same_person",
    } <= codes
    assert 2 <= sum(begun) < len(begun)


async def test_somebody_else_is_first(app, cast: Cast, begun: list[bool], monkeypatch: pytest.MonkeyPatch):
    """Between the look and the writing another sender enters a person of the second chunk."""
    rows = [cast.row() for _ in range(CHUNK * CHUNKS)]
    begin = LookAhead._begin
    came: list[bool] = []

    async def overtaken(self: LookAhead, coming: Any, before: Any) -> Any:
        chunk = await coming
        if chunk is not None and not came:
            came.append(True)
            other = chunk.rows[7][1]
            sent = cast.row(national_id=other.national_id, full_name=other.full_name)
            await cast.sent(sent, who=cast.officer)
        return await begin(self, coming, before)

    monkeypatch.setattr(LookAhead, "_begin", overtaken)
    lines = await outcomes_of_file(app, cast, rows, cast.partner)
    assert [line["status"] for line in lines] == [
        "duplicate" if n == CHUNK + 7 else "created" for n in range(len(rows))
    ]
    assert all(begun[1:])
