"""Candidates of a row in the sender's own register, over HTTP."""

import gzip
import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.imports.import_files import CSV, NDJSON, read_csv, read_outcomes, send_file, to_csv, to_ndjson
from tests.insurance.enrolment_scenario import BATCHES, ENROLMENTS, EnrolmentScenario
from tests.jobs.job_workers import run_pending_jobs
from tests.routers.responses import expect_json
from tests.world import Login, World, national_id

SAME = ["name", "birth_date", "commune"]
SWAPPED = ["name", "birth_date_swapped", "commune"]
YEAR = ["name", "birth_year", "commune"]


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


def candidate_matches(item: Any) -> list[tuple[str, str, list[str]]]:
    return [(one["member_id"], one["score"], one["shared"]) for one in item["candidates"]]


def warning_codes(item: Any) -> list[str]:
    return [warning["code"] for warning in item["warnings"]]


async def create_member(scenario: EnrolmentScenario, login: Login | None = None, /, **changed: Any) -> str:
    """A member whom a batch brought into the register."""
    [item] = (await scenario.send_ok(scenario.row(**changed), login=login))["items"]
    assert item["status"] == "created", item
    return str(item["member_id"])


class TestInBatches:
    async def test_nobody_is_like_a_new_person(self, scenario: EnrolmentScenario):
        [item] = (await scenario.send_ok(scenario.row()))["items"]
        assert (item["candidates"], item["warnings"]) == ([], [])

    async def test_best_first_with_what_is_shared(self, scenario: EnrolmentScenario):
        year = await create_member(
            scenario, full_name="Trần Thị Na", birth_date="1984-08-09", national_id=None
        )
        swapped = await create_member(
            scenario, full_name="Trần Thị Ná", birth_date="1984-02-03", national_id=None
        )
        same = await create_member(scenario, full_name="Trần Thị Nà", national_id=None)
        await create_member(scenario, full_name="Trần Thị Na", birth_date="1985-03-02", national_id=None)
        await create_member(
            scenario, full_name="Trần Thị Na", commune_code=scenario.world.sibling_commune, national_id=None
        )
        row = scenario.row(full_name="TRAN THI NA")
        body = await scenario.send_ok(row)
        [item] = body["items"]
        assert candidate_matches(item) == [
            (same, "0.95", SAME),
            (swapped, "0.80", SWAPPED),
            (year, "0.60", YEAR),
        ]
        assert (item["status"], warning_codes(item)) == ("created", ["possible_same_person"])
        stored = expect_json(await scenario.get(f"{BATCHES}/{body['batch_id']}"))
        assert stored["items"] == body["items"]

    async def test_a_like_birth_date_is_a_warning_of_its_own(self, scenario: EnrolmentScenario):
        first = await create_member(
            scenario, full_name="Trần Thị Na", birth_date="1984-02-03", national_id=None
        )
        for number in (national_id(), None):
            [item] = (
                await scenario.send_ok(
                    scenario.row(full_name="Trần Thị Na", national_id=number), mode="validate"
                )
            )["items"]
            assert (candidate_matches(item), warning_codes(item)) == (
                [(first, "0.80", SWAPPED)],
                ["similar_person"],
            )

    async def test_another_national_id_is_another_person(self, scenario: EnrolmentScenario):
        await create_member(scenario, full_name="Trần Thị Na")
        [item] = (await scenario.send_ok(scenario.row(full_name="Trần Thị Na")))["items"]
        assert (item["status"], item["candidates"], item["warnings"]) == ("created", [], [])

    async def test_an_ambiguous_row_is_told_between_whom(self, scenario: EnrolmentScenario):
        members = [await create_member(scenario, full_name="Trần Thị Na") for _ in range(2)]
        row = scenario.row(full_name="Trần Thị Na", national_id=None)
        [item] = (await scenario.send_ok(row))["items"]
        assert [error["code"] for error in item["errors"]] == ["ambiguous_member"]
        assert candidate_matches(item) == [(member, "0.95", SAME) for member in members]
        terms = {name: row[name] for name in ("product", "method", "monthly_income", "from_month")}
        [item] = (await scenario.send_ok({"member_id": members[1], "from_month": "2027-12"} | terms))["items"]
        assert item["member_id"] == members[1]

    async def test_the_member_of_the_row_is_no_candidate(self, scenario: EnrolmentScenario):
        plain = await create_member(scenario, full_name="Trần Thị Na", national_id=None)
        accented = await create_member(scenario, full_name="Trần Thị Ná", national_id=None)
        row = scenario.row(full_name="Trần Thị Na", national_id=None, from_month="2028-01")
        [item] = (await scenario.send_ok(row))["items"]
        assert (item["member_id"], warning_codes(item)) == (plain, ["member_found_by_name"])
        assert candidate_matches(item) == [(accented, "0.95", SAME)]

    async def test_five_at_most(self, scenario: EnrolmentScenario):
        for nth in range(7):
            await create_member(
                scenario, full_name="Trần Thị Na", social_insurance_no=f"429{nth:07}", national_id=None
            )
        [item] = (await scenario.send_ok(scenario.row(full_name="Trần Thị Na")))["items"]
        assert [one["score"] for one in item["candidates"]] == ["0.95"] * 5

    async def test_a_dry_run_names_only_who_is_there(self, scenario: EnrolmentScenario):
        rows = [
            scenario.row(full_name="Trần Thị Na"),
            scenario.row(full_name="Trần Thị Ná", national_id=None),
        ]
        validated, written = [
            (await scenario.send_ok(*rows, mode=mode))["items"] for mode in ("validate", "partial")
        ]
        assert [item["candidates"] for item in validated] == [[], []]
        assert [candidate_matches(item) for item in written] == [
            [],
            [(written[0]["member_id"], "0.95", SAME)],
        ]

    async def test_a_batch_from_before_there_were_candidates(self, scenario: EnrolmentScenario, owner: Any):
        body = await scenario.send_ok(scenario.row())
        await owner.execute(
            "update enrolment_batch set items = jsonb_build_array(items -> 0 #- '{candidates}') where id = $1",
            body["batch_id"],
        )
        assert expect_json(await scenario.get(f"{BATCHES}/{body['batch_id']}")) == body


class TestInFiles:
    async def test_lines_of_ndjson_and_rows_of_csv(self, scenario: EnrolmentScenario):
        first = await create_member(scenario, full_name="Trần Thị Na", national_id=None)
        [line] = read_outcomes(
            await send_file(scenario, to_ndjson([scenario.row(full_name="Trần Thị Na")]), NDJSON)
        )
        assert candidate_matches(line) == [(first, "0.95", SAME)]
        file = to_csv([scenario.row(full_name="Trần Thị Na", birth_date="1984-04-04")])
        [item] = expect_json(await send_file(scenario, file, CSV))["items"]
        assert candidate_matches(item)[0] == (first, "0.60", YEAR)

    async def test_reports_of_a_job(self, app: FastAPI, scenario: EnrolmentScenario):
        members = [await create_member(scenario, full_name="Trần Thị Na") for _ in range(2)]
        rows = [
            scenario.row(full_name="Trần Thị Na", national_id=None),
            *(scenario.row() for _ in range(1000)),
        ]
        response = await send_file(scenario, to_csv(rows), CSV)
        assert response.status_code == 202, response.text
        await run_pending_jobs(app)
        job = expect_json(await scenario.get(response.headers["location"], scenario.partner))
        assert (job["status"], job["counts"]["rejected"]) == ("succeeded", 1)
        [line] = read_csv((await scenario.get(job["report_url"], scenario.partner)).content)
        assert line["Có thể trùng"] == f"{members[0]} (0.95); {members[1]} (0.95)"
        packed = await scenario.get(f"/v1/jobs/{job['id']}/file", scenario.partner, name="ket-qua.ndjson.gz")
        outcome = json.loads(gzip.decompress(packed.content).splitlines()[0])
        assert candidate_matches(outcome) == [(member, "0.95", SAME) for member in members]
        again = expect_json(await send_file(scenario, to_csv([line | {"national_id": national_id()}]), CSV))
        assert [item["status"] for item in again["items"]] == ["created"]


class TestOfOneEnrolment:
    async def test_its_checks_name_them(self, scenario: EnrolmentScenario):
        created = await scenario.create_draft(full_name="Trần Thị Na")
        path = f"{ENROLMENTS}/{created['id']}/checks"
        assert expect_json(await scenario.get(path)) == {"items": [], "candidates": []}
        twin = await scenario.create_draft(
            full_name="Trần Thị Na", national_id=None, social_insurance_no="4281000001"
        )
        for who in (scenario.officer, scenario.bhxh):
            assert candidate_matches(expect_json(await scenario.get(path, who))) == [
                (twin["member_id"], "0.95", SAME)
            ]
        other = f"{ENROLMENTS}/{twin['id']}/checks"
        assert candidate_matches(expect_json(await scenario.get(other))) == [
            (created["member_id"], "0.95", SAME)
        ]


class TestWhoIsSeen:
    """Candidates are those whom the sender could read anyhow."""

    async def test_of_another_union_nobody(self, scenario: EnrolmentScenario):
        """The very rows, before and after another union enters the same people."""
        rows = [
            scenario.row(full_name="Trần Thị Na"),
            scenario.row(full_name="Trần Thị Na", birth_date="1984-02-03", national_id=None),
            scenario.row(full_name="Lê Thị Mai", national_id=None),
        ]
        before = (await scenario.send_ok(*rows, mode="validate"))["items"]
        for row in rows:
            expect_json(await scenario.send(row, login=scenario.farmers))
            await create_member(
                scenario, scenario.farmers, full_name=row["full_name"], birth_date=row["birth_date"]
            )
        after = (await scenario.send_ok(*rows, mode="validate"))["items"]
        assert after == before
        assert [item["candidates"] for item in after] == [[], [], []]
        created = expect_json(await scenario.create_enrolment(**rows[2]), 201)
        assert (
            expect_json(await scenario.get(f"{ENROLMENTS}/{created['id']}/checks", scenario.bhxh))[
                "candidates"
            ]
            == []
        )

    async def test_a_treasurer_s_limits(self, scenario: EnrolmentScenario):
        beyond = await create_member(scenario, full_name="Trần Thị Na", national_id=None)
        own = await create_member(
            scenario, full_name="Trần Thị Ná", national_id=None, group_id=str(scenario.group.id)
        )
        row = scenario.row(full_name="TRAN THI NA", group_id=str(scenario.group.id))
        created = expect_json(await scenario.create_enrolment(**row), 201)
        path = f"{ENROLMENTS}/{created['id']}/checks"
        assert {one[0] for one in candidate_matches(expect_json(await scenario.get(path)))} == {beyond, own}
        assert [
            one[0] for one in candidate_matches(expect_json(await scenario.get(path, scenario.treasurer)))
        ] == [own]
