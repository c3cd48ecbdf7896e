"""Figures over the mergers of 2025-07-01: the country, its provinces, models and networks add up to the same."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from app.core.values.ids import uuid7
from tests.routers.test_stats import record_saving, run_fold
from tests.world import GroupRef, Login, World

REFORM = date(2025, 7, 1)
EVE = REFORM - timedelta(days=1)
DAYS = (EVE, REFORM, date(2025, 9, 15))
_ENROL_SQL = (
    "insert into enrolment (id, network, organisation_id, province_code, commune_code, group_id, member_id, product,"
    " method, months, monthly_income, from_month, status, submitted_at, decided_at, content_hash, created_by)"
    " select $1, m.network, m.organisation_id, m.province_code, g.commune_code, g.id, m.id, $4, 'months_3', 3,"
    " case when $4 = 'bhxh_tn' then 1500000 end, $5, $6, now(), now(), 'hash', $1 from member m, savings_group g"
    " where m.id = $2 and g.id = $3"
)
Ask = Callable[..., Awaitable[dict[str, Any]]]


def pick(summary: dict[str, Any]) -> Counter[str]:
    """What adds up over places, models and networks where nobody is in two of them."""
    figures = Counter({f"money.{name}": value for name, value in summary["money"].items()})
    figures.update({"groups": summary["groups"], "members": summary["members"]})
    for enrolled in summary.get("enrolled", ()):
        figures[f"{enrolled['product']}.submitted"] += enrolled["submitted"]
        figures[f"{enrolled['product']}.accepted"] += enrolled["accepted"]
    return figures


def add_up(summaries: list[dict[str, Any]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for summary in summaries:
        total.update(pick(summary))
    return total


class Merged:
    """Two provinces became one, with the code of the second; three communes became one that has the code of the second,
    and one of them was divided. Groups in each, of two networks, with money and enrolments before, on and after."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.provinces: list[str] = []
        self.communes: list[str] = []
        self.divided_off = ""
        self.groups: list[GroupRef] = []
        self.officers: list[Login] = []

    async def make(self, app: Any) -> None:
        world, owner = self.world, self.world.owner
        self.provinces = [await world.place("province", "VN", valid_to=EVE) for _ in range(2)]
        districts = [await world.place("district", code, valid_to=EVE) for code in self.provinces]
        self.communes = [await world.place("commune", districts[n], valid_to=EVE) for n in (0, 1, 1)]
        for code, parent in ((self.provinces[1], "VN"), (self.communes[1], self.provinces[1])):
            await owner.execute(
                "insert into place (code, valid_from, level, name, kind, parent_code, search_name)"
                " select code, $2, level, name, kind, $3, search_name from place where code = $1",
                code, REFORM, parent,
            )  # fmt: skip
        self.divided_off = await world.place("commune", self.provinces[1], valid_from=REFORM)
        pairs = [(code, self.provinces[1], True) for code in self.provinces]
        pairs += [(code, self.communes[1], True) for code in self.communes]
        for old, new, is_default in [*pairs, (self.communes[2], self.divided_off, False)]:
            await owner.execute(
                "insert into place_succession values ($1, $2, $3, null, $4)", old, new, REFORM, is_default
            )
        for network in ("womens_union", "farmers_association"):
            unit = await world.unit(network, "VN", level="national")
            self.officers.append(await world.user(unit, "union_officer"))
            for commune, province in zip(self.communes, (0, 1, 1), strict=True):
                await self._make_group(app, unit, commune, self.provinces[province])

    async def _make_group(self, app: Any, unit: Any, commune: str, province: str) -> None:
        """A group that was registered in the old province, and whose code may have gone on in the new one."""
        group = await self.world.group(unit, members=6, commune=commune)
        for table in ("savings_group", "member", "membership"):
            await self.world.owner.execute(
                f"update {table} set province_code = $2 where commune_code = $1 and network = $3",
                commune, province, unit.network,
            )  # fmt: skip
        model = uuid7()
        await self.world.owner.execute(
            "insert into savings_model (id, code, network, organisation_id, name, mechanism, version)"
            " values ($1, $2, $3, $4, 'Heo đất', 'piggy_bank', 1)",
            model, str(model), unit.network, unit.id,
        )  # fmt: skip
        for table, column, key in (
            ("savings_group", "started_on", "id"),
            ("membership", "joined_on", "group_id"),
        ):
            await self.world.owner.execute(
                f"update {table} set {column} = date '2000-01-01' where {key} = $1", group.id
            )
        for number, day in enumerate(DAYS):
            member = group.members[number]
            await record_saving(app, self.officers[-1], group, 1_000 * 10**number, day, member=member)
            for product, status in (
                ("bhxh_tn", "accepted"),
                ("bhxh_tn", "submitted"),
                ("bhyt_hgd", "accepted"),
            ):
                away = timedelta(days=0 if status == "accepted" else -31 if day < REFORM else 31)
                month = (day + away).replace(day=1)  # of one person, on one side of the mergers
                await self.world.owner.execute(_ENROL_SQL, uuid7(), member, group.id, product, month, status)
        await self.world.owner.execute(  # one of the groups on each of the days; its money is what it is
            "update savings_group set model_id = $2, started_on = $3 where id = $1",
            group.id, model, DAYS[len(self.groups) % 3],
        )  # fmt: skip
        self.groups.append(group)


@pytest.fixture
async def merged(world: World, app: Any) -> Merged:
    merged = Merged(world)
    await merged.make(app)
    return merged


@pytest.fixture
def ask(client: httpx.AsyncClient) -> Ask:
    async def ask(login: Login, *places: str, **params: str) -> dict[str, Any]:
        response = await client.get(
            "/v1/stats/summary", params={"place": list(places), **params}, headers=login.headers
        )
        assert response.status_code == 200, response.text
        summary: dict[str, Any] = response.json()
        return summary

    return ask


class TestTheWholeAndItsParts:
    @pytest.mark.parametrize("units", ["then", "now"])
    async def test_country_provinces_models_and_networks_add_up_to_one_total(
        self, ask: Ask, merged: Merged, world: World, owner: Any, units: str
    ):
        """Asked by BHXH of the two provinces, so that no other test's facts are in it."""
        unit = await world.unit("bhxh", merged.provinces[1])
        await owner.execute(
            "insert into organisation_place (organisation_id, place_code, valid_from, provinces, communes, nationwide)"
            " select $1, $2, '2000-01-01', provinces, communes, nationwide from expand_place($2)",
            unit.id, merged.provinces[0],
        )  # fmt: skip
        bhxh = await world.user(unit, "bhxh_officer")
        for _ in range(2):
            country = await ask(bhxh, "VN", units=units)
            assert pick(country) == pick(await ask(bhxh, units=units))
            assert country["money"]["saved"] == 6 * 111_000
            assert (country["groups"], country["members"]) == (6, 36)
            assert pick(country)["bhxh_tn.submitted"] == 18  # two enrolments each, one person
            assert country["enrolled_persons"] == 18
            codes = merged.provinces if units == "then" else merged.provinces[1:]
            assert add_up([await ask(bhxh, code, units=units) for code in codes]) == pick(country)
            assert add_up(country["by_place"]) == pick(country)
            models = add_up(country["by_model"])
            assert models == {key: value for key, value in pick(country).items() if key in models}
            networks = [await ask(officer, *codes, units=units) for officer in merged.officers]
            assert add_up(networks) == pick(country)
            await run_fold(owner)

    @pytest.mark.parametrize("units", ["then", "now"])
    async def test_who_sees_the_country_gets_it_by_province(
        self, ask: Ask, merged: Merged, world: World, owner: Any, units: str
    ):
        admin = await world.user(await world.national("bhxh"), "bhxh_admin")
        whole = await ask(admin, units=units)
        assert await ask(admin, "VN", units=units) == {**whole, "places": ["VN"]}
        cells = [cell for cell in whole["by_place"] if cell["place_code"] in merged.provinces]
        codes = set(merged.provinces) if units == "then" else {merged.provinces[1]}
        assert {cell["place_code"] for cell in cells} == codes
        parts = add_up([await ask(admin, code, units=units) for code in codes])
        assert add_up(cells) == parts
        assert parts["money.saved"] == 6 * 111_000

    async def test_units_of_a_day_before_the_mergers(self, ask: Ask, merged: Merged):
        officer = merged.officers[0]
        parts = [await ask(officer, code, units="now", on="2025-06-30") for code in merged.provinces]
        assert add_up(parts)["money.saved"] == 3 * 111_000

    async def test_a_code_and_its_successor_asked_together_count_once(self, ask: Ask, merged: Merged):
        officer = merged.officers[0]
        asked = await ask(officer, merged.provinces[1], *merged.communes, units="now")
        assert asked["money"]["saved"] == 3 * 111_000
        assert (asked["groups"], asked["members"]) == (3, 18)

    async def test_a_month_that_is_not_over_and_days_at_its_ends(self, ask: Ask, merged: Merged):
        officer = merged.officers[0]
        params = {"from": str(EVE), "to": str(REFORM)}
        asked = await ask(officer, merged.provinces[1], units="now", **params)
        assert asked["money"]["saved"] == 3 * 11_000


class TestHamletsAndUnknownPlaces:
    async def test_unknown_place_is_422_with_the_parameter_named(
        self, client: httpx.AsyncClient, merged: Merged
    ):
        response = await client.get(
            "/v1/stats/summary", params={"place": ["VN", "khong-co"]}, headers=merged.officers[0].headers
        )
        assert response.status_code == 422
        [error] = response.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/query/place/1", "place_unknown")
        assert "khong-co" in error["detail"]

    async def test_hamlet_answers_with_its_groups_and_those_of_its_blocks(
        self, ask: Ask, merged: Merged, world: World, owner: Any
    ):
        group, other, _ = merged.groups[:3]
        hamlet = await world.place("hamlet", group.commune)
        block = await world.place("block", hamlet)
        await owner.execute("update savings_group set hamlet_code = $2 where id = $1", group.id, block)
        await owner.execute("update member set hamlet_code = $2 where id = any($1)", group.members, block)
        officer = merged.officers[0]
        for place in (hamlet, block):
            summary = await ask(officer, place)
            assert (summary["groups"], summary["members"], summary["money"]["saved"]) == (1, 6, 111_000)
            assert summary["enrolled_persons"] == 3
            assert [cell["place_code"] for cell in summary["by_place"]] == [place]
        together = await ask(officer, hamlet, block, other.commune, group.commune, units="then")
        assert (
            together["money"]["saved"]
            == (await ask(officer, other.commune, group.commune, units="then"))["money"]["saved"]
        )
        empty = await world.place("hamlet", other.commune)
        assert (await ask(officer, empty))["groups"] == 0
