"""Renewals over HTTP: what is due, how many were renewed, who stopped."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core.values.ids import uuid7
from app.insurance.renewals import service as renewal_service
from app.insurance.renewals.schemas import LapsedOut, RenewalOut, RenewalSummaryOut
from tests.insurance.coverage_factories import insert_paid_coverage, record_end, record_refund
from tests.ledger.books import Books, create_books
from tests.routers.responses import expect_json, expect_problem
from tests.world import World

TODAY = date(2026, 11, 21)
RENEWALS, SUMMARY, LAPSED = "/v1/renewals", "/v1/renewals/summary", "/v1/renewals/lapsed"


@pytest.fixture(autouse=True)
def frozen_today(monkeypatch: pytest.MonkeyPatch):
    """What is due follows the day."""
    monkeypatch.setattr(renewal_service, "today", lambda: TODAY)


@pytest.fixture
async def books(world: World, client: httpx.AsyncClient) -> Books:
    return await create_books(world, client, members=6)


async def list_due(books: Books, **query: Any) -> list[Any]:
    items = expect_json(await books.get(RENEWALS, **query))["items"]
    for item in items:
        RenewalOut.model_validate(item, extra="forbid")
    return list(items)


def member_ids(items: list[Any]) -> list[UUID]:
    return [UUID(item["coverage_id"]) for item in items]


class TestDue:
    async def test_cards_and_premiums_with_their_days(self, books: Books):
        card = await insert_paid_coverage(
            books.world, books.group, books.members[0], until=date(2026, 12, 10)
        )
        premium = await insert_paid_coverage(
            books.world, books.group, books.members[1], product="bhxh_tn", until=date(2026, 11, 30)
        )
        await insert_paid_coverage(books.world, books.group, books.members[2], until=date(2026, 12, 22))
        await insert_paid_coverage(books.world, books.group, books.members[3], until=date(2026, 11, 20))
        first, second = await list_due(books)
        assert member_ids([first, second]) == [premium["coverage"], card["coverage"]]
        assert (first["due_on"], first["pay_by"], first["days_left"]) == ("2026-11-30", "2027-06-30", 9)
        assert (second["due_on"], second["pay_by"], second["days_left"]) == ("2026-12-10", "2026-12-10", 19)
        assert (second["price_estimate"], first["price_estimate"]) == (1_366_200, 3_960_000)
        assert (second["continuous_since"], second["continuous_years"]) == ("2025-12-11", 1)
        assert second["group_code"] == books.group.code
        assert second["full_name"] == "Nguyễn Thị Thử"
        assert len(await list_due(books, within_days=31)) == 3
        assert member_ids(await list_due(books, within_days=0, on="2026-12-10")) == [card["coverage"]]

    async def test_a_proof_that_runs_out_before_the_next_card(self, books: Books):
        """Of the day before the next card begins and of the day itself; told to who may see the group."""
        student: dict[str, Any] = {"support_group": "student", "proof_kind": "student_card"}
        for member, ends in zip(books.members, (date(2026, 12, 10), date(2026, 12, 11), None), strict=False):
            await insert_paid_coverage(
                books.world, books.group, member, until=date(2026, 12, 10), **student, proof_valid_until=ends
            )
        officer = await books.world.user(books.group.unit, "union_officer")
        items = expect_json(await books.client.get(RENEWALS, headers=officer.headers))["items"]
        warnings = {item["member_id"]: item["warnings"] for item in items}
        [warning] = warnings[str(books.members[0])]
        assert (warning["pointer"], warning["code"]) == ("/proof_valid_until", "proof_runs_out")
        assert "10/12/2026" in warning["detail"]
        assert "11/12/2026" in warning["detail"]
        assert [warnings[str(member)] for member in books.members[1:3]] == [[], []]
        assert [item["warnings"] for item in await list_due(books)] == [[], [], []]

    async def test_what_follows_takes_it_off(self, books: Books):
        until, after = date(2026, 12, 10), date(2027, 12, 10)
        renewed, held, voided, undone = books.members[:4]
        for member in (renewed, held, voided, undone):
            await insert_paid_coverage(books.world, books.group, member, until=until)
        await insert_paid_coverage(books.world, books.group, renewed, until=after)
        await insert_paid_coverage(books.world, books.group, held, until=after, status="held")
        await insert_paid_coverage(books.world, books.group, voided, until=after, status="voided")
        gone = await insert_paid_coverage(books.world, books.group, undone, until=after)
        await record_refund(books.world, gone["coverage"], until, "other_group")
        assert sorted(item["member_id"] for item in await list_due(books)) == sorted(
            [str(voided), str(undone)]
        )

    async def test_another_product_does_not(self, books: Books):
        card = await insert_paid_coverage(
            books.world, books.group, books.members[0], until=date(2026, 12, 10)
        )
        await insert_paid_coverage(
            books.world, books.group, books.members[0], product="bhxh_tn", until=date(2027, 11, 30)
        )
        assert member_ids(await list_due(books)) == [card["coverage"]]

    async def test_who_is_gone_is_not_asked(self, books: Books):
        for member, why in zip(books.members, ("died", "compulsory", "stopped"), strict=False):
            ids = await insert_paid_coverage(books.world, books.group, member, until=date(2026, 12, 10))
            await record_end(books.world, ids["enrolment"], why)
        assert await list_due(books) == []

    async def test_a_treasurer_is_told_what_another_group_paid(self, books: Books):
        member = books.members[0]
        await insert_paid_coverage(books.world, books.group, member, until=date(2026, 12, 10))
        other = await books.world.group(books.group.unit)
        await books.world.join(other, member)
        await insert_paid_coverage(books.world, other, member, until=date(2027, 12, 10))
        assert await list_due(books) == []

    async def test_filters(self, books: Books):
        collector = uuid7()
        other = await books.world.group(books.group.unit, commune=books.world.sibling_commune, members=1)
        here = await insert_paid_coverage(
            books.world, books.group, books.members[0], until=date(2026, 12, 1), collector=collector
        )
        there = await insert_paid_coverage(
            books.world, other, other.members[0], product="bhxh_tn", until=date(2026, 11, 30)
        )
        queries: list[tuple[dict[str, Any], list[dict[str, UUID]]]] = [
            ({}, [there, here]),
            ({"product": "bhyt_hgd"}, [here]),
            ({"group_id": str(other.id)}, [there]),
            ({"group_code": books.group.code}, [here]),
            ({"commune_code": other.commune}, [there]),
            ({"province_code": books.world.province}, [there, here]),
            ({"collector_id": str(collector)}, [here]),
            ({"collector_id": str(uuid7())}, []),
        ]
        for query, expected in queries:
            items = expect_json(await books.get(RENEWALS, login=books.officer, **query))["items"]
            assert member_ids(items) == [one["coverage"] for one in expected], query
        # the treasurer's own group alone
        assert member_ids(await list_due(books)) == [here["coverage"]]

    async def test_pages(self, books: Books):
        for day, member in enumerate(books.members, 1):
            await insert_paid_coverage(books.world, books.group, member, until=date(2026, 12, 1 + day // 2))
        whole = await list_due(books)
        items: list[Any] = []
        cursor: dict[str, Any] = {}
        while len(items) < 6:
            page = expect_json(await books.get(RENEWALS, limit=2, **cursor))
            items += page["items"]
            cursor = {"cursor": page["next_cursor"]}
        assert (items, page["next_cursor"]) == (whole, None)

    async def test_names_are_for_who_may_read_members(self, books: Books):
        await insert_paid_coverage(books.world, books.group, books.members[0], until=date(2026, 12, 1))
        partner = await books.world.partner(books.group.unit, "enrolments:read")
        (item,) = expect_json(await books.get(RENEWALS, login=partner))["items"]
        assert item["full_name"] is None

    async def test_refusals(self, books: Books):
        both: dict[str, Any] = {"group_id": str(books.group.id), "group_code": books.group.code}
        expect_problem(await books.get(RENEWALS, **both), 422, "one_of_two", "/query/group_code")
        expect_problem(
            await books.get(RENEWALS, within_days=401), 422, "less_than_equal", "/query/within_days"
        )
        expect_problem(await books.get(RENEWALS, product="card"), 422, "enum", "/query/product")
        expect_problem(await books.get(RENEWALS, days=3), 422, "unknown_parameter", "/query/days")
        expect_problem(await books.client.get(RENEWALS), 401, "unauthenticated")
        viewer = await books.world.user(books.group.unit, "viewer")
        expect_problem(await books.get(RENEWALS, login=viewer), 403, "forbidden")


class TestSummary:
    async def total(self, books: Books, **query: Any) -> Any:
        return (await self.read(books, **query))["total"]

    async def read(self, books: Books, login: Any = None, **query: Any) -> Any:
        period = {"from": "2026-01-01", "to": "2026-12-31"} | query
        body = expect_json(await books.get(SUMMARY, login=login or books.officer, **period))
        RenewalSummaryOut.model_validate(body, extra="forbid")
        return body

    async def test_renewed_without_an_interruption_that_counts(self, books: Books):
        ends = date(2026, 3, 31)
        at_once, in_time, too_late, never = books.members[:4]
        for member in (at_once, in_time, too_late, never):
            await insert_paid_coverage(books.world, books.group, member, until=ends)
        await insert_paid_coverage(books.world, books.group, at_once, until=date(2027, 3, 31))
        await insert_paid_coverage(
            books.world, books.group, in_time, until=date(2027, 6, 28)
        )  # begins 89 days later
        await insert_paid_coverage(
            books.world, books.group, too_late, until=date(2027, 6, 29)
        )  # begins 90 days later
        total = await self.total(books)
        assert (total["due"], total["renewed"], total["open"], total["lapsed"]) == (4, 2, 0, 2)
        assert (total["persons"], total["retention"], total["suppressed"]) == (4, "0.5000", False)
        assert (await self.total(books, grace_days=0))["renewed"] == 1
        assert (await self.total(books, grace_days=90))["renewed"] == 3

    async def test_premiums_go_on_with_the_next_month(self, books: Books):
        on_time, gap = books.members[:2]
        for member in (on_time, gap):
            await insert_paid_coverage(
                books.world,
                books.group,
                member,
                product="bhxh_tn",
                method="months_3",
                until=date(2026, 3, 31),
            )
        await insert_paid_coverage(
            books.world, books.group, on_time, product="bhxh_tn", method="months_3", until=date(2026, 6, 30)
        )
        await insert_paid_coverage(
            books.world, books.group, gap, product="bhxh_tn", method="months_3", until=date(2026, 7, 31)
        )
        march = await self.total(books, to="2026-03-31")
        assert (march["due"], march["renewed"], march["lapsed"]) == (2, 1, 1)
        assert (await self.total(books, to="2026-03-31", grace_days=31))["renewed"] == 2

    async def test_what_may_still_be_renewed_is_open(self, books: Books):
        await insert_paid_coverage(
            books.world, books.group, books.members[0], product="bhxh_tn", until=date(2026, 10, 31)
        )
        await insert_paid_coverage(books.world, books.group, books.members[1], until=date(2026, 8, 22))
        await insert_paid_coverage(books.world, books.group, books.members[2], until=date(2026, 8, 23))
        total = await self.total(books)
        assert (total["due"], total["open"], total["lapsed"]) == (3, 2, 1)

    async def test_who_has_other_insurance_was_not_due(self, books: Books):
        for member, why in zip(
            books.members, ("died", "compulsory", "pension", "one_off", "stopped"), strict=False
        ):
            ids = await insert_paid_coverage(books.world, books.group, member, until=date(2026, 3, 31))
            await record_end(books.world, ids["enrolment"], why)
        undone = await insert_paid_coverage(
            books.world, books.group, books.members[5], until=date(2026, 3, 31)
        )
        await record_refund(books.world, undone["coverage"], date(2026, 1, 31), "other_group")
        assert (await self.total(books))["due"] == 1

    @pytest.mark.parametrize("by", ["place", "group", "collector", "network"])
    async def test_told_by(self, books: Books, by: str):
        other = await books.world.group(books.group.unit, commune=books.world.sibling_commune, members=1)
        collector = books.treasurer.id
        for member in books.members[:2]:
            await insert_paid_coverage(
                books.world, books.group, member, until=date(2026, 3, 31), collector=collector
            )
        await insert_paid_coverage(
            books.world, other, other.members[0], until=date(2026, 3, 31), collector=books.officer.id
        )
        body = await self.read(books, by=by)
        keys = {
            "place": {books.group.commune: 2, other.commune: 1},
            "group": {str(books.group.id): 2, str(other.id): 1},
            "collector": {str(collector): 2, str(books.officer.id): 1},
            "network": {"womens_union": 3},
        }[by]
        assert {cell["key"]: cell["due"] for cell in body["items"]} == keys
        assert all(cell["name"] for cell in body["items"])
        assert body["total"]["due"] == 3
        pages: list[Any] = []
        cursor: dict[str, Any] = {}
        for _ in keys:
            page = await self.read(books, by=by, limit=1, **cursor)
            pages += page["items"]
            cursor = {"cursor": page["next_cursor"]}
        assert (pages, page["next_cursor"]) == (body["items"], None)

    async def test_a_viewer_sees_no_small_cells(self, books: Books):
        viewer = await books.world.user(books.group.unit, "viewer")
        other = await books.world.group(books.group.unit, commune=books.world.sibling_commune, members=4)
        for member in books.members:
            await insert_paid_coverage(books.world, books.group, member, until=date(2026, 3, 31))
        for member in other.members:
            await insert_paid_coverage(books.world, other, member, until=date(2026, 3, 31))
        body = await self.read(books, viewer)
        assert (body["total"]["due"], body["total"]["retention"]) == (10, "0.0000")
        assert [cell["suppressed"] for cell in body["items"]] == [True, True]  # the other would tell it
        assert [cell["due"] for cell in body["items"]] == [None, None]
        few = await self.total(books, login=viewer, product="bhxh_tn")
        assert (few["due"], few["suppressed"]) == (0, False)
        assert [cell["due"] for cell in (await self.read(books))["items"]] == [6, 4]

    async def test_bhxh_sees_every_network_and_a_union_its_own(self, books: Books):
        farmers = await books.world.group(await books.world.unit("farmers_association"), members=1)
        await insert_paid_coverage(books.world, books.group, books.members[0], until=date(2026, 3, 31))
        await insert_paid_coverage(books.world, farmers, farmers.members[0], until=date(2026, 3, 31))
        bhxh = await books.world.user(await books.world.unit("bhxh"), "bhxh_officer")
        body = await self.read(books, bhxh, by="network")
        assert {cell["key"] for cell in body["items"]} == {"womens_union", "farmers_association"}
        assert {cell["key"] for cell in (await self.read(books, by="network"))["items"]} == {"womens_union"}

    async def test_refusals(self, books: Books):
        async def summarise(**query: Any) -> httpx.Response:
            return await books.get(SUMMARY, login=books.officer, **query)

        expect_problem(await summarise(), 422, "missing", "/query/from")
        expect_problem(
            await summarise(**{"from": "2026-02-01", "to": "2026-01-01"}), 422, "before_from", "/query/to"
        )
        expect_problem(
            await summarise(**{"from": "2026-01-01", "to": "2026-02-01", "by": "member"}),
            422,
            "enum",
            "/query/by",
        )
        period: dict[str, Any] = {"from": "2026-01-01", "to": "2026-02-01"}
        expect_problem(await books.get(SUMMARY, **period), 403, "forbidden")  # a treasurer
        expect_problem(await summarise(**period, cursor="x"), 422, "cursor", "/query/cursor")


class TestLapsed:
    async def read(self, books: Books, **query: Any) -> list[Any]:
        items = expect_json(await books.get(LAPSED, **query))["items"]
        for item in items:
            LapsedOut.model_validate(item, extra="forbid")
        return list(items)

    async def test_who_stopped_and_did_not_return(self, books: Books):
        stopped, returned, still_in_time, too_late, given_back, employed = books.members
        card = await insert_paid_coverage(books.world, books.group, stopped, until=date(2026, 9, 30))
        await insert_paid_coverage(books.world, books.group, returned, until=date(2025, 9, 30))
        await insert_paid_coverage(books.world, books.group, returned, until=date(2027, 6, 30))
        await insert_paid_coverage(
            books.world, books.group, still_in_time, product="bhxh_tn", until=date(2026, 9, 30)
        )
        late = await insert_paid_coverage(
            books.world, books.group, too_late, product="bhxh_tn", method="months_3", until=date(2026, 8, 31)
        )
        back = await insert_paid_coverage(books.world, books.group, given_back, until=date(2027, 3, 31))
        await record_refund(books.world, back["coverage"], date(2026, 9, 30), "other_group")
        job = await insert_paid_coverage(books.world, books.group, employed, until=date(2026, 9, 30))
        await record_end(books.world, job["enrolment"], "compulsory")
        body = await self.read(books)
        assert {(item["member_id"], item["stopped_in"]) for item in body} == {
            (str(stopped), "2026-10"),
            (str(given_back), "2026-10"),
        }
        assert member_ids(body) == sorted([card["coverage"], back["coverage"]])
        assert {item["why"] for item in body} == {None, "other_group"}
        assert late["coverage"] not in member_ids(
            body
        )  # until 2026-11-30 the next three months may be paid for

    async def test_after_the_deadline(self, books: Books, monkeypatch: pytest.MonkeyPatch):
        await insert_paid_coverage(
            books.world, books.group, books.members[0], product="bhxh_tn", until=date(2026, 4, 30)
        )
        assert await self.read(books) == []
        monkeypatch.setattr(renewal_service, "today", lambda: date(2026, 12, 1))
        (item,) = await self.read(books)
        assert (item["stopped_in"], item["last_day"], item["pay_by"]) == (
            "2026-05",
            "2026-04-30",
            "2026-11-30",
        )

    async def test_months(self, books: Books):
        for month, member in enumerate(books.members[:4], 1):
            await insert_paid_coverage(books.world, books.group, member, until=date(2026, month, 28))
        body = await self.read(books, **{"from": "2026-02", "to": "2026-03"})
        assert [item["stopped_in"] for item in body] == ["2026-03", "2026-03"]
        assert [item["last_day"] for item in body] == ["2026-02-28", "2026-03-28"]
        assert len(await self.read(books, limit=3)) == 3

    async def test_who_was_never_insured_by_a_card_did_not_stop_again(self, books: Books):
        """A second card was paid for and given back before its first day: one stop, in the month of the first one's."""
        member = books.members[0]
        card = await insert_paid_coverage(books.world, books.group, member, until=date(2026, 8, 31))
        unused = await insert_paid_coverage(books.world, books.group, member, until=date(2027, 9, 30))
        await record_refund(books.world, unused["coverage"], date(2026, 9, 30), "other_group")
        body = await self.read(books)
        assert [(item["coverage_id"], item["stopped_in"]) for item in body] == [
            (str(card["coverage"]), "2026-09")
        ]

    @pytest.mark.parametrize(("day", "months"), [(date(2026, 11, 14), []), (date(2026, 11, 15), ["2026-11"])])
    async def test_nobody_stopped_before_the_first_day_without_insurance(
        self, books: Books, monkeypatch: pytest.MonkeyPatch, day: date, months: list[str]
    ):
        card = await insert_paid_coverage(books.world, books.group, books.members[0], until=date(2027, 3, 31))
        await record_refund(books.world, card["coverage"], date(2026, 11, 14), "other_group")
        monkeypatch.setattr(renewal_service, "today", lambda: day)
        assert [item["stopped_in"] for item in await self.read(books)] == months

    async def test_who_has_other_insurance_now_is_not_listed(self, books: Books):
        member = books.members[0]
        await insert_paid_coverage(books.world, books.group, member, until=date(2026, 9, 30))
        assert [item["stopped_in"] for item in await self.read(books)] == ["2026-10"]
        await books.world.owner.execute(
            "insert into other_insurance (id, network, organisation_id, province_code, commune_code, member_id, kind,"
            " valid_from, entered_by) select gen_random_uuid(), 'bhxh', organisation_id, province_code, commune_code,"
            " id, 'compulsory', '2026-11-01', gen_random_uuid() from member where id = $1",
            member,
        )  # fmt: skip
        assert await self.read(books) == []

    async def test_a_free_card_is_in_place_of_a_card_alone(self, books: Books):
        member = books.members[0]
        await insert_paid_coverage(books.world, books.group, member, until=date(2026, 9, 30))
        await insert_paid_coverage(
            books.world, books.group, member, product="bhxh_tn", method="months_1", until=date(2026, 6, 30)
        )
        assert [item["product"] for item in await self.read(books)] == ["bhxh_tn", "bhyt_hgd"]
        await books.world.owner.execute(
            "insert into other_insurance (id, network, organisation_id, province_code, commune_code, member_id, kind,"
            " valid_from, entered_by) select gen_random_uuid(), 'bhxh', organisation_id, province_code, commune_code,"
            " id, 'social_pension', '2026-11-01', gen_random_uuid() from member where id = $1",
            member,
        )  # fmt: skip
        assert [item["product"] for item in await self.read(books)] == ["bhxh_tn"]

    async def test_refusals(self, books: Books):
        wrong: dict[str, Any] = {"from": "2026-03", "to": "2026-02"}
        expect_problem(await books.get(LAPSED, **wrong), 422, "before_from", "/query/to")
        expect_problem(await books.get(LAPSED, **(wrong | {"from": "2026-13"})), 422, "month", "/query/from")
