"""Every printed figure is computed from real rows, or is kept as printed with its flag."""

from decimal import Decimal
from typing import Any

from tests.demo.conftest import JsonReader

SUCCESSORS = ("28210", "28222", "28225", "28243")
"""What the 13 units of Châu Thành became: Tầm Vu, Vĩnh Công, Thuận Mỹ, An Lục Long."""

INSURED = """
select e.product, count(distinct e.member_id) as persons from enrolment e join savings_group g on g.id = e.group_id
 where g.code like $1 and e.status = 'accepted' group by 1 order by 1
"""


async def list_observations(get_json: JsonReader, username: str, **filters: str) -> list[dict[str, Any]]:
    """The observations that a login sees."""
    observations: list[dict[str, Any]] = (await get_json(username, "/v1/observations", limit=200, **filters))[
        "items"
    ]
    return observations


class TestChauThanh:
    async def test_thirteen_of_thirteen_units_have_groups(self, demo_owner: Any):
        units = "select code from place where parent_code = '808' and level = 'commune'"
        reached = "select distinct commune_code from savings_group where code like 'LA-CT-%'"
        assert await demo_owner.fetchval(f"select count(*) from ({units}) u") == 13
        assert await demo_owner.fetchval(f"select count(*) from ({units} intersect {reached}) u") == 13

    async def test_1352_members_of_whom_548_and_794_and_ten_in_neither(self, demo_owner: Any):
        members = (
            "select count(distinct m.member_id) from membership m join savings_group g on g.id = m.group_id"
        )
        assert await demo_owner.fetchval(f"{members} where g.code like 'LA-CT-%'") == 1_352
        insured = {row["product"]: row["persons"] for row in await demo_owner.fetch(INSURED, "LA-CT-%")}
        assert insured == {"bhxh_tn": 548, "bhyt_hgd": 794}
        pledged = await demo_owner.fetch(
            "select p.product, p.amount, p.per, count(*) from pledge p join savings_group g on g.id = p.group_id"
            " where g.code like 'LA-CT-%' group by 1, 2, 3 order by 1"
        )
        assert [tuple(row) for row in pledged] == [
            ("bhxh_tn", 10_000, "day", 548),
            ("bhyt_hgd", 3_000, "day", 794),
        ]
        assert 1_352 - sum(insured.values()) == 10

    async def test_more_than_a_billion_was_saved_by_the_end_of_may(self, get_json: JsonReader):
        filters = {"place": "808", "units": "then", "to": "2023-05-31"}
        saved = (await get_json("phunu.tayninh", "/v1/stats/summary", **filters))["money"]["saved"]
        assert 1_000_000_000 < saved < 1_100_000_000

    async def test_then_and_now_give_the_same(self, get_json: JsonReader):
        summaries = []
        for filters in ({"place": "808", "units": "then"}, {"place": list(SUCCESSORS), "units": "now"}):
            summary = await get_json("phunu.tayninh", "/v1/stats/summary", **filters)
            summaries.append(
                {name: summary[name] for name in ("groups", "members", "money", "enrolled", "by_product")}
            )
        assert summaries[0] == summaries[1]
        assert (summaries[0]["groups"], summaries[0]["members"]) == (52, 1_352)
        enrolled = {one["product"]: one["accepted"] for one in summaries[0]["enrolled"]}
        assert enrolled == {"bhxh_tn": 548, "bhyt_hgd": 794}

    async def test_units_then_are_thirteen_and_now_four(self, get_json: JsonReader):
        then = await get_json("phunu.tayninh", "/v1/stats/summary", place="808", units="then")
        assert len(then["by_place"]) == 13
        now = await get_json("phunu.tayninh", "/v1/stats/summary", place=list(SUCCESSORS), units="now")
        assert [one["place_code"] for one in now["by_place"]] == sorted(SUCCESSORS)

    async def test_printed_total_is_kept_and_flagged(self, get_json: JsonReader):
        (figure,) = await list_observations(get_json, "phunu.tayninh", flag="parts_differ_from_total")
        assert (figure["value"], [part["value"] for part in figure["parts"]]) == ("1352", ["548", "794"])
        assert figure["flags"] == [
            {"code": "parts_differ_from_total", "printed": "1352", "computed": "1342", "difference": "10"}
        ]
        assert figure["source"]["kind"] == "newspaper"


class TestBenTre:
    async def test_403_groups_4300_members_1679_insured(self, get_json: JsonReader):
        summary = await get_json("bhxh.vn", "/v1/stats/summary", place="83", units="then")
        assert (summary["groups"], summary["members"]) == (403, 4_300)
        assert [(one["product"], one["accepted"]) for one in summary["enrolled"]] == [("bhxh_tn", 1_679)]

    async def test_conversion_follows_with_its_word(self, get_json: JsonReader):
        (figure,) = await list_observations(get_json, "bhxh.vn", metric="conversion")
        assert figure["value"] is None
        derived = {one["name"]: (one["value"], one["qualifier"]) for one in figure["derived"]}
        assert Decimal(derived["rate"][0]) == Decimal("39.0")
        assert derived["rate"][1] == "more_than"


class TestKyNam:
    async def test_nine_and_three_households_with_mai_trees(self, demo_owner: Any):
        rows = await demo_owner.fetch(
            "select m.joined_on::text as day, count(distinct h.id) as households, count(distinct h.head_member_id) as heads,"
            " min(p.asset_quantity)::int as least, max(p.asset_quantity_max)::int as most, min(p.asset_name) as asset"
            " from savings_group g join membership m on m.group_id = g.id join member x on x.id = m.member_id"
            " join household h on h.id = x.household_id join pledge p on p.membership_id = m.id"
            " where g.code = 'HT-MAI-0001' and g.commune_code = '18847' group by 1 order by 1"
        )
        assert [tuple(row)[1:] for row in rows] == [(9, 9, 1, 2, "cây mai"), (3, 3, 1, 2, "cây mai")]
        assert rows[0]["day"] == "2024-11-13"

    async def test_participants_farms_and_households_are_not_mixed(self, get_json: JsonReader):
        figures = await list_observations(get_json, "bhxh.hatinh", place_code="18847")
        assert {(one["value"], one["unit"]) for one in figures} == {
            ("9", "households"), ("3", "households"), ("55", "people"), ("192", "farms"),
        }  # fmt: skip


class TestThanhBinh:
    async def test_47_of_82_of_working_age_and_all_of_block_4(self, demo_owner: Any):
        rows = await demo_owner.fetch(
            "select g.hamlet_code, g.kind, count(distinct m.member_id) as members,"
            " count(distinct e.member_id) filter (where e.status = 'accepted') as insured"
            " from savings_group g join membership m on m.group_id = g.id"
            " left join enrolment e on e.member_id = m.member_id and e.product = 'bhxh_tn'"
            " where g.code like 'HT-LG-%' group by 1, 2 order by 3"
        )
        block, others = (tuple(row) for row in rows)
        assert block == ("18322.to-lien-gia-so-4", "neighbour_block", 14, 14)
        assert (block[2] + others[2], block[3] + others[3]) == (82, 47)
        ages = "select count(*) from member where hamlet_code like '18322.%' and birth_date between '1962-05-01' and '2009-05-01'"
        assert await demo_owner.fetchval(ages) == 82

    async def test_printed_57_percent_agrees_with_its_terms(self, get_json: JsonReader):
        filters = {"place_code": "18322.thon-thanh-binh", "metric": "participation_bhxh_tn"}
        block, figure = sorted(
            await list_observations(get_json, "bhxh.hatinh", **filters), key=lambda one: len(one["value"])
        )[::-1]
        assert (block["place_code"], block["value"]) == ("18322.to-lien-gia-so-4", "100")
        assert (figure["value"], figure["flags"]) == ("57", [])
        assert [one["value"] for one in figure["derived"] if one["name"] == "rate"] == ["57.3"]


class TestFlags:
    async def test_points_or_relative_stays_ambiguous(self, get_json: JsonReader):
        figures = await list_observations(
            get_json, "bhxh.hatinh", flag="ambiguous_points_or_relative", decimals="2"
        )
        implied = {
            one["value"]: {
                d["name"]: d["value"] for d in one["derived"] if d["name"].startswith("implied_base")
            }
            for one in figures
        }
        assert implied == {
            "31.5": {"implied_base_if_points": "23.50", "implied_base_if_relative": "29.17"},
            "16.5": {"implied_base_if_points": "13.20", "implied_base_if_relative": "15.97"},
        }

    async def test_one_persons_share_agrees_at_its_decimals(self, get_json: JsonReader):
        figures = await list_observations(get_json, "bhxh.vn", metric="individual_share")
        assert {(one["value"], len(one["flags"])) for one in figures} == {("30", 0), ("26.5", 0)}

    async def test_figures_without_a_number_keep_their_words(self, get_json: JsonReader):
        figures = await list_observations(get_json, "bhxh.vn", flag="no_number")
        assert {"hàng tỷ đồng", "hàng ngàn chị em"} <= {one["text"] for one in figures}

    async def test_part_of_a_year_is_told(self, get_json: JsonReader):
        figures = await list_observations(get_json, "bhxh.vn", flag="partial_year", place_code="91")
        assert len(figures) == 1

    async def test_implied_numbers_of_the_press(self, get_json: JsonReader):
        (completion,) = await list_observations(
            get_json, "bhxh.vn", metric="target_completion", place_code="808"
        )
        assert [one["value"] for one in completion["derived"] if one["name"] == "implied_target"] == ["2248"]
        (multiple,) = await list_observations(get_json, "bhxh.hatinh", metric="multiple_of_goal")
        assert [one["value"] for one in multiple["derived"] if one["name"] == "implied_goal"] == ["2.5"]
