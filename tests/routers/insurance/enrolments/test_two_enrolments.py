"""Two enrolments of one person for the same months, over HTTP: in two unions' registers, and in one."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.insurance.enrolment_scenario import ENROLMENTS, EnrolmentScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, World, national_id

GENERAL = "Người này đã có đăng ký tham gia khác cùng loại cho cùng thời gian. Hãy hỏi cơ quan BHXH."


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


async def accept(scenario: EnrolmentScenario, enrolment: Any) -> httpx.Response:
    return await scenario.transition(enrolment, "accept", scenario.bhxh)


async def read_checks(
    scenario: EnrolmentScenario, enrolment: Any, login: Login | None = None
) -> list[tuple[str, str, str]]:
    path = f"{ENROLMENTS}/{enrolment['id']}/checks"
    items = expect_json(await scenario.get(path, login))["items"]
    return [(item["code"], item["severity"], item["detail"]) for item in items]


class TestTwoUnions:
    @pytest.mark.parametrize("product", ["bhxh_tn", "bhyt_hgd"])
    @pytest.mark.parametrize("reverse", [False, True], ids=["one", "the other"])
    async def test_the_second_is_stopped_with_the_reason(
        self, scenario: EnrolmentScenario, product: str, reverse: bool
    ):
        same: dict[str, Any] = {"national_id": national_id(), "product": product}
        if product == "bhyt_hgd":
            same |= {"monthly_income": None, "support_group": None}
        pair = [
            await scenario.create_submitted(**same),
            await scenario.create_submitted(scenario.farmers, **same | {"from_month": "2027-05"}),
        ]
        first, second = reversed(pair) if reverse else pair
        assert [
            (code, severity) for code, severity, _ in await read_checks(scenario, first, scenario.bhxh)
        ] == [("other_enrolment_exists", "warning")]
        expect_json(await accept(scenario, first))
        refused = await accept(scenario, second)
        expect_problem(refused, 422, "not_eligible")
        [error] = refused.json()["errors"]
        assert error["code"] == "other_enrolment_exists"
        assert first["id"] in error["detail"]

    async def test_the_unions_learn_nothing_of_one_another(self, scenario: EnrolmentScenario):
        same = {"national_id": national_id()}
        ours = await scenario.create_submitted(**same)
        theirs = await scenario.create_submitted(scenario.farmers, **same)
        expect_json(await accept(scenario, ours))
        assert await read_checks(scenario, theirs, scenario.farmers) == []
        assert await read_checks(scenario, ours) == []

    async def test_of_what_both_had_accepted_a_union_reads_general_words(
        self, scenario: EnrolmentScenario, world: World
    ):
        """As it can be when a number is put right after the acceptance: whose number it was is told, nobody else."""
        number = national_id()
        ours = await scenario.create_accepted(national_id=number)
        theirs = await scenario.create_accepted(scenario.farmers)
        await world.owner.execute(
            "update member set national_id = $2 where id = $1", theirs["member_id"], number
        )
        told = [("other_enrolment_exists", "error", GENERAL)]
        assert await read_checks(scenario, ours, scenario.officer) == told
        assert await read_checks(scenario, theirs, scenario.farmers) == []

    async def test_when_bhxh_has_decided_the_way_is_free(self, scenario: EnrolmentScenario):
        same = {"national_id": national_id()}
        ours = await scenario.create_accepted(**same)
        theirs = await scenario.create_submitted(scenario.farmers, **same)
        assert (await accept(scenario, theirs)).status_code == 422
        merge = {"keep": theirs["id"], "drop": ours["id"]}
        expect_json(await scenario.post("/v1/enrolment-duplicates/merge", scenario.bhxh, **merge), 201)
        assert expect_json(await accept(scenario, theirs))["status"] == "accepted"

    async def test_months_that_only_touch(self, scenario: EnrolmentScenario):
        same = {"national_id": national_id(), "method": "months_3"}
        await scenario.create_accepted(**same, from_month="2026-12")
        await scenario.create_accepted(scenario.farmers, **same, from_month="2027-03")

    async def test_both_at_once(self, scenario: EnrolmentScenario, world: World):
        same = {"national_id": national_id()}
        ours = await scenario.create_submitted(**same)
        theirs = await scenario.create_submitted(scenario.farmers, **same)
        answers = await asyncio.gather(accept(scenario, ours), accept(scenario, theirs))
        assert sorted(answer.status_code for answer in answers) == [200, 422]


class TestOneRegister:
    async def test_a_second_that_overlaps_is_not_submitted(self, scenario: EnrolmentScenario):
        same = {"national_id": national_id()}
        first = await scenario.create_draft(**same)
        second = await scenario.create_draft(
            member_id=first["member_id"], from_month="2027-05", **dict.fromkeys(PERSON)
        )
        [(code, severity, words)] = await read_checks(scenario, second)
        assert (code, severity) == ("enrolments_overlap", "warning")
        assert "từ tháng 12/2026 đến tháng 11/2027" in words
        expect_json(await scenario.transition(first, "submit"))
        refused = await scenario.transition(second, "submit")
        expect_problem(refused, 422, "enrolments_overlap", "/from_month")
        withdrawn = await scenario.client.post(
            f"{ENROLMENTS}/{first['id']}/withdraw", headers=scenario.officer.headers
        )
        assert withdrawn.status_code == 200, withdrawn.text
        expect_json(await scenario.transition(second, "submit"))

    async def test_rows_of_one_batch(self, scenario: EnrolmentScenario):
        row = scenario.row(method="months_6")
        rows = [
            row,
            row | {"external_ref": "SECOND-6", "from_month": "2027-05"},
            row | {"external_ref": "THIRD-6", "from_month": "2027-06"},
        ]
        items = (await scenario.send_ok(*rows))["items"]
        assert [item["status"] for item in items] == ["created", "rejected", "created"]
        assert [error["code"] for error in items[1]["errors"]] == ["enrolments_overlap"]
        again = (await scenario.send_ok(rows[1] | {"from_month": "2027-11", "external_ref": "FOURTH-6"}))[
            "items"
        ]
        assert [error["code"] for error in again[0]["errors"]] == ["enrolments_overlap"]


PERSON = ("full_name", "birth_date", "sex", "national_id", "phone", "commune_code")
