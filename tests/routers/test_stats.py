"""`GET /v1/stats/summary`."""

import json
from datetime import date, timedelta
from uuid import UUID

import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.world import GroupRef, Login, World

REFORM = date(2025, 7, 1)
DAY_BEFORE_REFORM = REFORM - timedelta(days=1)


async def record_saving(
    app,
    login: Login,
    group: GroupRef,
    amount: int,
    day: date | None = None,
    *,
    member: UUID | None = None,
    kind="saving",
    product="bhxh_tn",
):
    line = {
        "id": str(uuid7()),
        "member_id": str(member or group.members[0]),
        "kind": kind,
        "product": product,
        "amount": amount,
    }
    await app.state.database.call(
        "select body from record_entry($1, $2, $3, $4, $5, $6, null, $7, $8)",
        login.session_id, ["union_officer"], [], line["id"], b"hash", group.id, day or today(), json.dumps(line),
    )  # fmt: skip
    return UUID(line["id"])


async def run_fold(owner):
    await owner.execute("select fold_stats()")
    await owner.execute("set app.system = 'on'")  # the fold clears it, also for this session of the owner


@pytest.fixture
async def union(world: World):
    return await world.unit("womens_union")


@pytest.fixture
async def officer(world: World, union) -> Login:
    return await world.user(union, "union_officer")


@pytest.fixture
async def group(world: World, union) -> GroupRef:
    return await world.group(union, members=6)


class TestSummary:
    async def get_summary(self, client, login: Login, **params):
        return await client.get("/v1/stats/summary", params=params, headers=login.headers)

    async def test_anonymous_is_401(self, client):
        assert (await client.get("/v1/stats/summary")).status_code == 401

    async def test_data_officer_is_403(self, client, world, group):
        login = await world.user(group.unit, "union_data_officer")
        assert (await self.get_summary(client, login)).status_code == 403

    @pytest.mark.parametrize("role", ["treasurer", "collector"])
    @pytest.mark.parametrize("folded", [False, True])
    async def test_a_treasurers_and_a_collectors_is_of_their_own_groups(
        self, app, client, world, owner, officer, group, folded: bool, role: str
    ):
        treasurer = await world.user(group.unit, role, groups=[group.id])
        other = await world.group(group.unit, members=3)
        entry = await record_saving(app, officer, group, 10_000)
        await record_saving(app, officer, group, 4_000, kind="donation", product=None, day=DAY_BEFORE_REFORM)
        await record_saving(app, officer, other, 70_000)
        if folded:
            await run_fold(owner)
        for params in ({}, {"place": group.commune}, {"place": world.province}):
            summary = (await self.get_summary(client, treasurer, **params)).json()
            money = summary["money"]
            assert (money["saved"], money["donations"], money["entries"]) == (10_000, 4_000, 2)
            assert (summary["groups"], summary["members"], summary["suppressed"]) == (1, 6, False)
        since = (await self.get_summary(client, treasurer, **{"from": str(REFORM)})).json()
        assert (since["money"]["saved"], since["money"]["donations"]) == (10_000, 0)
        await app.state.database.call(
            "select body from reverse_entry($1, $2, $3, $4, $5, $6, $7, $8, null)",
            officer.session_id, ["union_officer"], [], "reversal", b"hash", entry, uuid7(), today(),
        )  # fmt: skip
        assert (await self.get_summary(client, treasurer)).json()["money"]["saved"] == 0

    async def test_a_treasurer_without_groups_gets_zeros(self, app, client, world, officer, group):
        await record_saving(app, officer, group, 10_000)
        summary = (await self.get_summary(client, await world.user(group.unit, "treasurer"))).json()
        assert (summary["groups"], summary["members"], summary["money"]["entries"]) == (0, 0, 0)
        assert summary["by_place"] == []

    async def test_equals_the_ledger_before_and_after_the_fold(self, app, client, owner, officer, group):
        await record_saving(app, officer, group, 10_000)
        await record_saving(app, officer, group, 5_000, kind="donation", product=None)
        await record_saving(app, officer, group, 3_000, kind="withdrawal")
        before = (await self.get_summary(client, officer)).json()
        await run_fold(owner)
        after = (await self.get_summary(client, officer)).json()
        assert before == after
        money = after["money"]
        assert (money["saved"], money["donations"], money["withdrawals"], money["entries"]) == (
            7_000,
            5_000,
            3_000,
            3,
        )
        assert (after["groups"], after["members"]) == (1, 6)
        assert {p["product"]: p["money"]["saved"] for p in after["by_product"]} == {"bhxh_tn": 7_000, None: 0}
        [place] = after["by_place"]
        assert (place["place_code"], place["money"]["saved"], place["members"]) == (group.commune, 7_000, 6)

    async def test_a_reversal_takes_its_entry_back(self, app, client, owner, officer, group):
        entry = await record_saving(app, officer, group, 10_000)
        await run_fold(owner)
        await app.state.database.call(
            "select body from reverse_entry($1, $2, $3, $4, $5, $6, $7, $8, null)",
            officer.session_id, ["union_officer"], [], "reversal", b"hash", entry, uuid7(), today(),
        )  # fmt: skip
        assert (await self.get_summary(client, officer)).json()["money"]["saved"] == 0

    async def test_other_union_sees_none_of_it(self, app, client, world, officer, group):
        await record_saving(app, officer, group, 10_000)
        farmers = await world.user(await world.unit("farmers_association"), "union_officer")
        summary = (await self.get_summary(client, farmers, place=world.province)).json()
        assert (summary["groups"], summary["members"], summary["money"]["entries"], summary["by_place"]) == (
            0,
            0,
            0,
            [],
        )

    async def test_bhxh_of_the_place_sees_every_network(self, app, client, world, officer, group):
        farmers = await world.unit("farmers_association")
        other = await world.group(farmers, members=1)
        await record_saving(app, officer, group, 10_000)
        await record_saving(app, await world.user(farmers, "union_officer"), other, 1_000)
        bhxh = await world.user(await world.unit("bhxh"), "bhxh_officer")
        assert (await self.get_summary(client, bhxh)).json()["money"]["saved"] == 11_000

    async def test_sibling_place_is_empty_for_a_stranger(self, app, client, world, officer, group):
        await record_saving(app, officer, group, 10_000)
        elsewhere = await world.user(
            await world.unit("womens_union", world.sibling_province), "union_officer"
        )
        summary = (await self.get_summary(client, elsewhere, place=world.commune)).json()
        assert (summary["groups"], summary["money"]["saved"], summary["by_place"]) == (0, 0, [])

    async def test_a_viewer_does_not_see_figures_of_fewer_than_five(self, app, client, world, union, officer):
        small = await world.group(union, members=4)
        await record_saving(app, officer, small, 10_000)
        viewer = await world.user(union, "viewer")
        response_body = (await self.get_summary(client, viewer)).json()
        assert (
            response_body["groups"],
            response_body["members"],
            response_body["money"]["saved"],
            response_body["suppressed"],
        ) == (
            1,
            None,
            None,
            True,
        )
        assert all(
            cell["money"]["saved"] is None for cell in response_body["by_place"] + response_body["by_product"]
        )
        assert (await self.get_summary(client, officer)).json()["members"] == 4

    async def test_the_whole_country_is_given_by_province(self, app, client, world, owner, officer, group):
        await record_saving(app, officer, group, 10_000)
        national_admin = await world.user(await world.national("bhxh"), "bhxh_admin")
        for units in ("then", "now"):
            summary = (await self.get_summary(client, national_admin, units=units)).json()
            [cell] = [c for c in summary["by_place"] if c["place_code"] == world.province]
            assert (cell["money"]["saved"], cell["groups"], cell["members"]) == (10_000, 1, 6)
            await run_fold(owner)

    @pytest.mark.parametrize(
        ("since", "until", "saved"),
        [
            ("2025-03-10", "2025-05-09", 60),
            ("2025-03-11", "2025-05-08", 40),
            ("2025-04-01", "2025-04-30", 40),
            ("2025-03-10", "2025-03-10", 10),
            ("2025-05-09", "2025-05-09", 10),
        ],
    )
    async def test_a_period_counts_its_first_and_last_day(
        self, app, client, owner, officer, group, since, until, saved
    ):
        for day, amount in [("2025-03-10", 10), ("2025-04-15", 40), ("2025-05-09", 10)]:
            await record_saving(app, officer, group, amount, date.fromisoformat(day))
        for _ in range(2):
            summary = (await self.get_summary(client, officer, **{"from": since, "to": until})).json()
            assert summary["money"]["saved"] == saved
            await run_fold(owner)

    async def test_upside_down_period_names_the_field(self, client, officer):
        response = await self.get_summary(client, officer, **{"from": "2026-02-01", "to": "2026-01-01"})
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == "/query/to"

    @pytest.mark.parametrize(
        ("params", "pointer"),
        [
            ({"units": "soon"}, "/query/units"),
            ({"place": ["18628", "a b"]}, "/query/place/1"),
            ({"from": "2026-13-01"}, "/query/from"),
            ({"at": "x"}, "/query/at"),
        ],
    )
    async def test_hostile(self, client, officer, params, pointer):
        response = await self.get_summary(client, officer, **params)
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == pointer


class TestUnitsOverTime:
    """Two old communes became one new one; a third was divided, its default part went there as well."""

    @pytest.fixture
    async def merged(self, world: World, owner):
        old = [await world.place("commune", world.province, valid_to=DAY_BEFORE_REFORM) for _ in range(3)]
        new, rest = [await world.place("commune", world.province, valid_from=REFORM) for _ in range(2)]
        for code in old:
            await owner.execute(
                "insert into place_succession values ($1, $2, $3, null, true)", code, new, REFORM
            )
        await owner.execute(
            "insert into place_succession values ($1, $2, $3, null, false)", old[2], rest, REFORM
        )
        return old, new, rest

    async def get_summary(self, client, login, *places, **params):
        response = await client.get(
            "/v1/stats/summary", params={"place": places, **params}, headers=login.headers
        )
        return response.json()

    async def test_then_and_now_agree(self, app, client, world, union, officer, merged):
        old, new, rest = merged
        for n, code in enumerate(old, 1):
            group = await world.group(union, members=5, commune=code)
            await record_saving(app, officer, group, n * 1_000, DAY_BEFORE_REFORM)
        then = await self.get_summary(client, officer, *old, units="then")
        now = await self.get_summary(client, officer, new, units="now")
        assert then["money"] == now["money"]
        assert then["money"]["saved"] == 6_000
        assert [c["place_code"] for c in then["by_place"]] == sorted(old)
        assert [c["place_code"] for c in now["by_place"]] == [new]
        assert (await self.get_summary(client, officer, rest))["money"]["saved"] == 0

    async def test_a_group_of_an_old_commune_goes_on_in_its_successor(
        self, app, client, world, union, officer, merged
    ):
        old, new, _ = merged
        group = await world.group(union, members=5, commune=old[0])
        await record_saving(app, officer, group, 1_000, DAY_BEFORE_REFORM)
        await record_saving(app, officer, group, 2_000, REFORM)
        then = await self.get_summary(client, officer, old[0], new, units="then")
        assert {c["place_code"]: c["money"]["saved"] for c in then["by_place"]} == {old[0]: 1_000, new: 2_000}
        now = await self.get_summary(client, officer, new)
        assert now["money"]["saved"] == 3_000

    async def test_an_old_unit_asked_in_todays_units(self, app, client, world, union, officer, merged):
        old, new, _ = merged
        group = await world.group(union, members=5, commune=old[1])
        await record_saving(app, officer, group, 1_000, DAY_BEFORE_REFORM)
        response = await self.get_summary(client, officer, old[1], units="now")
        assert response["money"]["saved"] == 1_000
        assert [c["place_code"] for c in response["by_place"]] == [new]


class TestMetrics:
    async def test_anonymous_is_401(self, client):
        assert (await client.get("/v1/stats/metrics")).status_code == 401

    async def test_names_are_those_of_a_summary(self, client, officer, group):
        summary = (await client.get("/v1/stats/summary", headers=officer.headers)).json()
        items = (await client.get("/v1/stats/metrics", headers=officer.headers)).json()["items"]
        assert {i["key"] for i in items if "." not in i["key"]} <= summary.keys()
        assert {i["key"] for i in items if i["key"].startswith("money.")} == {
            f"money.{name}" for name in summary["money"] if name != "entries"
        }
