"""Insurance rules over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from app.insurance.rules.keys import RULE_KEYS, is_valid_value
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, World

LIST = "/v1/insurance/rules"


def province_extra_body(world: World, **other: Any) -> dict[str, Any]:
    """The body of a provincial extra, in this world's province."""
    return {
        "key": "province_support_rate_near_poor",
        "value": "0.15",
        "province_code": world.province,
        "valid_from": "2030-01-01",
        "legal_basis": "Nghị quyết của HĐND tỉnh",
    } | other


@pytest.fixture
async def admin(world: World) -> Login:
    """An administrator of BHXH's national level."""
    return await world.user(await world.national("bhxh"), "bhxh_admin")


@pytest.fixture
async def province_admin(world: World) -> Login:
    """An administrator of the province's BHXH."""
    return await world.user(await world.unit("bhxh"), "bhxh_admin")


@pytest.fixture
async def second(world: World) -> Login:
    """Another administrator of BHXH's national level, who confirms."""
    return await world.user(await world.national("bhxh"), "bhxh_admin")


async def enter(client: httpx.AsyncClient, login: Login, body: dict[str, Any]) -> str:
    """Enter a rule; returns its path."""
    return f"{LIST}/{expect_json(await client.post(LIST, json=body, headers=login.headers), 201)['id']}"


async def enter_confirmed(
    client: httpx.AsyncClient, login: Login, second: Login, body: dict[str, Any]
) -> str:
    """Enter a rule, and let another person confirm it; returns its path."""
    path = await enter(client, login, body)
    expect_json(await client.post(f"{path}/confirm", headers=second.headers))
    return path


@pytest.fixture
async def viewer(world: World) -> Login:
    return await world.user(await world.unit("womens_union"), "viewer")


class TestList:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        expect_problem(await client.get(LIST), 401, "unauthenticated")

    async def test_of_a_key_in_the_order_of_time(self, client: httpx.AsyncClient, viewer: Login):
        page = expect_json(
            await client.get(LIST, params={"key": "base_salary", "limit": 100}, headers=viewer.headers)
        )
        assert [item["value"] for item in page["items"]][-4:] == ["1490000", "1800000", "2340000", "2530000"]
        assert {item["unit"] for item in page["items"]} == {"dong"}

    @pytest.mark.parametrize(
        ("on", "value"), [("2016-06-01", "700000"), ("2021-12-31", "700000"), ("2022-01-01", "1500000")]
    )
    async def test_on_a_day(self, client: httpx.AsyncClient, viewer: Login, on: str, value: str):
        filters = {"key": "rural_poverty_line", "on": on, "status": "active"}
        page = expect_json(await client.get(LIST, params=filters, headers=viewer.headers))
        assert [item["value"] for item in page["items"]] == [value]

    @pytest.mark.parametrize("status", ["active", "unconfirmed"])
    async def test_unconfirmed_ones_are_told_apart(
        self, client: httpx.AsyncClient, viewer: Login, status: str
    ):
        page = expect_json(
            await client.get(LIST, params={"status": status, "key": "bhxh_tn_rate"}, headers=viewer.headers)
        )
        assert ("2014-01-01" in {item["valid_from"] for item in page["items"]}) is (status == "unconfirmed")
        assert {item["status"] for item in page["items"]} == {status}

    async def test_hostile_filters_are_named(self, client: httpx.AsyncClient, viewer: Login):
        for name, value in (("on", "2026-02-30"), ("status", "maybe"), ("key", "a b"), ("sort", "1")):
            response = await client.get(LIST, params={name: value}, headers=viewer.headers)
            assert response.status_code == 422
            assert response.json()["errors"][0]["pointer"] == f"/query/{name}"


class TestExpiring:
    PATH = f"{LIST}/expiring"

    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        expect_problem(await client.get(self.PATH), 401, "unauthenticated")

    async def test_says_what_bhxh_has_to_do_and_until_when(
        self, client: httpx.AsyncClient, world: World, viewer: Login, province_admin: Login, second: Login
    ):
        ends = today() + timedelta(days=60)
        body = province_extra_body(world, valid_from=str(today()), valid_to=str(ends))
        rule = (await enter_confirmed(client, province_admin, second, body)).rpartition("/")[2]
        found = await self._find(client, viewer, rule)
        assert found["name"] == "tỷ lệ tỉnh hỗ trợ thêm BHXH tự nguyện cho hộ cận nghèo"
        assert (found["last_day"], found["days_left"], found["successor"]) == (str(ends), 60, None)
        assert found["what_to_do"].startswith(f"Nhập và xác nhận mức áp dụng sau ngày {ends:%d/%m/%Y}")
        assert await self._find(client, viewer, rule, within_days=59) is None

        first = ends + timedelta(days=1)
        after = province_extra_body(world, valid_from=str(first), value="0.2")
        successor = expect_json(await client.post(LIST, json=after, headers=province_admin.headers), 201)
        found = await self._find(client, viewer, rule)
        assert found["successor"]["id"] == successor["id"]
        assert found["what_to_do"].startswith(f"Xác nhận mức 20 % từ ngày {first:%d/%m/%Y}")

    async def test_hostile(self, client: httpx.AsyncClient, viewer: Login):
        for days in ("-1", "367", "many"):
            response = await client.get(self.PATH, params={"within_days": days}, headers=viewer.headers)
            assert response.status_code == 422
            assert response.json()["errors"][0]["pointer"] == "/query/within_days"

    async def _find(self, client: httpx.AsyncClient, login: Login, rule: str, **params: Any) -> Any:
        page = expect_json(await client.get(self.PATH, params=params, headers=login.headers))
        return next((item for item in page["items"] if item["id"] == rule), None)


class TestEnter:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient, world: World):
        expect_problem(await client.post(LIST, json=province_extra_body(world)), 401, "unauthenticated")

    async def test_officers_and_unions_are_403(self, client: httpx.AsyncClient, world: World):
        for network, role in (("bhxh", "bhxh_officer"), ("womens_union", "union_admin")):
            login = await world.user(await world.unit(network), role)
            expect_problem(
                await client.post(LIST, json=province_extra_body(world), headers=login.headers),
                403,
                "forbidden",
            )

    async def test_a_provinces_own(self, client: httpx.AsyncClient, world: World, province_admin: Login):
        response = await client.post(LIST, json=province_extra_body(world), headers=province_admin.headers)
        rule = expect_json(response, 201)
        assert response.headers["location"] == f"{LIST}/{rule['id']}"
        assert (rule["value"], rule["status"], rule["entered_by"]) == (
            "0.15",
            "unconfirmed",
            str(province_admin.id),
        )
        assert (
            expect_json(await client.get(response.headers["location"], headers=province_admin.headers))
            == rule
        )
        events = await world.owner.fetch("select event from audit_event where subject_id = $1", rule["id"])
        assert [event["event"] for event in events] == ["insurance_rule.entered"]

    async def test_the_states_and_other_provinces_are_not_a_provinces(
        self, client: httpx.AsyncClient, world: World, province_admin: Login
    ):
        state = province_extra_body(world, key="support_rate_other", province_code=None)
        for body in (state, province_extra_body(world, province_code=world.sibling_province)):
            response = await client.post(LIST, json=body, headers=province_admin.headers)
            expect_problem(response, 403, "outside_scope", "/province_code")

    async def test_repeated_with_its_id(self, client: httpx.AsyncClient, world: World, admin: Login):
        body = province_extra_body(world, id=str(uuid7()))
        first = expect_json(await client.post(LIST, json=body, headers=admin.headers), 201)
        assert expect_json(await client.post(LIST, json=body, headers=admin.headers), 201) == first
        response = await client.post(LIST, json=body | {"value": "0.2"}, headers=admin.headers)
        expect_problem(response, 409, "id_taken")

    async def test_active_at_once_is_refused(self, client: httpx.AsyncClient, world: World, admin: Login):
        body = province_extra_body(world, status="active")
        response = await client.post(LIST, json=body, headers=admin.headers)
        expect_problem(response, 422, "literal_error", "/status")

    async def test_neighbours_and_other_provinces_do_not_overlap(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login
    ):
        for other in (
            {},
            {"valid_from": "2029-01-01", "valid_to": "2029-12-31"},
            {"province_code": world.sibling_province},
        ):
            await enter_confirmed(client, admin, second, province_extra_body(world, **other))

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("key", "no_such_rule", "unknown_rule"),
            ("value", "1.5", "value_not_of_kind"),
            ("value", "-1", "exact_number"),
            ("value", 0.15, "exact_number"),
            ("value", "NaN", "exact_number"),
            ("confirmed_to", "2029-12-31", "outside_time"),
            ("valid_to", "2029-12-31", "outside_time"),
            ("province_code", None, "whose_rule"),
            ("province_code", "khong-co", "place_unknown"),
            ("valid_from", "2030-02-30", "day"),
            ("legal_basis", "", "empty"),
        ],
    )
    async def test_hostile_input_is_named(
        self, client: httpx.AsyncClient, world: World, admin: Login, field: str, value: object, code: str
    ):
        response = await client.post(
            LIST, json=province_extra_body(world, **{field: value}), headers=admin.headers
        )
        expect_problem(response, 422, code, f"/{field}")

    @pytest.mark.parametrize(
        ("key", "value", "bounds"),
        [
            ("base_salary", "0", "số nguyên từ 1 đến"),
            ("rural_poverty_line", "0", "số nguyên từ 1 đến"),
            ("income_step", "0", "số nguyên từ 1 đến"),
            ("bhxh_tn_rate", "0", "số lớn hơn 0 và không quá 1."),
            ("bhyt_order_3", "0", "số lớn hơn 0 và không quá 1."),
            ("income_factor_2012", "0", "số lớn hơn 0 và không quá 100."),
            ("survivor_pensions_step", "0", "số lớn hơn 0 và không quá 100."),
            ("social_pension", "0", "số nguyên từ 1 đến"),
            ("social_pension_age", "0", "số nguyên từ 1 đến 1.200."),
            ("retirement_age_months_male", "1201", "số nguyên từ 1 đến 1.200."),
            ("early_pension_joined_before", "0", "một năm từ 1900 đến 2200."),
            ("income_step_enforced", "2", "0 hoặc 1."),
            ("fund_rate_month", "0.11", "số từ 0 đến 0,1."),
            ("support_rate_other", "1.01", "số từ 0 đến 1."),
        ],
    )
    async def test_a_value_that_makes_no_sense_is_named_with_its_bounds(
        self, client: httpx.AsyncClient, world: World, admin: Login, key: str, value: str, bounds: str
    ):
        body = province_extra_body(world, key=key, value=value, province_code=None)
        response = await client.post(LIST, json=body, headers=admin.headers)
        expect_problem(response, 422, "value_not_of_kind", "/value")
        (error,) = response.json()["errors"]
        assert bounds in error["detail"]
        assert key not in error["detail"]

    @pytest.mark.parametrize(
        "key", ["support_rate_other", "bhyt_wait_days", "income_step_enforced", "commune_list_fee"]
    )
    async def test_nothing_is_a_value_where_that_makes_sense(
        self, client: httpx.AsyncClient, world: World, admin: Login, key: str
    ):
        body = province_extra_body(world, key=key, value="0", province_code=None, valid_from="2199-01-01")
        expect_json(await client.post(LIST, json=body, headers=admin.headers), 201)


class TestConfirm:
    async def test_wrong_ones_are_refused(self, client: httpx.AsyncClient, world: World, admin: Login):
        rule = expect_json(
            await client.post(LIST, json=province_extra_body(world), headers=admin.headers),
            201,
        )
        path = f"{LIST}/{rule['id']}/confirm"
        expect_problem(await client.post(path), 401, "unauthenticated")
        officer = await world.user(await world.unit("bhxh"), "bhxh_officer")
        expect_problem(await client.post(path, headers=officer.headers), 403, "forbidden")
        elsewhere = await world.user(await world.unit("bhxh", world.sibling_province), "bhxh_admin")
        expect_problem(await client.post(path, headers=elsewhere.headers), 403, "outside_scope")
        expect_problem(
            await client.post(f"{LIST}/{uuid4()}/confirm", headers=admin.headers), 404, "not_found"
        )

    async def test_takes_over_from_the_open_one(
        self, client: httpx.AsyncClient, world: World, province_admin: Login, second: Login
    ):
        first = await enter_confirmed(client, province_admin, second, province_extra_body(world))
        later = province_extra_body(world, valid_from="2031-01-01", value="0.2")
        path = await enter(client, province_admin, later)
        confirmed = expect_json(await client.post(f"{path}/confirm", headers=second.headers))
        assert (confirmed["status"], confirmed["confirmed_by"]) == ("active", str(second.id))
        ended = expect_json(await client.get(first, headers=second.headers))
        assert (ended["valid_to"], ended["value"]) == ("2030-12-31", "0.15")
        assert expect_json(await client.post(f"{path}/confirm", headers=second.headers)) == confirmed

    async def test_who_entered_it_does_not_confirm_it(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login
    ):
        path = await enter(client, admin, province_extra_body(world))
        response = await client.post(f"{path}/confirm", headers=admin.headers)
        expect_problem(response, 403, "second_person_needed")
        assert expect_json(await client.get(path, headers=admin.headers))["status"] == "unconfirmed"
        expect_json(await client.post(f"{path}/confirm", headers=second.headers))
        events = await world.owner.fetch(
            "select event, actor_id from audit_event where subject_id = $1 order by id",
            path.rpartition("/")[2],
        )
        assert [tuple(event) for event in events] == [
            ("insurance_rule.entered", admin.id),
            ("insurance_rule.confirmed", second.id),
        ]

    async def test_a_value_that_makes_no_sense_is_not_confirmed(
        self, client: httpx.AsyncClient, world: World, admin: Login
    ):
        """What was entered before its bounds were known is withdrawn."""
        rule = uuid7()
        await world.owner.execute(
            "insert into insurance_rule (id, key, value, valid_from, valid_to, legal_basis, status, entered_by)"
            " values ($1, 'base_salary', 0, '2199-01-01', '2199-01-31', 'Thử', 'unconfirmed', $2)",
            rule, uuid7(),
        )  # fmt: skip
        response = await client.post(f"{LIST}/{rule}/confirm", headers=admin.headers)
        expect_problem(response, 422, "value_not_of_kind", "")
        response = await client.post(
            f"{LIST}/{rule}/end", json={"valid_to": "2198-12-31"}, headers=admin.headers
        )
        assert expect_json(response)["valid_to"] == "2198-12-31"

    async def test_an_account_that_they_made_or_changed_since_is_no_other_person(
        self, client: httpx.AsyncClient, world: World, admin: Login, second: Login
    ):
        path = await enter(client, admin, province_extra_body(world))
        await world.owner.execute(
            "insert into audit_event (id, event, subject_kind, subject_id, network, actor_id, actor_kind, organisation_id,"
            " fields) values ($1, 'user.changed', 'user', $2, 'bhxh', $3, 'user', $4, '{}')",
            uuid7(), second.id, admin.id, admin.organisation_id,
        )  # fmt: skip
        response = await client.post(f"{path}/confirm", headers=second.headers)
        expect_problem(response, 403, "second_person_needed")

    @pytest.mark.parametrize(("begins", "ends"), [("2030-01-01", None), ("2025-01-01", "2030-01-01")])
    async def test_overlaps_are_409(
        self,
        client: httpx.AsyncClient,
        world: World,
        admin: Login,
        second: Login,
        begins: str,
        ends: str | None,
    ):
        await enter_confirmed(client, admin, second, province_extra_body(world))
        path = await enter(client, admin, province_extra_body(world, valid_from=begins, valid_to=ends))
        expect_problem(await client.post(f"{path}/confirm", headers=second.headers), 409, "rule_overlaps")


class TestTable:
    """Constraints of the table, which also hold without the services."""

    @pytest.mark.parametrize(
        "change", ["value = value + 1", "valid_from = valid_from - 1", "legal_basis = 'x'", "status = 'unconfirmed'"]
    )  # fmt: skip
    async def test_a_row_is_never_edited(self, world: World, change: str):
        with pytest.raises(asyncpg.PostgresError, match="never edited"):
            await world.owner.execute(
                f"update insurance_rule set {change}, version = version + 1 where key = 'bhyt_rate'"
            )

    async def test_a_row_is_never_deleted(self, world: World):
        with pytest.raises(asyncpg.PostgresError, match="never edited"):
            await world.owner.execute("delete from insurance_rule where key = 'bhyt_rate'")

    async def test_every_value_that_came_with_the_program_can_be_one(self, world: World):
        rows = await world.owner.fetch("select key, value from insurance_rule where entered_by is null")
        assert [
            row["key"]
            for row in rows
            if row["key"] in RULE_KEYS and not is_valid_value(row["key"], row["value"])
        ] == []

    async def test_the_history_has_no_holes(self, world: World):
        rows = await world.owner.fetch(
            "select key, valid_from, lag(valid_to) over (partition by key order by valid_from) as before"
            " from insurance_rule where status = 'active' and entered_by is null and province_code is null"
        )
        assert len(rows) > 70
        assert [
            row["key"] for row in rows if row["before"] and (row["valid_from"] - row["before"]).days != 1
        ] == []
