"""Who of the sender's own register may be the person of a row, over HTTP."""

import gzip
import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.exchange.sending import CSV, NDJSON, csv_of, lines_of, ndjson, outcomes, send_file
from tests.exchange.work import work_off
from tests.insurance.rows import BATCHES, ENROLMENTS, Cast
from tests.routers.answers import got
from tests.world import Login, World, national_id

SAME = ["name", "birth_date", "commune"]
SWAPPED = ["name", "birth_date_swapped", "commune"]
YEAR = ["name", "birth_year", "commune"]


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


def told(item: Any) -> list[tuple[str, str, list[str]]]:
    return [(one["member_id"], one["score"], one["shared"]) for one in item["candidates"]]


def warned(item: Any) -> list[str]:
    return [warning["code"] for warning in item["warnings"]]


async def entered(cast: Cast, who: Login | None = None, /, **changed: Any) -> str:
    """A member whom a batch brought into the register."""
    [item] = (await cast.sent(cast.row(**changed), who=who))["items"]
    assert item["status"] == "created", item
    return str(item["member_id"])


class TestInBatches:
    async def test_nobody_is_like_a_new_person(self, cast: Cast):
        [item] = (await cast.sent(cast.row()))["items"]
        assert (item["candidates"], item["warnings"]) == ([], [])

    async def test_best_first_with_what_is_shared(self, cast: Cast):
        year = await entered(cast, full_name="Trần Thị Na", birth_date="1984-08-09", national_id=None)
        swapped = await entered(cast, full_name="Trần Thị Ná", birth_date="1984-02-03", national_id=None)
        same = await entered(cast, full_name="Trần Thị Nà", national_id=None)
        await entered(cast, full_name="Trần Thị Na", birth_date="1985-03-02", national_id=None)
        await entered(
            cast, full_name="Trần Thị Na", commune_code=cast.world.sibling_commune, national_id=None
        )
        row = cast.row(full_name="TRAN THI NA")
        answer = await cast.sent(row)
        [item] = answer["items"]
        assert told(item) == [(same, "0.95", SAME), (swapped, "0.80", SWAPPED), (year, "0.60", YEAR)]
        assert (item["status"], warned(item)) == ("created", ["possible_same_person"])
        stored = got(await cast.get(f"{BATCHES}/{answer['batch_id']}"))
        assert stored["items"] == answer["items"]

    async def test_a_like_birth_date_is_a_warning_of_its_own(self, cast: Cast):
        first = await entered(cast, full_name="Trần Thị Na", birth_date="1984-02-03", national_id=None)
        for number in (national_id(), None):
            [item] = (
                await cast.sent(cast.row(full_name="Trần Thị Na", national_id=number), mode="validate")
            )["items"]
            assert (told(item), warned(item)) == ([(first, "0.80", SWAPPED)], ["similar_person"])

    async def test_another_national_id_is_another_person(self, cast: Cast):
        await entered(cast, full_name="Trần Thị Na")
        [item] = (await cast.sent(cast.row(full_name="Trần Thị Na")))["items"]
        assert (item["status"], item["candidates"], item["warnings"]) == ("created", [], [])

    async def test_an_ambiguous_row_is_told_between_whom(self, cast: Cast):
        members = [await entered(cast, full_name="Trần Thị Na") for _ in range(2)]
        row = cast.row(full_name="Trần Thị Na", national_id=None)
        [item] = (await cast.sent(row))["items"]
        assert [error["code"] for error in item["errors"]] == ["ambiguous_member"]
        assert told(item) == [(member, "0.95", SAME) for member in members]
        chosen = {name: row[name] for name in ("product", "method", "monthly_income", "from_month")}
        [item] = (await cast.sent({"member_id": members[1], "from_month": "2027-12"} | chosen))["items"]
        assert item["member_id"] == members[1]

    async def test_the_member_of_the_row_is_no_candidate(self, cast: Cast):
        plain = await entered(cast, full_name="Trần Thị Na", national_id=None)
        accented = await entered(cast, full_name="Trần Thị Ná", national_id=None)
        row = cast.row(full_name="Trần Thị Na", national_id=None, from_month="2028-01")
        [item] = (await cast.sent(row))["items"]
        assert (item["member_id"], warned(item)) == (plain, ["member_found_by_name"])
        assert told(item) == [(accented, "0.95", SAME)]

    async def test_five_at_most(self, cast: Cast):
        for nth in range(7):
            await entered(cast, full_name="Trần Thị Na", social_insurance_no=f"429{nth:07}", national_id=None)
        [item] = (await cast.sent(cast.row(full_name="Trần Thị Na")))["items"]
        assert [one["score"] for one in item["candidates"]] == ["0.95"] * 5

    async def test_a_dry_run_names_only_who_is_there(self, cast: Cast):
        rows = [
            cast.row(full_name="Trần Thị Na"),
            cast.row(full_name="Trần Thị Ná", national_id=None),
        ]
        dry, wet = [(await cast.sent(*rows, mode=mode))["items"] for mode in ("validate", "partial")]
        assert [item["candidates"] for item in dry] == [[], []]
        assert [told(item) for item in wet] == [[], [(wet[0]["member_id"], "0.95", SAME)]]

    async def test_a_batch_from_before_there_were_candidates(self, cast: Cast, owner: Any):
        answer = await cast.sent(cast.row())
        await owner.execute(
            "update enrolment_batch set items = jsonb_build_array(items -> 0 #- '{candidates}') where id = $1",
            answer["batch_id"],
        )
        assert got(await cast.get(f"{BATCHES}/{answer['batch_id']}")) == answer


class TestInFiles:
    async def test_lines_of_ndjson_and_rows_of_csv(self, cast: Cast):
        first = await entered(cast, full_name="Trần Thị Na", national_id=None)
        [line] = outcomes(await send_file(cast, ndjson([cast.row(full_name="Trần Thị Na")]), NDJSON))
        assert told(line) == [(first, "0.95", SAME)]
        file = csv_of([cast.row(full_name="Trần Thị Na", birth_date="1984-04-04")])
        [item] = got(await send_file(cast, file, CSV))["items"]
        assert told(item)[0] == (first, "0.60", YEAR)

    async def test_reports_of_a_job(self, app: FastAPI, cast: Cast):
        members = [await entered(cast, full_name="Trần Thị Na") for _ in range(2)]
        rows = [cast.row(full_name="Trần Thị Na", national_id=None), *(cast.row() for _ in range(1000))]
        answer = await send_file(cast, csv_of(rows), CSV)
        assert answer.status_code == 202, answer.text
        await work_off(app)
        job = got(await cast.get(answer.headers["location"], cast.partner))
        assert (job["status"], job["counts"]["rejected"]) == ("succeeded", 1)
        [line] = lines_of((await cast.get(job["report_url"], cast.partner)).content)
        assert line["Có thể trùng"] == f"{members[0]} (0.95); {members[1]} (0.95)"
        packed = await cast.get(f"/v1/jobs/{job['id']}/file", cast.partner, name="ket-qua.ndjson.gz")
        outcome = json.loads(gzip.decompress(packed.content).splitlines()[0])
        assert told(outcome) == [(member, "0.95", SAME) for member in members]
        again = got(await send_file(cast, csv_of([line | {"national_id": national_id()}]), CSV))
        assert [item["status"] for item in again["items"]] == ["created"]


class TestOfOneEnrolment:
    async def test_its_checks_name_them(self, cast: Cast):
        made = await cast.draft(full_name="Trần Thị Na")
        path = f"{ENROLMENTS}/{made['id']}/checks"
        assert got(await cast.get(path)) == {"items": [], "candidates": []}
        twin = await cast.draft(full_name="Trần Thị Na", national_id=None, social_insurance_no="4281000001")
        for who in (cast.officer, cast.bhxh):
            assert told(got(await cast.get(path, who))) == [(twin["member_id"], "0.95", SAME)]
        other = f"{ENROLMENTS}/{twin['id']}/checks"
        assert told(got(await cast.get(other))) == [(made["member_id"], "0.95", SAME)]


class TestWhoIsSeen:
    """Candidates are those whom the sender could read anyhow."""

    async def test_of_another_union_nobody(self, cast: Cast):
        """The very rows, before and after another union enters the same people."""
        rows = [
            cast.row(full_name="Trần Thị Na"),
            cast.row(full_name="Trần Thị Na", birth_date="1984-02-03", national_id=None),
            cast.row(full_name="Lê Thị Mai", national_id=None),
        ]
        before = (await cast.sent(*rows, mode="validate"))["items"]
        for row in rows:
            got(await cast.send(row, who=cast.farmers))
            await entered(cast, cast.farmers, full_name=row["full_name"], birth_date=row["birth_date"])
        after = (await cast.sent(*rows, mode="validate"))["items"]
        assert after == before
        assert [item["candidates"] for item in after] == [[], [], []]
        made = got(await cast.create_one(**rows[2]), 201)
        assert got(await cast.get(f"{ENROLMENTS}/{made['id']}/checks", cast.bhxh))["candidates"] == []

    async def test_a_treasurer_s_limits(self, cast: Cast):
        beyond = await entered(cast, full_name="Trần Thị Na", national_id=None)
        own = await entered(cast, full_name="Trần Thị Ná", national_id=None, group_id=str(cast.group.id))
        row = cast.row(full_name="TRAN THI NA", group_id=str(cast.group.id))
        made = got(await cast.create_one(**row), 201)
        path = f"{ENROLMENTS}/{made['id']}/checks"
        assert {one[0] for one in told(got(await cast.get(path)))} == {beyond, own}
        assert [one[0] for one in told(got(await cast.get(path, cast.treasurer)))] == [own]
