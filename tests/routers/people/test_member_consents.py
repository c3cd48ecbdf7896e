"""Consents of members over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.values.time import now, today
from tests.routers.people.member_scenario import MemberScenario, member_path, problem_of
from tests.world import Login, World

PAPER: dict[str, Any] = {
    "purpose": "insurance",
    "text_version": "bhxh-2026-01",
    "method": "paper",
    "given_by": "self",
}


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> MemberScenario:
    return await MemberScenario.create(world, client)


def years_ago(years: int) -> str:
    """A birth date that makes somebody so old for half a year."""
    return (today() - timedelta(days=365 * years + 180)).isoformat()


async def give_consent(
    scenario: MemberScenario, path: str, login: Login | None = None, /, **values: Any
) -> httpx.Response:
    return await scenario.request("POST", path, login or scenario.officer, PAPER | values)


class TestGiveConsent:
    @pytest.mark.parametrize(
        ("who", "status"),
        [
            (None, 401),
            ("viewer", 403),
            ("bhxh", 403),
            ("reading_partner", 403),
            ("farmers_officer", 404),
            ("sibling_commune_officer", 404),
            ("collector", 404),
            ("treasurer", 201),
            ("officer", 201),
        ],
    )
    async def test_who_may_record(self, scenario: MemberScenario, who: str | None, status: int):
        path = member_path(scenario.group.members[0], "consents")
        login = getattr(scenario, who) if who else None
        assert (await scenario.request("POST", path, login, PAPER)).status_code == status

    async def test_recorded_with_who_and_when(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0], "consents")
        created = (await give_consent(scenario, path, given_at="2026-01-05T08:30:00+07:00")).json()
        assert created["given_at"] == "2026-01-05T01:30:00Z"
        assert (created["recorded_by"], created["withdrawn_at"]) == (str(scenario.officer.id), None)
        assert (await scenario.get_json(path))["items"] == [created]
        event = (await scenario.get_json(member_path(scenario.group.members[0], "history")))["items"][0]
        assert (event["event"], event["fields"]["purpose"]) == ("consent.given", "insurance")

    async def test_one_standing_consent_for_a_purpose_and_text(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0], "consents")
        assert (await give_consent(scenario, path)).status_code == 201
        assert problem_of(await give_consent(scenario, path))[:2] == (409, "consent_stands")
        assert (await give_consent(scenario, path, purpose="publication")).status_code == 201
        assert (await give_consent(scenario, path, text_version="bhxh-2026-02")).status_code == 201

    async def test_repeat_of_an_id(self, scenario: MemberScenario):
        path, own = member_path(scenario.group.members[0], "consents"), str(uuid4())
        first = await give_consent(scenario, path, id=own)
        again = await give_consent(scenario, path, id=own)
        assert (again.status_code, again.json()) == (200, first.json())
        assert problem_of(await give_consent(scenario, path, id=own, method="electronic"))[:2] == (
            409,
            "id_taken",
        )
        elsewhere = member_path(scenario.group.members[1], "consents")
        assert problem_of(await give_consent(scenario, elsewhere, id=own))[:2] == (409, "id_taken")

    @pytest.mark.parametrize(
        ("age", "accepted"), [(3, {"guardian"}), (10, {"both"}), (40, {"self", "guardian"})]
    )
    async def test_who_agrees_at_which_age(self, scenario: MemberScenario, age: int, accepted: set[str]):
        created = await scenario.create_member(birth_date=years_ago(age))
        path = member_path(created, "consents")
        for number, giver in enumerate(["self", "guardian", "both"]):
            named = {} if giver == "self" else {"guardian_name": "Trần Văn Bảo"}
            response = await give_consent(scenario, path, given_by=giver, text_version=f"v{number}", **named)
            if giver in accepted:
                assert response.status_code == 201
            else:
                assert problem_of(response)[2] == [("/given_by", "consent_giver")]

    @pytest.mark.parametrize(
        ("values", "pointer", "code"),
        [
            ({"purpose": "everything"}, "/purpose", "enum"),
            ({"purpose": None}, "/purpose", "enum"),
            ({"method": "silence"}, "/method", "enum"),
            ({"text_version": "bản mới"}, "/text_version", "code"),
            ({"given_by": "guardian"}, "/guardian_name", "consent_guardian"),
            ({"guardian_name": "Trần Văn Bảo"}, "/guardian_name", "consent_guardian"),
            ({"given_at": "2026-01-05"}, "/given_at", "instant"),
            ({"given_at": "2026-01-05T08:30:00"}, "/given_at", "instant"),
            ({"given_at": "2026-13-05T08:30:00Z"}, "/given_at", "instant"),
            ({"given_at": 1767573000}, "/given_at", "instant"),
            ({"given_at": (now() + timedelta(hours=1)).isoformat()}, "/given_at", "consent_in_future"),
            ({"recorded_by": str(uuid4())}, "/recorded_by", "extra_forbidden"),
        ],
    )
    async def test_wrong_field_is_named(
        self, scenario: MemberScenario, values: dict[str, Any], pointer: str, code: str
    ):
        response = await give_consent(scenario, member_path(scenario.group.members[0], "consents"), **values)
        assert problem_of(response)[2] == [(pointer, code)]


class TestWithdrawConsent:
    async def test_stays_in_the_list_and_may_be_given_anew(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0], "consents")
        created = (await give_consent(scenario, path)).json()
        withdrawn = (
            await scenario.request("POST", f"{path}/{created['id']}/withdraw", scenario.treasurer)
        ).json()
        assert withdrawn["withdrawn_by"] == str(scenario.treasurer.id)
        again = await scenario.request("POST", f"{path}/{created['id']}/withdraw", scenario.officer)
        assert (again.status_code, again.json()) == (200, withdrawn)
        assert (await give_consent(scenario, path)).status_code == 201
        assert [item["withdrawn_at"] is None for item in (await scenario.get_json(path))["items"]] == [
            False,
            True,
        ]

    @pytest.mark.parametrize(
        ("who", "status"),
        [(None, 401), ("bhxh", 403), ("farmers_officer", 404), ("sibling_commune_officer", 404)],
    )
    async def test_who_may(self, scenario: MemberScenario, who: str | None, status: int):
        path = member_path(scenario.group.members[0], "consents")
        created = (await give_consent(scenario, path)).json()
        login = getattr(scenario, who) if who else None
        assert (
            await scenario.request("POST", f"{path}/{created['id']}/withdraw", login)
        ).status_code == status

    async def test_of_another_member_is_404(self, scenario: MemberScenario):
        created = (await give_consent(scenario, member_path(scenario.group.members[0], "consents"))).json()
        path = member_path(scenario.group.members[1], "consents", created["id"], "withdraw")
        assert (await scenario.request("POST", path, scenario.officer)).status_code == 404


class TestListConsents:
    @pytest.mark.parametrize(
        ("who", "status"),
        [(None, 401), ("viewer", 403), ("bhxh", 200), ("farmers_officer", 404), ("collector", 404)],
    )
    async def test_who_may_read(self, scenario: MemberScenario, who: str | None, status: int):
        login = getattr(scenario, who) if who else None
        path = member_path(scenario.group.members[0], "consents")
        assert (await scenario.request("GET", path, login)).status_code == status
