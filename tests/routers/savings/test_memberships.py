"""Memberships and pledges over HTTP."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.savings.ledger_factories import record_entries
from tests.world import GroupRef, Login, Unit, World

DAILY = {"kind": "money", "amount": 10_000, "per": "day", "product": "bhxh_tn"}
CARD = {"kind": "money", "amount": 3_000, "per": "day", "product": "bhyt_hgd"}
TREES = {
    "kind": "asset",
    "asset_name": "cây mai",
    "asset_quantity": 1,
    "asset_quantity_max": 2,
    "product": "bhxh_tn",
}


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
async def group(world: World, unit: Unit) -> GroupRef:
    """A group with no member that began in 2023."""
    group = await world.group(unit)
    await world.owner.execute("update savings_group set started_on = '2023-05-01' where id = $1", group.id)
    return group


@pytest.fixture
async def treasurer(world: World, group: GroupRef) -> Login:
    return await world.user(group.unit, "treasurer", groups=[group.id])


@pytest.fixture
async def member(world: World, unit: Unit) -> UUID:
    return await world.member(unit, name="Nguyễn Thị Đào")


def membership_path(group: GroupRef, membership: Any = None) -> str:
    return f"/v1/groups/{group.id}/memberships" + (f"/{membership}" if membership else "")


async def create_membership(
    client: httpx.AsyncClient, login: Login, group: GroupRef, member: UUID, **fields: Any
) -> dict[str, Any]:
    body = {"member_id": str(member), "joined_on": "2023-06-01", **fields}
    response = await client.post(membership_path(group), json=body, headers=login.headers)
    assert response.status_code == 201, response.text
    membership: dict[str, Any] = response.json()
    return membership


async def edit_membership(
    client: httpx.AsyncClient, login: Login, group: GroupRef, membership: dict[str, Any], **fields: Any
) -> httpx.Response:
    headers = {**login.headers, "If-Match": str(membership["version"])}
    return await client.patch(membership_path(group, membership["id"]), json=fields, headers=headers)


def error_pointers(response: httpx.Response) -> list[str]:
    return [error["pointer"] for error in response.json()["errors"]]


def dated_pledges(membership: dict[str, Any]) -> list[tuple[Any, Any, Any]]:
    return [
        (pledge["amount"] or pledge["asset_name"], pledge["valid_from"], pledge["valid_to"])
        for pledge in membership["pledges"]
    ]


class TestJoinGroup:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient, group: GroupRef, member: UUID):
        assert (await client.post(membership_path(group), json={"member_id": str(member)})).status_code == 401

    async def test_who_may_not(
        self,
        client: httpx.AsyncClient,
        world: World,
        unit: Unit,
        group: GroupRef,
        member: UUID,
        farmers_officer: Login,
        sibling_officer: Login,
    ):
        bhxh = await world.user(await world.unit("bhxh"), "bhxh_officer")
        viewer = await world.user(unit, "viewer")
        other = await world.user(unit, "treasurer", groups=[(await world.group(unit)).id])
        for login, status in (
            (bhxh, 403), (viewer, 403), (farmers_officer, 404), (sibling_officer, 404), (other, 404),
        ):  # fmt: skip
            response = await client.post(
                membership_path(group), json={"member_id": str(member)}, headers=login.headers
            )
            assert response.status_code == status

    async def test_with_pledges_of_money_and_trees(
        self, client: httpx.AsyncClient, owner: Any, group: GroupRef, member: UUID, officer: Login
    ):
        membership = await create_membership(client, officer, group, member, pledges=[CARD, TREES])
        assert (membership["group_id"], membership["member_id"]) == (str(group.id), str(member))
        assert (membership["member_name"], membership["duty"]) == ("Nguyễn Thị Đào", "member")
        assert (membership["joined_on"], membership["left_on"], membership["version"]) == (
            "2023-06-01",
            None,
            1,
        )
        card, trees = membership["pledges"]
        empty = dict.fromkeys(("asset_name", "asset_quantity", "asset_quantity_max"))
        dates = {"valid_from": "2023-06-01", "valid_to": None}
        assert card == {**CARD, **empty, **dates, "id": card["id"]}
        assert trees == {
            **TREES, **dates, "id": trees["id"], "amount": None, "per": None,
            "asset_quantity": "1", "asset_quantity_max": "2",
        }  # fmt: skip
        account = await owner.fetchrow("select posted, floor from account where member_id = $1", member)
        assert tuple(account) == (0, 0)

    async def test_a_treasurer_takes_in_whom_they_entered(
        self, client: httpx.AsyncClient, owner: Any, group: GroupRef, member: UUID, treasurer: Login
    ):
        response = await client.post(
            membership_path(group), json={"member_id": str(member)}, headers=treasurer.headers
        )
        assert (response.status_code, error_pointers(response)) == (404, ["/member_id"])
        await owner.execute("update member set created_by = $1 where id = $2", treasurer.id, member)
        assert (await create_membership(client, treasurer, group, member))["member_name"] == "Nguyễn Thị Đào"

    async def test_today_is_meant_when_no_day_is_given(
        self, client: httpx.AsyncClient, group: GroupRef, member: UUID, officer: Login
    ):
        response = await client.post(
            membership_path(group), json={"member_id": str(member)}, headers=officer.headers
        )
        assert response.json()["joined_on"] == str(today())

    async def test_a_member_of_another_network_or_place_is_absent(
        self, client: httpx.AsyncClient, world: World, unit: Unit, group: GroupRef, officer: Login
    ):
        farmer = await world.member(await world.unit("farmers_association"))
        away = await world.member(await world.unit("womens_union", world.sibling_province), commune=None)
        await world.owner.execute(
            "update member set province_code = $1, commune_code = 'elsewhere' where id = $2",
            world.sibling_province, away,
        )  # fmt: skip
        for member in (farmer, away, uuid7()):
            response = await client.post(
                membership_path(group), json={"member_id": str(member)}, headers=officer.headers
            )
            assert (response.status_code, error_pointers(response)) == (404, ["/member_id"])

    async def test_the_same_id_again(
        self, client: httpx.AsyncClient, owner: Any, group: GroupRef, member: UUID, officer: Login
    ):
        row_id = str(uuid7())
        responses = await asyncio.gather(
            *(create_membership(client, officer, group, member, id=row_id, pledges=[DAILY]) for _ in range(4))
        )
        assert all(response == responses[0] for response in responses)
        assert await owner.fetchval("select count(*) from pledge where membership_id = $1", row_id) == 1
        for change in ({"joined_on": "2023-07-01"}, {"pledges": [CARD]}):
            body = {"id": row_id, "member_id": str(member), "joined_on": "2023-06-01", **change}
            response = await client.post(membership_path(group), json=body, headers=officer.headers)
            assert (response.status_code, response.json()["code"]) == (409, "id_taken")

    async def test_once_at_a_time(
        self, client: httpx.AsyncClient, group: GroupRef, member: UUID, officer: Login
    ):
        membership = await create_membership(client, officer, group, member)
        body = {"member_id": str(member), "joined_on": "2024-01-01"}
        response = await client.post(membership_path(group), json=body, headers=officer.headers)
        assert (response.status_code, response.json()["code"]) == (409, "already_member")
        assert (
            await edit_membership(client, officer, group, membership, left_on="2024-01-01")
        ).status_code == 200
        response = await client.post(membership_path(group), json=body, headers=officer.headers)
        assert (response.status_code, response.json()["code"]) == (409, "already_member")
        again = await create_membership(client, officer, group, member, joined_on="2024-01-02")
        assert again["id"] != membership["id"]

    async def test_of_two_at_the_same_moment_one_joins(
        self, client: httpx.AsyncClient, group: GroupRef, member: UUID, officer: Login
    ):
        body = {"member_id": str(member), "joined_on": "2023-06-01"}
        responses = await asyncio.gather(
            *(client.post(membership_path(group), json=body, headers=officer.headers) for _ in range(4))
        )
        assert sorted(response.status_code for response in responses) == [201, 409, 409, 409]

    @pytest.mark.parametrize("joined_on", ["2023-04-30", str(today() + timedelta(2)), "2199-12-31"])
    async def test_a_day_outside_the_groups_life_is_422(
        self, client: httpx.AsyncClient, group: GroupRef, member: UUID, officer: Login, joined_on: str
    ):
        body = {"member_id": str(member), "joined_on": joined_on}
        response = await client.post(membership_path(group), json=body, headers=officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, ["/joined_on"])

    async def test_nobody_joins_after_the_end(
        self, client: httpx.AsyncClient, owner: Any, group: GroupRef, member: UUID, officer: Login
    ):
        await owner.execute("update savings_group set ended_on = '2024-01-01' where id = $1", group.id)
        body = {"member_id": str(member), "joined_on": "2024-01-02"}
        response = await client.post(membership_path(group), json=body, headers=officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, ["/joined_on"])
        assert (await create_membership(client, officer, group, member))["joined_on"] == "2023-06-01"

    async def test_a_duty_is_given_by_officers(
        self,
        client: httpx.AsyncClient,
        owner: Any,
        group: GroupRef,
        member: UUID,
        officer: Login,
        treasurer: Login,
    ):
        await owner.execute("update member set created_by = $1 where id = $2", treasurer.id, member)
        body = {"member_id": str(member), "duty": "leader"}
        response = await client.post(membership_path(group), json=body, headers=treasurer.headers)
        assert (response.status_code, error_pointers(response)) == (403, ["/duty"])
        assert (await create_membership(client, officer, group, member, duty="leader"))["duty"] == "leader"
        group_body = (await client.get(f"/v1/groups/{group.id}", headers=officer.headers)).json()
        assert (group_body["leader_id"], group_body["version"]) == (str(member), 2)

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"member_id": None}, "/member_id"),
            ({"member_id": 1}, "/member_id"),
            ({"duty": "boss"}, "/duty"),
            ({"joined_on": 20230601}, "/joined_on"),
            ({"pledges": {}}, "/pledges"),
            ({"pledges": [{}]}, "/pledges/0"),
            ({"pledges": [{**DAILY, "kind": "promise"}]}, "/pledges/0"),
            ({"pledges": [{**DAILY, "amount": 0}]}, "/pledges/0/amount"),
            ({"pledges": [{**DAILY, "amount": "10000"}]}, "/pledges/0/amount"),
            ({"pledges": [{**DAILY, "amount": 2**62}]}, "/pledges/0/amount"),
            ({"pledges": [{**DAILY, "per": "hour"}]}, "/pledges/0/per"),
            ({"pledges": [{**DAILY, "asset_name": "mai"}]}, "/pledges/0/asset_name"),
            ({"pledges": [{**TREES, "asset_quantity": 0}]}, "/pledges/0/asset_quantity"),
            ({"pledges": [{**TREES, "asset_quantity": "NaN"}]}, "/pledges/0/asset_quantity"),
            ({"pledges": [{**TREES, "asset_quantity": 1e300}]}, "/pledges/0/asset_quantity"),
            ({"pledges": [{**TREES, "asset_quantity": 0.0001}]}, "/pledges/0/asset_quantity"),
            ({"pledges": [{**TREES, "asset_quantity": 3}]}, "/pledges/0/asset_quantity_max"),
            ({"pledges": [DAILY, {**DAILY, "amount": 5}]}, "/pledges/1"),
            ({"group_id": str(uuid7())}, "/group_id"),
        ],
    )
    async def test_what_is_wrong_is_named(
        self,
        client: httpx.AsyncClient,
        group: GroupRef,
        member: UUID,
        officer: Login,
        change: dict[str, Any],
        pointer: str,
    ):
        response = await client.post(
            membership_path(group), json={"member_id": str(member), **change}, headers=officer.headers
        )
        assert (response.status_code, error_pointers(response)) == (422, [pointer])

    async def test_the_audit_names_nobody(
        self, client: httpx.AsyncClient, owner: Any, group: GroupRef, member: UUID, officer: Login
    ):
        membership = await create_membership(client, officer, group, member)
        event = await owner.fetchrow(
            "select event, fields::text from audit_event where subject_id = $1", membership["id"]
        )
        assert event["event"] == "membership.started"
        assert str(member) not in event["fields"]


class TestListMemberships:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient, group: GroupRef):
        assert (await client.get(membership_path(group))).status_code == 401

    async def test_who_may_not(
        self,
        client: httpx.AsyncClient,
        world: World,
        group: GroupRef,
        farmers_officer: Login,
        sibling_officer: Login,
    ):
        partner = await world.partner(group.unit, "contributions:write")
        for login, status in ((farmers_officer, 404), (sibling_officer, 404), (partner, 403)):
            assert (await client.get(membership_path(group), headers=login.headers)).status_code == status

    async def test_officers_the_treasurer_bhxh_and_a_partner_list_them(
        self,
        client: httpx.AsyncClient,
        world: World,
        group: GroupRef,
        member: UUID,
        officer: Login,
        treasurer: Login,
    ):
        membership = await create_membership(client, officer, group, member, pledges=[DAILY])
        bhxh = await world.user(await world.unit("bhxh"), "bhxh_officer")
        partner = await world.partner(group.unit, "members:read")
        for login in (officer, treasurer, bhxh, partner):
            response = await client.get(membership_path(group), headers=login.headers)
            assert response.json() == {"items": [membership], "next_cursor": None}

    async def test_filters_and_pages(
        self, client: httpx.AsyncClient, world: World, unit: Unit, group: GroupRef, officer: Login
    ):
        rows = [
            await create_membership(
                client, officer, group, await world.member(unit), joined_on=f"2023-0{month}-01"
            )
            for month in (6, 7, 8)
        ]
        assert (
            await edit_membership(client, officer, group, rows[0], left_on="2023-07-31")
        ).status_code == 200
        assert (await edit_membership(client, officer, group, rows[2], duty="treasurer")).status_code == 200

        async def ids(**params: Any) -> list[str]:
            response = await client.get(membership_path(group), params=params, headers=officer.headers)
            return [row["id"] for row in response.json()["items"]]

        first, second, third = (row["id"] for row in rows)
        assert await ids() == [first, second, third]
        assert await ids(active_on="2023-07-31") == [first, second]
        assert await ids(active_on="2023-08-01") == [second, third]
        assert await ids(duty="treasurer") == [third]
        assert await ids(member_id=rows[1]["member_id"]) == [second]
        assert await ids(limit=2) == [first, second]
        response = await client.get(membership_path(group), params={"name": "x"}, headers=officer.headers)
        assert (response.status_code, error_pointers(response)) == (422, ["/query/name"])


class TestReadMembership:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient, group: GroupRef):
        assert (await client.get(membership_path(group, uuid7()))).status_code == 401

    async def test_not_yours_of_another_group_and_absent_are_404(
        self,
        client: httpx.AsyncClient,
        world: World,
        unit: Unit,
        group: GroupRef,
        member: UUID,
        officer: Login,
        farmers_officer: Login,
        sibling_officer: Login,
    ):
        membership = await create_membership(client, officer, group, member)
        beside = await world.group(unit)
        for login, address in (
            (farmers_officer, membership_path(group, membership["id"])),
            (sibling_officer, membership_path(group, membership["id"])),
            (officer, membership_path(beside, membership["id"])),
            (officer, membership_path(group, uuid7())),
        ):
            response = await client.get(address, headers=login.headers)
            assert (response.status_code, response.json()["code"]) == (404, "not_found")

    async def test_yours(self, client: httpx.AsyncClient, group: GroupRef, member: UUID, officer: Login):
        membership = await create_membership(client, officer, group, member, pledges=[DAILY])
        response = await client.get(membership_path(group, membership["id"]), headers=officer.headers)
        assert (response.json(), response.headers["etag"]) == (membership, '"1"')


class TestEditMembership:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient, group: GroupRef):
        assert (await client.patch(membership_path(group, uuid7()), json={})).status_code == 401

    async def test_who_may_not(
        self,
        client: httpx.AsyncClient,
        world: World,
        group: GroupRef,
        member: UUID,
        officer: Login,
        farmers_officer: Login,
        sibling_officer: Login,
    ):
        membership = await create_membership(client, officer, group, member)
        viewer = await world.user(group.unit, "viewer")
        for login, status in ((viewer, 403), (farmers_officer, 404), (sibling_officer, 404)):
            response = await edit_membership(client, login, group, membership, left_on="2024-01-01")
            assert response.status_code == status

    async def test_new_pledges_end_the_old(
        self, client: httpx.AsyncClient, group: GroupRef, member: UUID, treasurer: Login, officer: Login
    ):
        membership = await create_membership(client, officer, group, member, pledges=[DAILY, CARD])
        more = {**DAILY, "amount": 12_000}
        response = await edit_membership(
            client, treasurer, group, membership, pledges=[more, CARD, TREES], pledges_from="2024-01-01"
        )
        assert (response.status_code, response.headers["etag"]) == (200, '"2"')
        changed = response.json()
        assert dated_pledges(changed) == [
            (10_000, "2023-06-01", "2023-12-31"),
            (3_000, "2023-06-01", None),
            (12_000, "2024-01-01", None),
            ("cây mai", "2024-01-01", None),
        ]
        listed = (await client.get(membership_path(group), headers=treasurer.headers)).json()["items"][0]
        assert dated_pledges(listed) == dated_pledges(changed)[1:]
        response = await edit_membership(client, treasurer, group, changed, pledges=[])
        yesterday = str(today() - timedelta(1))
        assert [valid_to for _, _, valid_to in dated_pledges(response.json())] == [
            "2023-12-31",
            yesterday,
            yesterday,
            yesterday,
        ]

    async def test_a_slip_is_put_right_on_the_same_day(
        self, client: httpx.AsyncClient, group: GroupRef, member: UUID, officer: Login
    ):
        wrong = {**DAILY, "amount": 100_000}
        membership = await create_membership(
            client, officer, group, member, joined_on=str(today()), pledges=[wrong]
        )
        response = await edit_membership(client, officer, group, membership, pledges=[DAILY])
        day = str(today())
        assert dated_pledges(response.json()) == [
            (100_000, day, str(today() - timedelta(1))),
            (10_000, day, None),
        ]
        listed = (await client.get(membership_path(group), headers=officer.headers)).json()["items"][0]
        assert dated_pledges(listed) == [(10_000, day, None)]

    async def test_pledges_do_not_rewrite_the_past(
        self, client: httpx.AsyncClient, group: GroupRef, member: UUID, officer: Login
    ):
        membership = await create_membership(client, officer, group, member, pledges=[DAILY])
        changed = (
            await edit_membership(
                client, officer, group, membership, pledges=[CARD], pledges_from="2024-01-01"
            )
        ).json()
        for fields in (
            {"pledges": [DAILY], "pledges_from": "2023-12-31"},
            {"pledges": [DAILY], "pledges_from": str(today() + timedelta(1))},
            {"pledges_from": "2024-02-01"},
        ):
            response = await edit_membership(client, officer, group, changed, **fields)
            assert (response.status_code, error_pointers(response)) == (422, ["/pledges_from"])

    async def test_leaving_ends_pledges_and_duty(
        self, client: httpx.AsyncClient, group: GroupRef, member: UUID, officer: Login
    ):
        membership = await create_membership(client, officer, group, member, duty="leader", pledges=[DAILY])
        left = (await edit_membership(client, officer, group, membership, left_on="2024-05-31")).json()
        assert (left["left_on"], left["duty"]) == ("2024-05-31", "member")
        assert dated_pledges(left) == [(10_000, "2023-06-01", "2024-05-31")]
        assert (await client.get(f"/v1/groups/{group.id}", headers=officer.headers)).json()[
            "leader_id"
        ] is None
        response = await edit_membership(client, officer, group, left, duty="leader")
        assert (response.status_code, error_pointers(response)) == (422, ["/duty"])
        stayed = (await edit_membership(client, officer, group, left, left_on=None)).json()
        assert stayed["left_on"] is None

    async def test_nobody_leaves_before_their_last_saving(
        self, app: FastAPI, client: httpx.AsyncClient, group: GroupRef, member: UUID, officer: Login
    ):
        membership = await create_membership(client, officer, group, member)
        await record_entries(app, officer, group.id, (member, "saving", 10_000))
        response = await edit_membership(
            client, officer, group, membership, left_on=str(today() - timedelta(1))
        )
        assert (response.status_code, error_pointers(response)) == (422, ["/left_on"])
        response = await edit_membership(client, officer, group, membership, left_on=str(today()))
        assert response.status_code == 200
        await record_entries(app, officer, group.id, (member, "withdrawal", 10_000))

    async def test_a_past_membership_stays_past_after_a_second(
        self, client: httpx.AsyncClient, group: GroupRef, member: UUID, officer: Login
    ):
        first = await create_membership(client, officer, group, member)
        first = (await edit_membership(client, officer, group, first, left_on="2023-12-31")).json()
        await create_membership(client, officer, group, member, joined_on="2024-02-01", duty="leader")
        response = await edit_membership(client, officer, group, first, left_on=None)
        assert (response.status_code, response.json()["code"]) == (409, "already_member")
        response = await edit_membership(client, officer, group, first, left_on="2024-02-01")
        assert (response.status_code, error_pointers(response)) == (422, ["/left_on"])
        assert (await edit_membership(client, officer, group, first, left_on="2024-01-31")).status_code == 200
        group_body = (await client.get(f"/v1/groups/{group.id}", headers=officer.headers)).json()
        assert group_body["leader_id"] == str(member)

    async def test_duties_pass_on(
        self,
        client: httpx.AsyncClient,
        world: World,
        unit: Unit,
        group: GroupRef,
        officer: Login,
        treasurer: Login,
    ):
        one = await create_membership(client, officer, group, await world.member(unit), duty="leader")
        other = await create_membership(client, officer, group, await world.member(unit), duty="treasurer")
        response = await edit_membership(client, treasurer, group, other, duty="leader")
        assert (response.status_code, error_pointers(response)) == (403, ["/duty"])
        response = await edit_membership(client, officer, group, other, duty="leader")
        assert response.json()["duty"] == "leader"
        before = (await client.get(membership_path(group, one["id"]), headers=officer.headers)).json()
        assert (before["duty"], before["version"]) == ("member", one["version"] + 1)
        group_body = (await client.get(f"/v1/groups/{group.id}", headers=officer.headers)).json()
        assert (group_body["leader_id"], group_body["treasurer_id"]) == (other["member_id"], None)

    async def test_stale_missing_and_simultaneous_versions(
        self, client: httpx.AsyncClient, group: GroupRef, member: UUID, officer: Login
    ):
        membership = await create_membership(client, officer, group, member)
        stale = await edit_membership(client, officer, group, {**membership, "version": 5}, pledges=[])
        assert stale.status_code == 412
        missing = await client.patch(
            membership_path(group, membership["id"]), json={}, headers=officer.headers
        )
        assert missing.status_code == 428
        responses = await asyncio.gather(
            *(edit_membership(client, officer, group, membership, pledges=[DAILY]) for _ in range(4))
        )
        assert sorted(response.status_code for response in responses) == [200, 412, 412, 412]

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"left_on": "2023-05-31"}, "/left_on"),
            ({"left_on": str(date(2199, 1, 1))}, "/left_on"),
            ({"duty": None}, "/duty"),
            ({"pledges": None}, "/pledges"),
            ({"pledges": [DAILY] * 11}, "/pledges"),
            ({"joined_on": "2023-06-02"}, "/joined_on"),
            ({"member_id": str(uuid7())}, "/member_id"),
        ],
    )
    async def test_what_is_wrong_is_named(
        self,
        client: httpx.AsyncClient,
        group: GroupRef,
        member: UUID,
        officer: Login,
        change: dict[str, Any],
        pointer: str,
    ):
        membership = await create_membership(client, officer, group, member)
        response = await edit_membership(client, officer, group, membership, **change)
        assert (response.status_code, error_pointers(response)) == (422, [pointer])
