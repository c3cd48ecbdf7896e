"""`GET /v1/targets/{id}/progress`: what of a target is reached, for its group's treasurer and its collector."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.values.time import today
from tests.insurance.direct_scenario import DirectScenario
from tests.insurance.premium_scenario import PremiumScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, World

TARGETS = "/v1/targets"


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    return await PremiumScenario.create(world, client)


def target_of(**changed: Any) -> dict[str, Any]:
    """A target of this year: so many participants."""
    return {
        "metric": "participants_bhxh_tn",
        "unit": "people",
        "value": "4",
        "period": "year",
        "period_from": f"{today().year}-01-01",
    } | changed


async def set_target(client: httpx.AsyncClient, login: Login, **changed: Any) -> str:
    """Set a target; returns its path."""
    row = expect_json(await client.post(TARGETS, json=target_of(**changed), headers=login.headers), 201)
    return f"{TARGETS}/{row['id']}"


async def read_progress(client: httpx.AsyncClient, login: Login, path: str) -> Any:
    return expect_json(await client.get(f"{path}/progress", headers=login.headers))


async def read_counted(client: httpx.AsyncClient, login: Login, path: str) -> tuple[Any, Any]:
    progress = await read_progress(client, login, path)
    return progress["counted"], progress["completion"]


class TestGroup:
    """A target of a group (chỉ tiêu của tổ)."""

    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        expect_problem(await client.get(f"{TARGETS}/{uuid4()}/progress"), 401, "unauthenticated")

    async def test_its_treasurer_sees_it_and_no_other(
        self, client: httpx.AsyncClient, scenario: PremiumScenario
    ):
        path = await set_target(client, scenario.officer, for_group_code=scenario.group.code)
        of_place = await set_target(client, scenario.officer)
        listed = expect_json(await client.get(TARGETS, headers=scenario.treasurer.headers))["items"]
        assert [f"{TARGETS}/{item['id']}" for item in listed] == [path]
        assert await read_counted(client, scenario.treasurer, path) == ("0", "0.0000")
        for login, hidden in (
            (scenario.other_treasurer, path), (scenario.treasurer, of_place), (scenario.farmers, path),
        ):  # fmt: skip
            for each in (hidden, f"{hidden}/progress", f"{hidden}/versions"):
                expect_problem(await client.get(each, headers=login.headers), 404, "not_found")
        listed = expect_json(await client.get(TARGETS, headers=scenario.other_treasurer.headers))["items"]
        assert listed == []
        response = await client.patch(
            path, json={"value": "1"}, headers=scenario.treasurer.headers | {"If-Match": "1"}
        )
        expect_problem(response, 403, "forbidden")
        response = await client.post(TARGETS, json=target_of(), headers=scenario.treasurer.headers)
        expect_problem(response, 403, "forbidden")

    async def test_a_treasurer_who_views_figures_too_sees_those_of_the_place(
        self, client: httpx.AsyncClient, world: World, scenario: PremiumScenario
    ):
        both = await world.user(scenario.group.unit, "treasurer", "viewer", groups=[scenario.group.id])
        other = await world.group(scenario.group.unit)
        own, of_place, hidden = [
            await set_target(client, scenario.officer, **addressee)
            for addressee in (
                {"for_group_code": scenario.group.code}, {}, {"for_group_code": other.code},
            )
        ]  # fmt: skip
        listed = expect_json(await client.get(TARGETS, headers=both.headers))["items"]
        assert {f"{TARGETS}/{item['id']}" for item in listed} == {own, of_place}
        expect_problem(await client.get(hidden, headers=both.headers), 404, "not_found")

    async def test_wherever_its_place_is(
        self, client: httpx.AsyncClient, world: World, scenario: PremiumScenario
    ):
        """The province sets it, and the treasurer's organisation is the commune's."""
        unit = await world.unit("womens_union", world.commune, level="commune")
        group = await world.group(unit)
        treasurer = await world.user(unit, "treasurer", groups=[group.id])
        path = await set_target(
            client, scenario.officer, for_group_code=group.code, place_code=world.province
        )
        assert await read_counted(client, treasurer, path) == ("0", "0.0000")
        headers = scenario.officer.headers | {"If-Match": "1"}
        expect_json(await client.patch(path, json={"value": "5"}, headers=headers))
        versions = expect_json(await client.get(f"{path}/versions", headers=treasurer.headers))["items"]
        assert [version["value"] for version in versions] == ["4"]

    async def test_participants_are_who_paid(self, client: httpx.AsyncClient, scenario: PremiumScenario):
        path = await set_target(client, scenario.officer, for_group_code=scenario.group.code)
        new = await set_target(
            client, scenario.officer, for_group_code=scenario.group.code, metric="new_participants", value="2"
        )
        cards = await set_target(
            client, scenario.officer, for_group_code=scenario.group.code, metric="participants_bhyt_hgd"
        )
        await scenario.create_posted_payment(scenario.members[0])
        await scenario.create_enrolment(scenario.members[1])  # accepted, and nothing paid
        for login in (scenario.treasurer, scenario.officer):
            assert await read_counted(client, login, path) == ("1", "0.2500")
            assert await read_counted(client, login, new) == ("1", "0.5000")
            assert await read_counted(client, login, cards) == ("0", "0.0000")

    async def test_money_members_and_groups(self, client: httpx.AsyncClient, scenario: PremiumScenario):
        goals: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
            "saved": ({"unit": "dong", "value": "1000000"}, ("350000", "0.3500")),
            "members": ({"unit": "people", "value": "3"}, ("3", "1.0000")),
            "groups": ({"unit": "groups", "value": "1"}, ("1", "1.0000")),
        }
        group = scenario.group.code
        paths = {
            metric: await set_target(client, scenario.officer, for_group_code=group, metric=metric, **goal)
            for metric, (goal, _) in goals.items()
        }
        await scenario.save(scenario.members[0], 400_000)
        await scenario.save(scenario.members[1], 100_000)
        await scenario.save(scenario.members[0], 50_000, kind="withdrawal")
        kept = expect_json(
            await client.get(
                "/v1/contributions", params={"group_code": group}, headers=scenario.treasurer.headers
            )
        )["items"]
        (reversed_one,) = [item["id"] for item in kept if item["amount"] == 100_000]
        expect_json(
            await scenario.post(f"/v1/contributions/{reversed_one}/reversal", {"note": "Ghi nhầm"}), 201
        )
        for metric, (_, expected) in goals.items():
            assert await read_counted(client, scenario.treasurer, paths[metric]) == expected, metric

    async def test_only_days_of_the_period_count(self, client: httpx.AsyncClient, scenario: PremiumScenario):
        day = today()
        await scenario.save(scenario.members[0], 10_000, day=day - timedelta(days=1))
        await scenario.save(scenario.members[0], 500, day=day)
        for first, last, expected in (
            (day, day, "500"),
            (day - timedelta(days=1), day, "10500"),
            (day - timedelta(days=1), day - timedelta(days=1), "10000"),
            (day + timedelta(days=1), day + timedelta(days=9), "0"),
        ):
            period = {"period": "other", "period_from": str(first), "period_to": str(last)}
            goal = {"metric": "saved", "unit": "dong", "value": "1"}
            path = await set_target(
                client, scenario.officer, for_group_code=scenario.group.code, **goal, **period
            )
            assert (await read_counted(client, scenario.treasurer, path))[0] == expected

    async def test_few_people_are_hidden_from_a_viewer(
        self, client: httpx.AsyncClient, world: World, scenario: PremiumScenario
    ):
        viewer = await world.user(scenario.group.unit, "viewer")
        path = await set_target(
            client, scenario.officer, for_group_code=scenario.group.code, metric="members"
        )
        progress = await read_progress(client, viewer, path)
        assert (progress["counted"], progress["completion"], progress["suppressed"]) == (None, None, True)

    @pytest.mark.parametrize(
        ("changed", "words"),
        [
            ({"metric": "sessions", "unit": "sessions"}, "không đếm được từ sổ sách"),
            ({"metric": "members", "unit": "households"}, "không đếm được từ sổ sách"),
        ],
    )
    async def test_what_the_books_do_not_know_is_said(
        self, client: httpx.AsyncClient, scenario: PremiumScenario, changed: dict[str, Any], words: str
    ):
        path = await set_target(client, scenario.officer, for_group_code=scenario.group.code, **changed)
        progress = await read_progress(client, scenario.treasurer, path)
        assert (progress["counted"], progress["suppressed"]) == (None, False)
        assert words in progress["note"]


class TestCollector:
    """A collector's own target, counted from what they took."""

    async def test_their_payments_alone_count(
        self, client: httpx.AsyncClient, world: World, scenario: PremiumScenario
    ):
        direct = await DirectScenario.create(world, client)
        path = await set_target(client, direct.officer, for_user_id=str(direct.collector.id))
        expect_json(await direct.post(await direct.take()))
        await direct.take()  # held, not paid
        others = await direct.enrol(await direct.customer(direct.colleague))
        held = expect_json(await direct.hold(others, login=direct.colleague), 201)
        expect_json(await direct.post(held, login=direct.colleague))
        for login in (direct.collector, direct.officer):
            assert await read_counted(client, login, path) == ("1", "0.2500")
        for login in (direct.colleague, scenario.farmers):
            expect_problem(await client.get(f"{path}/progress", headers=login.headers), 404, "not_found")
        results = expect_json(await client.get("/v1/stats/collectors", headers=direct.collector.headers))
        assert [item["people"] for item in results["items"]] == [1]

    async def test_what_the_books_do_not_know_of_a_person_is_said(
        self, client: httpx.AsyncClient, world: World, scenario: PremiumScenario
    ):
        direct = await DirectScenario.create(world, client)
        path = await set_target(
            client, direct.officer, for_user_id=str(direct.collector.id), metric="saved", unit="dong"
        )
        progress = await read_progress(client, direct.collector, path)
        assert progress["counted"] is None
        assert "từng người" in progress["note"]


class TestPlace:
    """A target of a place or an organisation counts what lies in it."""

    async def test_of_a_commune_and_of_an_organisation(
        self, client: httpx.AsyncClient, world: World, scenario: PremiumScenario
    ):
        await scenario.create_posted_payment(scenario.members[0])
        unit = scenario.group.unit
        for addressee, expected in (
            ({"place_code": world.commune}, "1"),
            ({"place_code": world.sibling_commune}, "0"),
            ({"for_organisation_code": unit.code}, "1"),
        ):
            path = await set_target(client, scenario.officer, **addressee)
            assert (await read_counted(client, scenario.officer, path))[0] == expected
        path = await set_target(client, scenario.bhxh)
        assert (await read_counted(client, scenario.bhxh, path))[0] == "1"  # the state's: of every network
        path = await set_target(client, scenario.farmers)
        assert (await read_counted(client, scenario.farmers, path))[0] == "0"
