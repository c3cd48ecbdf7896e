"""The end of a value of the law over HTTP: one person of BHXH proposes it, a second confirms it."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.routers.insurance.test_insurance_rules import LIST, enter, enter_confirmed, province_extra_body
from tests.routers.responses import expect_json, expect_problem, read_items
from tests.world import Login, World

LAST_DAY = "2030-12-31"


@pytest.fixture
async def admin(world: World) -> Login:
    """An administrator of BHXH's national level, who proposes."""
    return await world.user(await world.national("bhxh"), "bhxh_admin")


@pytest.fixture
async def second(world: World) -> Login:
    """Another administrator, who confirms."""
    return await world.user(await world.national("bhxh"), "bhxh_admin")


@pytest.fixture
async def rule(client: httpx.AsyncClient, world: World, admin: Login, second: Login) -> str:
    """The path of a confirmed value from 2030-01-01 on."""
    return await enter_confirmed(client, admin, second, province_extra_body(world))


async def end(client: httpx.AsyncClient, login: Login, path: str, day: object = LAST_DAY) -> httpx.Response:
    """Propose the last day."""
    return await client.post(f"{path}/end", json={"valid_to": day}, headers=login.headers)


async def act(
    client: httpx.AsyncClient, login: Login, path: str, what: str, version: int | None = None
) -> httpx.Response:
    """Confirm or withdraw the proposed end."""
    match = {} if version is None else {"If-Match": str(version)}
    return await client.post(f"{path}/end/{what}", headers=login.headers | match)


async def read(client: httpx.AsyncClient, login: Login, path: str) -> Any:
    """The rule as it stands."""
    return expect_json(await client.get(path, headers=login.headers))


async def list_in_force(client: httpx.AsyncClient, login: Login, world: World, on: str) -> list[str]:
    """The values of the province's extra that are in force on a day."""
    filters = {
        "key": "province_support_rate_near_poor",
        "on": on,
        "status": "active",
        "province_code": world.province,
    }
    return [
        item["value"]
        for item in expect_json(await client.get(LIST, params=filters, headers=login.headers))["items"]
    ]


class TestPropose:
    async def test_wrong_ones_are_refused(
        self, client: httpx.AsyncClient, world: World, admin: Login, rule: str
    ):
        expect_problem(await client.post(f"{rule}/end", json={}), 401, "unauthenticated")
        officer = await world.user(await world.unit("womens_union"), "union_admin")
        expect_problem(await end(client, officer, rule), 403, "forbidden")
        elsewhere = await world.user(await world.unit("bhxh", world.sibling_province), "bhxh_admin")
        expect_problem(await end(client, elsewhere, rule), 403, "outside_scope")
        expect_problem(await end(client, admin, f"{LIST}/{uuid4()}"), 404, "not_found")
        expect_problem(await end(client, admin, rule, "31/12/2030"), 422, "day", "/valid_to")
        expect_problem(await end(client, admin, rule, "2029-12-30"), 422, "outside_time", "/valid_to")

    async def test_the_value_stays_in_force(
        self, client: httpx.AsyncClient, world: World, admin: Login, rule: str
    ):
        proposed = expect_json(await end(client, admin, rule))
        assert (proposed["valid_to"], proposed["proposed_end"]["valid_to"]) == (None, LAST_DAY)
        assert proposed["proposed_end"]["proposed_by"] == str(admin.id)
        assert await list_in_force(client, admin, world, "2031-01-01") == ["0.15"]
        assert expect_json(await end(client, admin, rule)) == proposed

    async def test_one_end_waits_at_a_time(
        self, client: httpx.AsyncClient, admin: Login, second: Login, rule: str
    ):
        proposed = expect_json(await end(client, admin, rule))
        for login in (admin, second):
            expect_problem(await end(client, login, rule, "2031-12-31"), 409, "end_already_proposed")
        assert expect_json(await end(client, second, rule)) == proposed  # the same day confirms nothing

    async def test_who_has_to_confirm_finds_it(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login, rule: str
    ):
        async def waiting(flag: str) -> bool:
            params = {"end_proposed": flag, "province_code": world.province}
            return rule.rpartition("/")[2] in {
                item["id"] for item in await read_items(client, LIST, second.headers, **params)
            }

        assert (await waiting("true"), await waiting("false")) == (False, True)
        expect_json(await end(client, admin, rule))
        assert (await waiting("true"), await waiting("false")) == (True, False)

    async def test_days_that_have_passed_stay(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login
    ):
        body = province_extra_body(world, valid_from="2024-01-01")
        path = await enter_confirmed(client, admin, second, body)
        yesterday = today() - timedelta(days=1)
        expect_problem(await end(client, admin, path, str(yesterday)), 409, "rule_in_use")
        expect_json(await end(client, admin, path, str(today())))

    async def test_an_unconfirmed_one_is_withdrawn_at_once(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login
    ):
        path = await enter(client, admin, province_extra_body(world))
        withdrawn = expect_json(await end(client, second, path, "2029-12-31"))
        assert (withdrawn["valid_to"], withdrawn["proposed_end"]) == ("2029-12-31", None)
        expect_problem(await client.post(f"{path}/confirm", headers=second.headers), 409, "rule_withdrawn")

    async def test_who_confirms_a_value_does_not_shorten_it_alone(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login
    ):
        path = await enter(client, admin, province_extra_body(world))
        assert expect_json(await end(client, second, path))["valid_to"] is None
        expect_json(await client.post(f"{path}/confirm", headers=second.headers))
        assert await list_in_force(client, admin, world, "2031-01-01") == ["0.15"]
        expect_problem(await act(client, second, path, "confirm"), 403, "second_person_needed")
        assert expect_json(await act(client, admin, path, "confirm"))["valid_to"] == LAST_DAY


class TestConfirm:
    async def test_wrong_ones_are_refused(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login, rule: str
    ):
        expect_problem(await act(client, second, rule, "confirm"), 409, "no_end_proposed")
        expect_json(await end(client, admin, rule))
        expect_problem(await client.post(f"{rule}/end/confirm"), 401, "unauthenticated")
        officer = await world.user(await world.unit("bhxh"), "bhxh_officer")
        expect_problem(await act(client, officer, rule, "confirm"), 403, "forbidden")
        elsewhere = await world.user(await world.unit("bhxh", world.sibling_province), "bhxh_admin")
        expect_problem(await act(client, elsewhere, rule, "confirm"), 403, "outside_scope")
        expect_problem(await act(client, second, f"{LIST}/{uuid4()}", "confirm"), 404, "not_found")

    async def test_a_second_person_ends_it(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login, rule: str
    ):
        proposed = expect_json(await end(client, admin, rule))
        expect_problem(
            await act(client, second, rule, "confirm", proposed["version"] - 1), 412, "stale_version"
        )
        ended = expect_json(await act(client, second, rule, "confirm", proposed["version"]))
        assert (ended["valid_to"], ended["proposed_end"]) == (LAST_DAY, None)
        assert ended["end_confirmed_by"] == str(second.id)
        assert await list_in_force(client, admin, world, LAST_DAY) == ["0.15"]
        assert await list_in_force(client, admin, world, "2031-01-01") == []
        await enter_confirmed(client, admin, second, province_extra_body(world, valid_from="2031-01-01"))
        expect_problem(await end(client, admin, rule, "2031-12-31"), 422, "outside_time", "/valid_to")

    async def test_repeated_it_answers_the_same_and_to_others_that_nothing_waits(
        self, client: httpx.AsyncClient, admin: Login, second: Login, rule: str
    ):
        expect_json(await end(client, admin, rule))
        ended = expect_json(await act(client, second, rule, "confirm"))
        assert expect_json(await act(client, second, rule, "confirm")) == ended
        assert expect_json(await end(client, admin, rule)) == ended
        expect_problem(await act(client, admin, rule, "confirm"), 409, "no_end_proposed")

    async def test_who_proposed_it_does_not_confirm_it(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login, rule: str
    ):
        expect_json(await end(client, admin, rule))
        expect_problem(await act(client, admin, rule, "confirm"), 403, "second_person_needed")
        assert (await read(client, admin, rule))["valid_to"] is None
        expect_json(await act(client, second, rule, "confirm"))
        events = await world.owner.fetch(
            "select event, actor_id from audit_event where subject_id = $1 order by id",
            rule.rpartition("/")[2],
        )
        assert [tuple(event) for event in events][2:] == [
            ("insurance_rule.end_proposed", admin.id),
            ("insurance_rule.ended", second.id),
        ]

    async def test_an_account_that_they_changed_since_is_no_other_person(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login, rule: str
    ):
        expect_json(await end(client, admin, rule))
        await world.owner.execute(
            "insert into audit_event (id, event, subject_kind, subject_id, network, actor_id, actor_kind, organisation_id,"
            " fields) values ($1, 'user.changed', 'user', $2, 'bhxh', $3, 'user', $4, '{}')",
            uuid7(), second.id, admin.id, admin.organisation_id,
        )  # fmt: skip
        expect_problem(await act(client, second, rule, "confirm"), 403, "second_person_needed")

    async def test_two_at_once_end_it_once(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login, rule: str
    ):
        expect_json(await end(client, admin, rule))
        third = await world.user(await world.national("bhxh"), "bhxh_admin")
        answers = await asyncio.gather(*(act(client, login, rule, "confirm") for login in (second, third)))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        ended = await world.owner.fetchval(
            "select count(*) from audit_event where subject_id = $1 and event = 'insurance_rule.ended'",
            rule.rpartition("/")[2],
        )
        assert ended == 1

    async def test_a_day_that_passed_meanwhile_is_proposed_anew(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login
    ):
        body = province_extra_body(world, valid_from="2024-01-01")
        path = await enter_confirmed(client, admin, second, body)
        expect_json(await end(client, admin, path, str(today())))
        await world.owner.execute(
            "update insurance_rule set end_proposed_to = end_proposed_to - 1, version = version + 1 where id = $1",
            path.rpartition("/")[2],
        )
        expect_problem(await act(client, second, path, "confirm"), 409, "rule_in_use")
        expect_json(await act(client, second, path, "withdraw"))
        expect_json(await end(client, admin, path, str(today())))
        assert expect_json(await act(client, second, path, "confirm"))["valid_to"] == str(today())

    async def test_one_that_has_not_begun_is_withdrawn(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login, rule: str
    ):
        expect_json(await end(client, admin, rule, "2029-12-31"))
        assert await list_in_force(client, admin, world, "2030-01-01") == ["0.15"]
        assert expect_json(await act(client, second, rule, "confirm"))["valid_to"] == "2029-12-31"
        await enter_confirmed(client, admin, second, province_extra_body(world))

    @pytest.mark.parametrize(
        ("proposed", "waits"), [("2030-12-30", True), ("2030-12-31", False), ("2031-06-30", False)]
    )
    async def test_a_successor_makes_a_later_end_moot(
        self,
        client: httpx.AsyncClient,
        world: World,
        admin: Login,
        second: Login,
        rule: str,
        proposed: str,
        waits: bool,
    ):
        expect_json(await end(client, admin, rule, proposed))
        await enter_confirmed(client, admin, second, province_extra_body(world, valid_from="2031-01-01"))
        followed = await read(client, admin, rule)
        assert (followed["valid_to"], followed["proposed_end"] is not None) == (LAST_DAY, waits)


class TestWithdraw:
    async def test_wrong_ones_are_refused(
        self, client: httpx.AsyncClient, world: World, admin: Login, rule: str
    ):
        expect_json(await end(client, admin, rule))
        expect_problem(await client.post(f"{rule}/end/withdraw"), 401, "unauthenticated")
        union = await world.user(await world.unit("womens_union"), "union_admin")
        expect_problem(await act(client, union, rule, "withdraw"), 403, "forbidden")
        elsewhere = await world.user(await world.unit("bhxh", world.sibling_province), "bhxh_admin")
        expect_problem(await act(client, elsewhere, rule, "withdraw"), 403, "outside_scope")
        expect_problem(await act(client, admin, f"{LIST}/{uuid4()}", "withdraw"), 404, "not_found")
        expect_problem(await act(client, admin, rule, "withdraw", 1), 412, "stale_version")

    @pytest.mark.parametrize("who", ["who proposed it", "another"])
    async def test_the_rule_goes_on_and_another_end_can_be_proposed(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login, rule: str, who: str
    ):
        login, event = (second, "refused") if who == "another" else (admin, "withdrawn")
        expect_json(await end(client, admin, rule))
        left = expect_json(await act(client, login, rule, "withdraw"))
        assert (left["valid_to"], left["proposed_end"]) == (None, None)
        assert expect_json(await act(client, login, rule, "withdraw")) == left
        last = await world.owner.fetchval(
            "select event from audit_event where subject_id = $1 order by id desc limit 1",
            rule.rpartition("/")[2],
        )
        assert last == f"insurance_rule.end_{event}"
        expect_problem(await act(client, second, rule, "confirm"), 409, "no_end_proposed")
        assert expect_json(await end(client, second, rule, "2031-12-31"))["proposed_end"][
            "proposed_by"
        ] == str(second.id)
        assert expect_json(await act(client, admin, rule, "confirm"))["valid_to"] == "2031-12-31"
