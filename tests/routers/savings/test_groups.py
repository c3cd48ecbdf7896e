"""Groups over HTTP."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.savings.ledger_factories import record_entries
from tests.world import GroupRef, Login, Unit, World

LIST = "/v1/groups"


@pytest.fixture
async def unit(world: World) -> Unit:
    """The Women's Union of the world's province."""
    return await world.unit("womens_union")


@pytest.fixture
async def officer(world: World, unit: Unit) -> Login:
    return await world.user(unit, "union_officer")


@pytest.fixture
async def farmers_officer(world: World) -> Login:
    return await world.user(await world.unit("farmers_association"), "union_officer")


@pytest.fixture
async def sibling_officer(world: World, unit: Unit) -> Login:
    """An officer of the Women's Union of the sibling commune."""
    sibling_unit = await world.unit("womens_union", world.sibling_commune, level="commune", parent=unit)
    return await world.user(sibling_unit, "union_officer")


@pytest.fixture
async def bhxh_officer(world: World) -> Login:
    return await world.user(await world.unit("bhxh"), "bhxh_officer")


@pytest.fixture
async def group(world: World, unit: Unit) -> GroupRef:
    return await world.group(unit, members=3)


@pytest.fixture
async def treasurer(world: World, group: GroupRef) -> Login:
    return await world.user(group.unit, "treasurer", groups=[group.id])


@pytest.fixture
def body(world: World) -> dict[str, Any]:
    return {"name": "Tổ phụ nữ số 1", "commune_code": world.commune, "started_on": "2023-05-01"}


async def create_group(
    client: httpx.AsyncClient, login: Login, body: dict[str, Any], **fields: Any
) -> dict[str, Any]:
    response = await client.post(LIST, json={**body, **fields}, headers=login.headers)
    assert response.status_code == 201, response.text
    group: dict[str, Any] = response.json()
    return group


async def search_groups(client: httpx.AsyncClient, login: Login, **params: Any) -> list[str]:
    response = await client.get(LIST, params=params, headers=login.headers)
    assert response.status_code == 200, response.text
    return [group["id"] for group in response.json()["items"]]


async def edit_group(
    client: httpx.AsyncClient, login: Login, group_id: Any, version: int, **fields: Any
) -> httpx.Response:
    headers = {**login.headers, "If-Match": str(version)}
    return await client.patch(f"{LIST}/{group_id}", json=fields, headers=headers)


async def list_duties(client: httpx.AsyncClient, login: Login, group_id: Any) -> dict[str, str]:
    response = await client.get(f"{LIST}/{group_id}/memberships", headers=login.headers)
    return {row["member_id"]: row["duty"] for row in response.json()["items"]}


def error_pointers(response: httpx.Response) -> list[str]:
    return [error["pointer"] for error in response.json()["errors"]]


class TestListGroups:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(LIST)).status_code == 401

    async def test_a_viewer_is_403(self, client: httpx.AsyncClient, world: World, unit: Unit):
        viewer = await world.user(unit, "viewer")
        assert (await client.get(LIST, headers=viewer.headers)).status_code == 403

    async def test_each_sees_their_own(
        self,
        client: httpx.AsyncClient,
        world: World,
        unit: Unit,
        officer: Login,
        treasurer: Login,
        sibling_officer: Login,
        farmers_officer: Login,
        bhxh_officer: Login,
        group: GroupRef,
    ):
        beside = await world.group(unit, commune=world.sibling_commune)
        both = [str(group.id), str(beside.id)]
        assert await search_groups(client, officer) == both
        assert await search_groups(client, bhxh_officer) == both
        assert await search_groups(client, treasurer) == [str(group.id)]
        assert await search_groups(client, sibling_officer) == [str(beside.id)]
        assert await search_groups(client, farmers_officer) == []
        assert await search_groups(client, bhxh_officer, network="farmers_association") == []

    async def test_filters(
        self, client: httpx.AsyncClient, world: World, unit: Unit, officer: Login, body: Any
    ):
        model = await client.post(
            "/v1/savings-models", json={"name": "Heo", "mechanism": "piggy_bank"}, headers=officer.headers
        )
        code = model.json()["code"]
        one = await create_group(client, officer, body, kind="club", model_code=code, started_on="2024-01-01")
        two = await create_group(client, officer, body, name="Tổ heo đất", commune_code=world.sibling_commune)
        for params, expected in (
            ({}, [one, two]),
            ({"code": one["code"]}, [one]),
            ({"q": "lợn"}, [two]),
            ({"q": one["code"].lower()}, [one]),
            ({"commune_code": world.sibling_commune}, [two]),
            ({"province_code": world.province}, [one, two]),
            ({"province_code": world.sibling_province}, []),
            ({"kind": "club"}, [one]),
            ({"model_code": code}, [one]),
            ({"model_id": model.json()["id"]}, [one]),
            ({"model_code": "unheard-of"}, []),
            ({"organisation_code": unit.code}, [one, two]),
            ({"organisation_id": str(uuid7())}, []),
            ({"active_on": "2023-12-31"}, [two]),
            ({"active_on": "2024-01-01"}, [one, two]),
        ):
            assert await search_groups(client, officer, **params) == [group["id"] for group in expected], (
                params
            )

    @pytest.mark.parametrize(
        "params",
        [{"colour": "1"}, {"kind": "gold"}, {"active_on": "yesterday"}, {"model_id": "1"}, {"limit": 501}],
    )
    async def test_wrong_filters_are_named(
        self, client: httpx.AsyncClient, officer: Login, params: dict[str, Any]
    ):
        response = await client.get(LIST, params=params, headers=officer.headers)
        assert (response.status_code, error_pointers(response)) == (
            422,
            [f"/query/{name}" for name in params],
        )

    async def test_a_commune_of_today_finds_the_groups_of_its_predecessors(
        self, client: httpx.AsyncClient, owner: Any, world: World, officer: Login, body: Any
    ):
        old = await world.place("commune", world.province, valid_to=date(2025, 6, 30))
        new = await world.place("commune", world.province, valid_from=date(2025, 7, 1))
        await owner.execute(
            "insert into place_succession (old_code, new_code, on_date, share, is_default)"
            " values ($1, $2, '2025-07-01', 1, true)",
            old, new,
        )  # fmt: skip
        group = await create_group(client, officer, body, commune_code=old)
        assert await search_groups(client, officer, commune_code=new) == [group["id"]]
        assert await search_groups(client, officer, commune_code=old) == [group["id"]]


class TestOpenGroup:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient, body: Any):
        assert (await client.post(LIST, json=body)).status_code == 401

    async def test_wrong_roles_are_403(
        self, client: httpx.AsyncClient, treasurer: Login, bhxh_officer: Login, body: Any
    ):
        for login in (treasurer, bhxh_officer):
            assert (await client.post(LIST, json=body, headers=login.headers)).status_code == 403

    async def test_a_group_with_everything(
        self, client: httpx.AsyncClient, owner: Any, world: World, unit: Unit, officer: Login, body: Any
    ):
        hamlet = await world.place("hamlet", world.commune)
        leader, treasurer = await world.member(unit), await world.member(unit)
        full_body = {
            **body,
            "code": f"HT-{world.commune}",
            "kind": "club",
            "hamlet_code": hamlet,
            "leader_id": str(leader),
            "treasurer_id": str(treasurer),
            "cycle": "month",
            "meeting_day": 15,
            "note": "Họp tại nhà văn hóa",
        }
        group = await create_group(client, officer, full_body)
        assert {name: group[name] for name in full_body} == full_body
        assert (group["network"], group["org_id"], group["organisation_id"]) == (
            "womens_union", str(unit.id), str(unit.id),
        )  # fmt: skip
        assert (group["province_code"], group["version"], group["ended_on"]) == (world.province, 1, None)
        assert await list_duties(client, officer, group["id"]) == {
            str(leader): "leader",
            str(treasurer): "treasurer",
        }
        kinds = await owner.fetch("select kind from account where group_id = $1 order by id", group["id"])
        assert [row["kind"] for row in kinds][:2] == ["cash", "fund"]
        assert len(kinds) == 4

    async def test_one_person_may_be_leader_and_treasurer(
        self, client: httpx.AsyncClient, world: World, unit: Unit, officer: Login, body: Any
    ):
        member = str(await world.member(unit))
        group = await create_group(client, officer, body, leader_id=member, treasurer_id=member)
        assert await list_duties(client, officer, group["id"]) == {member: "leader"}

    async def test_the_least(self, client: httpx.AsyncClient, world: World, officer: Login):
        group = await create_group(client, officer, {"name": "Tổ 1", "commune_code": world.commune})
        assert (group["kind"], group["started_on"]) == ("savings_group", str(today()))
        assert group["code"].startswith(f"T-{world.commune}-")

    async def test_a_group_of_2023_lies_in_a_unit_of_2023(
        self, client: httpx.AsyncClient, world: World, officer: Login, body: Any
    ):
        old = await world.place("commune", world.province, valid_to=date(2025, 6, 30))
        assert (await create_group(client, officer, body, commune_code=old))["commune_code"] == old
        response = await client.post(
            LIST, json={**body, "commune_code": old, "started_on": "2025-07-01"}, headers=officer.headers
        )
        assert (response.status_code, error_pointers(response)) == (422, ["/commune_code"])

    async def test_the_sibling_place_is_outside(
        self, client: httpx.AsyncClient, world: World, sibling_officer: Login, body: Any
    ):
        response = await client.post(LIST, json=body, headers=sibling_officer.headers)
        assert (response.status_code, response.json()["code"], error_pointers(response)) == (
            403, "outside_scope", ["/commune_code"],
        )  # fmt: skip

    async def test_a_hamlet_lies_in_the_commune(
        self, client: httpx.AsyncClient, world: World, officer: Login, body: Any
    ):
        elsewhere = await world.place("hamlet", world.sibling_commune)
        for hamlet in (elsewhere, world.commune, "nowhere"):
            response = await client.post(LIST, json={**body, "hamlet_code": hamlet}, headers=officer.headers)
            assert (response.status_code, error_pointers(response)) == (422, ["/hamlet_code"])

    async def test_a_province_is_no_commune(
        self, client: httpx.AsyncClient, world: World, officer: Login, body: Any
    ):
        response = await client.post(
            LIST, json={**body, "commune_code": world.province}, headers=officer.headers
        )
        assert (response.status_code, error_pointers(response)) == (422, ["/commune_code"])

    async def test_what_is_not_yours_is_404_at_its_field(
        self, client: httpx.AsyncClient, world: World, officer: Login, farmers_officer: Login, body: Any
    ):
        farmers = await world.unit("farmers_association")
        stranger = str(await world.member(farmers))
        model = await client.post(
            "/v1/savings-models", json={"name": "X", "mechanism": "donation"}, headers=farmers_officer.headers
        )
        for fields in (
            {"leader_id": stranger},
            {"treasurer_id": str(uuid7())},
            {"model_id": model.json()["id"]},
            {"model_code": model.json()["code"]},
            {"organisation_code": farmers.code},
        ):
            response = await client.post(LIST, json={**body, **fields}, headers=officer.headers)
            assert (response.status_code, error_pointers(response)) == (404, [f"/{name}" for name in fields])

    async def test_the_same_id_again(self, client: httpx.AsyncClient, owner: Any, officer: Login, body: Any):
        row_id = str(uuid7())
        responses = await asyncio.gather(*(create_group(client, officer, body, id=row_id) for _ in range(4)))
        assert all(result == responses[0] for result in responses)
        events = await owner.fetchval("select count(*) from audit_event where subject_id = $1", row_id)
        assert events == 1
        other = await client.post(LIST, json={**body, "id": row_id, "name": "Khác"}, headers=officer.headers)
        assert (other.status_code, other.json()["code"]) == (409, "id_taken")

    async def test_a_taken_code_is_409_in_one_network_only(
        self, client: httpx.AsyncClient, officer: Login, farmers_officer: Login, body: Any
    ):
        code = (await create_group(client, officer, body))["code"]
        response = await client.post(LIST, json={**body, "code": code}, headers=officer.headers)
        assert (response.status_code, response.json()["code"]) == (409, "group_code_taken")
        assert (await create_group(client, farmers_officer, body, code=code))["code"] == code

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"name": "\u200b"}, "/name"),
            ({"name": 7}, "/name"),
            ({"kind": "gang"}, "/kind"),
            ({"commune_code": None}, "/commune_code"),
            ({"commune_code": "x" * 65}, "/commune_code"),
            ({"started_on": "0001-01-01"}, "/started_on"),
            ({"meeting_day": 32}, "/meeting_day"),
            ({"meeting_day": True}, "/meeting_day"),
            ({"cycle": "hour"}, "/cycle"),
            ({"leader_id": "x"}, "/leader_id"),
            ({"note": "\u0007"}, "/note"),
            ({"ended_on": "2024-01-01"}, "/ended_on"),
            ({"province_code": "01"}, "/province_code"),
        ],
    )
    async def test_what_is_wrong_is_named(
        self, client: httpx.AsyncClient, officer: Login, body: Any, change: dict[str, Any], pointer: str
    ):
        response = await client.post(LIST, json={**body, **change}, headers=officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, [pointer])

    async def test_the_audit_names_nobody(
        self, client: httpx.AsyncClient, owner: Any, world: World, unit: Unit, officer: Login, body: Any
    ):
        leader = await world.member(unit)
        group = await create_group(client, officer, body, leader_id=str(leader))
        fields = await owner.fetchval(
            "select fields::text from audit_event where subject_id = $1", group["id"]
        )
        assert str(leader) not in fields
        assert '"leader_named": true' in fields


class TestReadGroup:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient, group: GroupRef):
        assert (await client.get(f"{LIST}/{group.id}")).status_code == 401

    async def test_not_yours_and_absent_are_the_same_404(
        self,
        client: httpx.AsyncClient,
        world: World,
        unit: Unit,
        group: GroupRef,
        farmers_officer: Login,
        sibling_officer: Login,
    ):
        other_treasurer = await world.user(unit, "treasurer", groups=[(await world.group(unit)).id])
        for login in (farmers_officer, sibling_officer, other_treasurer):
            for group_id in (group.id, uuid7()):
                response = await client.get(f"{LIST}/{group_id}", headers=login.headers)
                assert (response.status_code, response.json()["code"]) == (404, "not_found")

    async def test_yours(
        self,
        client: httpx.AsyncClient,
        group: GroupRef,
        officer: Login,
        treasurer: Login,
        bhxh_officer: Login,
    ):
        for login in (officer, treasurer, bhxh_officer):
            response = await client.get(f"{LIST}/{group.id}", headers=login.headers)
            assert (response.status_code, response.json()["code"], response.headers["etag"]) == (
                200,
                group.code,
                '"1"',
            )


class TestEditGroup:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient, group: GroupRef):
        assert (await client.patch(f"{LIST}/{group.id}", json={})).status_code == 401

    async def test_who_may_not(
        self,
        client: httpx.AsyncClient,
        group: GroupRef,
        treasurer: Login,
        bhxh_officer: Login,
        farmers_officer: Login,
        sibling_officer: Login,
    ):
        for login, status in (
            (treasurer, 403),
            (bhxh_officer, 403),
            (farmers_officer, 404),
            (sibling_officer, 404),
        ):
            assert (await edit_group(client, login, group.id, 1, name="X")).status_code == status

    async def test_only_what_is_given_changes(
        self, client: httpx.AsyncClient, officer: Login, body: Any, world: World
    ):
        group = await create_group(client, officer, body, note="cũ", cycle="week")
        hamlet = await world.place("block", world.commune)
        change = {"name": "Tổ lợn đất", "note": None, "hamlet_code": hamlet, "meeting_day": 3}
        response = await edit_group(client, officer, group["id"], 1, **change)
        assert (response.status_code, response.headers["etag"]) == (200, '"2"')
        after = response.json()
        assert after == {**group, **change, "version": 2, "updated_at": after["updated_at"]}
        assert await search_groups(client, officer, q="heo") == [group["id"]]

    async def test_stale_missing_and_simultaneous_versions(
        self, client: httpx.AsyncClient, officer: Login, group: GroupRef
    ):
        assert (await edit_group(client, officer, group.id, 2, name="X")).status_code == 412
        missing = await client.patch(f"{LIST}/{group.id}", json={"name": "X"}, headers=officer.headers)
        assert missing.status_code == 428
        responses = await asyncio.gather(
            *(edit_group(client, officer, group.id, 1, name=name) for name in "ABCD")
        )
        assert sorted(response.status_code for response in responses) == [200, 412, 412, 412]

    async def test_a_leader_is_a_present_member(
        self, client: httpx.AsyncClient, owner: Any, world: World, unit: Unit, officer: Login, group: GroupRef
    ):
        one, other, left = (str(member) for member in group.members)
        await owner.execute("update membership set left_on = '2024-01-01' where member_id = $1", left)
        for member in (left, str(await world.member(unit)), str(uuid7())):
            response = await edit_group(client, officer, group.id, 1, leader_id=member)
            assert (response.status_code, error_pointers(response)) == (422, ["/leader_id"])
        response = await edit_group(client, officer, group.id, 1, leader_id=one, treasurer_id=other)
        assert response.status_code == 200
        assert await list_duties(client, officer, group.id) == {
            one: "leader",
            other: "treasurer",
            left: "member",
        }
        response = await edit_group(client, officer, group.id, 2, leader_id=other, treasurer_id=None)
        assert (response.json()["leader_id"], response.json()["treasurer_id"]) == (other, None)
        assert await list_duties(client, officer, group.id) == {
            one: "member",
            other: "leader",
            left: "member",
        }

    async def test_a_model_by_its_code_and_none(
        self, client: httpx.AsyncClient, officer: Login, group: GroupRef
    ):
        model = await client.post(
            "/v1/savings-models", json={"name": "Heo", "mechanism": "piggy_bank"}, headers=officer.headers
        )
        response = await edit_group(client, officer, group.id, 1, model_code=model.json()["code"])
        assert response.json()["model_id"] == model.json()["id"]
        response = await edit_group(client, officer, group.id, 2, model_id=None)
        assert response.json()["model_id"] is None
        response = await edit_group(client, officer, group.id, 3, model_code="unheard-of")
        assert (response.status_code, error_pointers(response)) == (404, ["/model_code"])

    async def test_a_group_with_money_does_not_end(
        self, app: FastAPI, client: httpx.AsyncClient, officer: Login, group: GroupRef
    ):
        member = group.members[0]
        day = str(today())
        for kind, member_id in (("saving", member), ("donation", None)):
            await record_entries(app, officer, group.id, (member_id, kind, 5_000))
            response = await edit_group(client, officer, group.id, 1, ended_on=day)
            assert (response.status_code, response.json()["code"]) == (409, "group_has_money")
            await record_entries(app, officer, group.id, (member_id, "withdrawal", 5_000))
        response = await edit_group(client, officer, group.id, 1, ended_on=str(today() - timedelta(1)))
        assert (response.status_code, error_pointers(response)) == (422, ["/ended_on"])
        response = await edit_group(client, officer, group.id, 1, ended_on=day)
        assert (response.status_code, response.json()["ended_on"]) == (200, day)

    async def test_an_ended_group_opens_again(
        self, client: httpx.AsyncClient, world: World, officer: Login, group: GroupRef
    ):
        await edit_group(client, officer, group.id, 1, ended_on="2024-06-30")
        assert await search_groups(client, officer, active_on="2024-07-01") == []
        assert await search_groups(client, officer, active_on="2024-06-30") == [str(group.id)]
        await edit_group(client, officer, group.id, 2, ended_on=None)
        assert await search_groups(client, officer, active_on="2024-07-01") == [str(group.id)]

    async def test_days_fit_the_memberships(
        self, client: httpx.AsyncClient, world: World, unit: Unit, officer: Login, body: Any
    ):
        group = await create_group(client, officer, body)
        member = await world.member(unit)
        joined = {"member_id": str(member), "joined_on": "2024-03-01"}
        response = await client.post(
            f"{LIST}/{group['id']}/memberships", json=joined, headers=officer.headers
        )
        assert response.status_code == 201, response.text
        for fields in (
            {"started_on": "2024-03-02"},
            {"started_on": None},
            {"ended_on": "2024-02-29"},
            {"ended_on": str(today() + timedelta(1))},
        ):
            response = await edit_group(client, officer, group["id"], 1, **fields)
            assert (response.status_code, error_pointers(response)) == (422, [f"/{name}" for name in fields])
        response = await edit_group(
            client, officer, group["id"], 1, started_on="2024-03-01", ended_on="2024-03-01"
        )
        assert response.status_code == 200

    async def test_it_cannot_have_started_before_its_commune(
        self, client: httpx.AsyncClient, world: World, officer: Login, body: Any
    ):
        new = await world.place("commune", world.province, valid_from=date(2025, 7, 1))
        group = await create_group(client, officer, body, commune_code=new, started_on="2025-08-01")
        response = await edit_group(client, officer, group["id"], 1, started_on="2025-06-30")
        assert (response.status_code, error_pointers(response)) == (422, ["/commune_code"])

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"name": None}, "/name"),
            ({"kind": None}, "/kind"),
            ({"commune_code": "1"}, "/commune_code"),
            ({"code": "1"}, "/code"),
            ({"hamlet_code": "nowhere"}, "/hamlet_code"),
            ({"meeting_day": 0}, "/meeting_day"),
            ({"network": "bhxh"}, "/network"),
        ],
    )
    async def test_what_is_wrong_is_named(
        self, client: httpx.AsyncClient, officer: Login, group: GroupRef, change: dict[str, Any], pointer: str
    ):
        response = await edit_group(client, officer, group.id, 1, **change)
        assert (response.status_code, error_pointers(response)) == (422, [pointer])


class TestReadAccounts:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient, group: GroupRef):
        assert (await client.get(f"{LIST}/{group.id}/accounts")).status_code == 401

    async def test_who_may_not(
        self,
        client: httpx.AsyncClient,
        world: World,
        group: GroupRef,
        farmers_officer: Login,
        sibling_officer: Login,
    ):
        partner = await world.partner(group.unit, "members:read")
        for login, status in ((farmers_officer, 404), (sibling_officer, 404), (partner, 403)):
            response = await client.get(f"{LIST}/{group.id}/accounts", headers=login.headers)
            assert response.status_code == status

    async def test_an_empty_group(self, client: httpx.AsyncClient, world: World, unit: Unit, officer: Login):
        group = await world.group(unit)
        nothing = {"balance": 0, "held": 0, "available": 0}
        response = await client.get(f"{LIST}/{group.id}/accounts", headers=officer.headers)
        assert response.json() == {
            "group_id": str(group.id), "cash": 0, "fund": nothing, "members": nothing, "items": [], "next_cursor": None,
        }  # fmt: skip

    async def test_the_box_holds_the_fund_and_the_members_savings(
        self,
        app: FastAPI,
        client: httpx.AsyncClient,
        owner: Any,
        group: GroupRef,
        officer: Login,
        treasurer: Login,
    ):
        a, b, c = group.members
        await record_entries(
            app, officer, group.id, (a, "saving", 700_000), (b, "saving", 20_000), (None, "donation", 50_000)
        )
        await record_entries(app, officer, group.id, (a, "withdrawal", 100_000))
        await owner.execute(
            "update account set held = 5000 where group_id = $1 and member_id = $2", group.id, b
        )
        items: list[dict[str, Any]] = []
        cursor = None
        for _ in range(2):
            params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            response = await client.get(
                f"{LIST}/{group.id}/accounts", params=params, headers=treasurer.headers
            )
            page = response.json()
            assert page["cash"] == 670_000
            assert page["fund"] == {"balance": 50_000, "held": 0, "available": 50_000}
            assert page["members"] == {"balance": 620_000, "held": 5_000, "available": 615_000}
            items += page["items"]
            cursor = page["next_cursor"]
        assert cursor is None
        assert items == [
            {"member_id": str(a), "balance": 600_000, "held": 0, "available": 600_000},
            {"member_id": str(b), "balance": 20_000, "held": 5_000, "available": 15_000},
            {"member_id": str(c), "balance": 0, "held": 0, "available": 0},
        ]
