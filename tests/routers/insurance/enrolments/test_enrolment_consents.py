"""Consent to give a person's data to BHXH, at every step of an enrolment."""

from typing import Any

import pytest

from app.core.values.time import today
from tests.insurance.enrolment_scenario import ENROLMENTS, EnrolmentScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


@pytest.fixture
async def scenario(world: World, client: Any) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


MISSING, WITHDRAWN = "sharing_consent_missing", "sharing_consent_withdrawn"


async def read_marks(scenario: EnrolmentScenario, enrolment: Any) -> list[tuple[str, str]]:
    """What the checks say about the consent."""
    checks = expect_json(await scenario.get(f"{ENROLMENTS}/{enrolment['id']}/checks"))["items"]
    return [(item["severity"], item["code"]) for item in checks if item["pointer"] == "/consented_on"]


async def give(scenario: EnrolmentScenario, member_id: str, text: str = "1") -> Any:
    consent = {"purpose": "sharing_bhxh", "text_version": text, "method": "paper", "given_by": "self"}
    path = f"/v1/members/{member_id}/consents"
    return expect_json(await scenario.post(path, **consent), 201)


async def withdraw(scenario: EnrolmentScenario, consent: Any) -> None:
    path = f"/v1/members/{consent['member_id']}/consents/{consent['id']}/withdraw"
    assert (await scenario.client.post(path, headers=scenario.officer.headers)).status_code == 200


class TestDraft:
    async def test_without_it_is_marked_and_not_submitted(self, scenario: EnrolmentScenario):
        draft = await scenario.create_draft(consented_on=None)
        assert draft["consented_on"] is None
        assert await read_marks(scenario, draft) == [("error", MISSING)]
        expect_problem(await scenario.transition(draft, "submit"), 422, MISSING, "/consented_on")

    async def test_a_day_on_the_draft_suffices(self, scenario: EnrolmentScenario):
        draft = await scenario.create_draft(consented_on=None)
        edited = expect_json(await scenario.edit(draft, consented_on=str(today())))
        assert edited["consented_on"] == str(today())
        assert await read_marks(scenario, edited) == []
        assert expect_json(await scenario.transition(edited, "submit"))["status"] == "submitted"

    async def test_a_consent_in_the_register_suffices(self, scenario: EnrolmentScenario):
        draft = await scenario.create_draft(consented_on=None)
        await give(scenario, draft["member_id"])
        assert await read_marks(scenario, draft) == []
        assert (await scenario.transition(draft, "submit")).status_code == 200

    async def test_withdrawn_it_counts_against_a_day_before(self, scenario: EnrolmentScenario):
        draft = await scenario.create_draft()
        consent = await give(scenario, draft["member_id"])
        await withdraw(scenario, consent)
        assert await read_marks(scenario, draft) == [("error", WITHDRAWN)]
        expect_problem(await scenario.transition(draft, "submit"), 422, WITHDRAWN, "/consented_on")
        await give(scenario, draft["member_id"], "2")  # agreed anew
        assert (await scenario.transition(draft, "submit")).status_code == 200

    @pytest.mark.parametrize("day", ["2199-01-01", "hôm qua", 5])
    async def test_a_day_that_cannot_be_is_refused(self, scenario: EnrolmentScenario, day: Any):
        response = await scenario.create_enrolment(consented_on=day)
        assert response.status_code == 422
        assert [error["pointer"] for error in response.json()["errors"]] == ["/consented_on"]
        draft = await scenario.create_draft()
        assert (await scenario.edit(draft, consented_on=day)).status_code == 422


class TestBatch:
    async def test_a_row_of_before_is_taken_and_marked(self, scenario: EnrolmentScenario):
        """Partners who do not send the field yet go on as they did; each such row says what is missing."""
        row = scenario.row()
        del row["consented_on"]
        [item] = (await scenario.send_ok(row))["items"]
        assert (item["status"], item["errors"]) == ("created", [])
        assert MISSING in {warning["code"] for warning in item["warnings"]}
        enrolment = expect_json(await scenario.get(f"{ENROLMENTS}/{item['enrolment_id']}", scenario.partner))
        assert (enrolment["status"], enrolment["consented_on"]) == ("submitted", None)
        assert await read_marks(scenario, enrolment) == [("warning", MISSING)]
        accepted = await scenario.transition(enrolment, "accept", scenario.bhxh)
        assert accepted.status_code == 200

    async def test_a_row_with_its_day_is_not_marked(self, scenario: EnrolmentScenario):
        [item] = (await scenario.send_ok(scenario.row(consented_on="2026-11-02")))["items"]
        assert item["warnings"] == []
        enrolment = expect_json(await scenario.get(f"{ENROLMENTS}/{item['enrolment_id']}", scenario.partner))
        assert enrolment["consented_on"] == "2026-11-02"

    async def test_a_row_of_before_repeats_as_before(self, scenario: EnrolmentScenario):
        row = scenario.row()
        del row["consented_on"]
        await scenario.send_ok(row)
        [item] = (await scenario.send_ok(row | {"consented_on": None}))["items"]
        assert item["status"] in ("duplicate", "unchanged")

    async def test_who_withdrew_it_is_rejected(self, scenario: EnrolmentScenario):
        draft = await scenario.create_draft()
        await withdraw(scenario, await give(scenario, draft["member_id"]))
        row = {
            "external_ref": "after-withdrawal", "member_id": draft["member_id"], "product": "bhyt_hgd",
            "method": "months_12", "from_month": "2027-01", "consented_on": "2026-11-01",
        }  # fmt: skip
        [item] = (await scenario.send_ok(row, login=scenario.officer))["items"]
        assert (item["status"], [error["code"] for error in item["errors"]]) == ("rejected", [WITHDRAWN])


class TestDecision:
    async def test_bhxh_does_not_accept_who_withdrew_it(self, scenario: EnrolmentScenario):
        submitted = await scenario.create_submitted()
        await withdraw(scenario, await give(scenario, submitted["member_id"]))
        refused = await scenario.transition(submitted, "accept", scenario.bhxh)
        expect_problem(refused, 422, WITHDRAWN, "/consented_on")
