"""A file that is imported by chunks comes out as the same rows sent in turn as JSON batches."""

import gzip
import json
import random
from typing import Any

import pytest

from app.imports import run as import_run
from app.imports.enrolments import job as enrolment_job
from app.insurance.enrolments.intake import pipeline
from app.insurance.enrolments.intake.matching import can_match_ahead, match_rows
from tests.imports.import_files import NDJSON, send_file, to_ndjson
from tests.insurance.enrolment_scenario import EnrolmentScenario
from tests.jobs.job_workers import run_pending_jobs
from tests.world import Login, national_id

CHUNK, CHUNKS = 100, 13


@pytest.fixture
async def scenario(world, client) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_run, "CHUNK_ROWS", CHUNK)


@pytest.fixture
def matched_ahead(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each chunk after another that could be, whether it is matched while that one is written."""
    answers: list[bool] = []

    def can_match_ahead_noted(rows: Any, before: Any) -> bool:
        answer = can_match_ahead(rows, before)
        if before is not None:
            answers.append(answer)
        return answer

    monkeypatch.setattr(enrolment_job, "can_match_ahead", can_match_ahead_noted)
    return answers


def build_rows(scenario: EnrolmentScenario, elsewhere: list[str]) -> list[dict[str, Any]]:
    """People who come again, in this chunk or one before: by number, name or reference, as themselves or as others."""
    rng = random.Random(5)  # noqa: S311 - which rows
    rows: list[dict[str, Any]] = []
    for n in range(CHUNK * CHUNKS):
        row = scenario.row(commune_code=scenario.world.sibling_commune, social_insurance_no=national_id()[2:])
        chunk_index, earlier = n // CHUNK, rows[rng.randrange(max(0, n - 150), n)] if n else row
        again = {name: earlier.get(name) for name in ("full_name", "birth_date", "sex", "national_id")}
        kind = rng.random()
        if kind < 0.1 and again["national_id"]:
            row |= again | {"from_month": f"2027-{rng.randint(1, 12):02}", "social_insurance_no": None}
        elif kind < 0.15:
            row |= {"full_name": earlier.get("full_name"), "social_insurance_no": None}
        elif kind < 0.2 and earlier.get("social_insurance_no"):
            row |= {"national_id": None, "social_insurance_no": earlier.get("social_insurance_no")}
            row |= {"full_name": earlier.get("full_name")}
        elif kind < 0.21:
            row |= {"from_month": "2026-13"}
        elif kind < 0.25 and chunk_index % 3 == 0:
            row |= again | {"national_id": None, "social_insurance_no": None, "product": "bhyt_hgd"}
            row |= {"monthly_income": None}
        elif kind < 0.27 and chunk_index % 4 == 0:
            row |= {"external_ref": earlier["external_ref"]}
        elif kind < 0.28 and chunk_index % 4 == 0:
            row = dict(earlier)
        elif kind < 0.29 and chunk_index % 5 == 0:
            row |= {"national_id": rng.choice(elsewhere)}
        rows.append(row)
    return rows


def comparable_outcomes(items: list[dict[str, Any]]) -> list[Any]:
    """The outcomes of rows in a form that two runs can be compared by: the place of its first row in place of each id."""
    first_places: dict[str, int] = {}
    return [
        (
            item["external_ref"],
            item["status"],
            [note["code"] for note in item["errors"]],
            [note["code"] for note in item["warnings"]],
            [(one["score"], one["shared"]) for one in item["candidates"]],
            *(
                item[name] and first_places.setdefault(item[name], n)
                for name in ("member_id", "enrolment_id")
            ),
        )
        for n, item in enumerate(items)
    ]


async def import_file(app: Any, scenario: EnrolmentScenario, rows: list[Any], who: Login) -> list[Any]:
    response = await send_file(scenario, to_ndjson(rows), NDJSON, login=who)
    assert response.status_code == 202, response.text
    await run_pending_jobs(app)
    job = (await scenario.client.get(response.headers["location"], headers=who.headers)).json()
    assert job["status"] == "succeeded"
    packed = await scenario.client.get(
        job["report_url"], params={"name": "ket-qua.ndjson.gz"}, headers=who.headers
    )
    return [json.loads(line) for line in gzip.decompress(packed.content).splitlines()]


async def test_chunks_come_out_as_batches_in_turn(
    app, scenario: EnrolmentScenario, matched_ahead: list[bool]
):
    farmers = await scenario.world.unit("farmers_association")
    sibling_unit = await scenario.world.unit(
        "farmers_association", scenario.world.sibling_commune, level="commune", parent=farmers
    )
    twin = await scenario.world.user(sibling_unit, "union_officer")
    elsewhere = [national_id() for _ in range(3)]
    for sender in (scenario.officer, scenario.farmers):
        await scenario.send_ok(
            *(scenario.row(national_id=number, external_ref=None) for number in elsewhere), login=sender
        )
    rows = build_rows(scenario, elsewhere)
    by_chunks = comparable_outcomes(await import_file(app, scenario, rows, scenario.sibling_officer))
    in_turn = []
    for at in range(0, len(rows), CHUNK):
        in_turn += (await scenario.send_ok(*rows[at : at + CHUNK], login=twin))["items"]
    assert by_chunks == comparable_outcomes(in_turn)
    statuses = {line[1] for line in by_chunks}
    assert statuses == {"created", "unchanged", "duplicate", "rejected"}
    codes = {code for line in by_chunks for code in line[2] + line[3]}
    assert {
        "conflicts_with_existing",
        "ambiguous_member",
        "possible_same_person",
    } <= codes
    assert {True, False} == set(matched_ahead)


async def test_somebody_else_is_first(
    app, scenario: EnrolmentScenario, matched_ahead: list[bool], monkeypatch: pytest.MonkeyPatch
):
    """Between the matching and the writing another sender enters a person of the second chunk."""
    rows = [scenario.row() for _ in range(CHUNK * CHUNKS)]
    overtaken = rows[CHUNK + 7]
    attempts: list[int] = []

    async def match_and_be_overtaken(context: Any, chunk: Any, unwritten: Any = ()) -> Any:
        matched = await match_rows(context, chunk, unwritten)
        if any(row.data.external_ref == overtaken["external_ref"] for row in chunk):
            attempts.append(len(matched.new_members))
            if len(attempts) == 1:
                same_person = {name: overtaken[name] for name in ("national_id", "full_name")}
                await scenario.send_ok(scenario.row(**same_person), login=scenario.officer)
        return matched

    for module in (enrolment_job, pipeline):
        monkeypatch.setattr(module, "match_rows", match_and_be_overtaken)
    lines = await import_file(app, scenario, rows, scenario.partner)
    assert [line["status"] for line in lines] == [
        "duplicate" if n == CHUNK + 7 else "created" for n in range(len(rows))
    ]
    assert attempts == [CHUNK, CHUNK - 1]
    assert all(matched_ahead)
    assert len(matched_ahead) == CHUNKS - 1


async def test_after_a_chunk_in_turn_chunks_are_begun_ahead_again(
    app, scenario: EnrolmentScenario, matched_ahead: list[bool]
):
    """A person without a number in the second chunk can only be looked for in turn."""
    rows = [scenario.row() for _ in range(CHUNK * CHUNKS)]
    rows[CHUNK] |= {"national_id": None, "social_insurance_no": None}
    await import_file(app, scenario, rows, scenario.partner)
    assert matched_ahead == [False] + [True] * (CHUNKS - 3)


async def test_a_begun_chunk_waits_no_longer_than_its_limit(
    app, owner, scenario: EnrolmentScenario, monkeypatch: pytest.MonkeyPatch
):
    """Somebody else holds a person of the second chunk while it is written, and the third has begun: both are rolled
    back, and written in turn."""
    monkeypatch.setattr(enrolment_job, "_LIMIT_WAITING", "set local lock_timeout = '50ms'")
    rows = [scenario.row() for _ in range(CHUNK * CHUNKS)]
    held = rows[CHUNK + 7]
    same_person = {name: held[name] for name in ("national_id", "full_name", "birth_date", "sex")}
    await scenario.send_ok(scenario.row(**same_person, from_month="2027-12"))
    given_up: list[int] = []
    give_up = enrolment_job._EnrolmentImport.give_up_preparation

    async def give_up_and_let_go(self: Any, chunk: Any) -> Any:
        given_up.append(chunk.first)
        in_turn = await give_up(self, chunk)
        await transaction.rollback()
        return in_turn

    monkeypatch.setattr(enrolment_job._EnrolmentImport, "give_up_preparation", give_up_and_let_go)
    transaction = owner.transaction()
    await transaction.start()
    await owner.execute("select from member where national_id = $1 for update", held["national_id"])
    lines = await import_file(app, scenario, rows, scenario.partner)
    assert given_up == [CHUNK]
    statuses = [line["status"] for line in lines]
    assert statuses.pop(CHUNK + 7) != "rejected"
    assert set(statuses) == {"created"}
    members = await owner.fetchval(
        "select count(*) from member where national_id = any ($1)", [row["national_id"] for row in rows]
    )
    assert members == len(rows)
