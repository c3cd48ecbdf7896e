"""Enrolments of two people with one number: held up until it is settled whose it is, and then on to the end for both."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.insurance.enrolment_scenario import ENROLMENTS, REASON
from tests.insurance.premium_scenario import PARTICIPANT_PAYS, PAYMENTS
from tests.people.members.test_numbers import NUMBERS
from tests.routers.insurance.quote_requests import PREMIUM, request_quote
from tests.routers.people.member_scenario import (
    MEMBERS,
    MemberScenario,
    member_path,
    new_insurance_no,
    problem_of,
)
from tests.routers.responses import expect_json, expect_problem
from tests.world import GroupRef, Login, World, national_id

PAIRS, SETTLE = "/v1/member-number-pairs", "/v1/member-number-pairs/settle"
TERMS = {
    "product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000, "from_month": "2026-12",
    "support_group": "near_poor", "consented_on": "2026-01-01",
}  # fmt: skip

each_number = pytest.mark.parametrize("field", NUMBERS)


@dataclass
class Side:
    """One of the two, in the commune that keeps the record."""

    scenario: MemberScenario
    officer: Login
    treasurer: Login
    group: GroupRef
    member: Any

    @classmethod
    async def create(cls, scenario: MemberScenario, commune: str, name: str, **numbers: str) -> "Side":
        """A member of a group there, whom the officer of the commune entered."""
        world = scenario.world
        unit = await world.unit("womens_union", commune, level="commune")
        officer, group = await world.user(unit, "union_officer"), await world.group(unit)
        body = {"commune_code": commune, "full_name": name, "birth_date": "1984-03-02", **numbers}
        member = await scenario.create_row(MEMBERS, body, officer)
        await world.join(group, UUID(member["id"]))
        return cls(scenario, officer, await world.user(unit, "treasurer", groups=[group.id]), group, member)

    async def post(self, path: str, login: Login, body: Any = None) -> httpx.Response:
        headers = {"Idempotency-Key": str(uuid7())}
        return await self.scenario.request("POST", path, login, body, **headers)

    async def submit(self) -> str:
        """An enrolment that the commune's officer entered, checked and submitted."""
        body = TERMS | {"member_id": self.member["id"], "group_id": str(self.group.id)}
        enrolment = expect_json(await self.post(ENROLMENTS, self.officer, body), 201)
        path = f"{ENROLMENTS}/{enrolment['id']}"
        checks = await self.scenario.get_json(f"{path}/checks", self.officer)
        assert checks["items"] == []
        assert expect_json(await self.post(f"{path}/submit", self.officer))["status"] == "submitted"
        return path

    async def accept(self, path: str) -> httpx.Response:
        return await self.post(f"{path}/accept", self.scenario.bhxh)

    async def pay_and_activate(self, path: str) -> None:
        """Savings, a payment held and posted, and BHXH's number for who has none: all the way to the card."""
        quote = await request_quote(self.scenario.client, PREMIUM)
        assert quote["participant_pays"] == PARTICIPANT_PAYS
        day = str(today())
        saving = {
            "group_id": str(self.group.id), "member_id": self.member["id"], "kind": "saving",
            "amount": PARTICIPANT_PAYS, "business_date": day,
        }  # fmt: skip
        expect_json(await self.post("/v1/contributions", self.treasurer, saving), 201)
        payment = {
            "enrolment_id": path.rpartition("/")[2], "business_date": day,
            "sources": [{"kind": "savings", "amount": PARTICIPANT_PAYS}],
        }  # fmt: skip
        held = expect_json(await self.post(PAYMENTS, self.treasurer, payment), 201)
        receipt = {"receipt_series": "AS", "receipt_no": str(uuid7())[-12:], "payment_date": day}
        posted = expect_json(await self.post(f"{PAYMENTS}/{held['id']}/post", self.treasurer, receipt))
        assert posted["status"] == "posted"
        record = await self.scenario.world.owner.fetchrow(
            "select * from member where id = $1", UUID(self.member["id"])
        )
        issued = {} if record["social_insurance_no"] else {"social_insurance_no": new_insurance_no()}
        assert (
            expect_json(await self.post(f"{path}/activate", self.scenario.bhxh, issued))["status"] == "active"
        )

    async def status(self) -> str:
        """Whose the member's numbers are held to be."""
        sql = "select number_status from member where id = $1"
        found: str = await self.scenario.world.owner.fetchval(sql, UUID(self.member["id"]))
        return found

    async def correct(self, **numbers: str | None) -> httpx.Response:
        """The commune's officer corrects the record."""
        record = await self.scenario.get_json(member_path(self.member), self.officer)
        return await self.scenario.patch(member_path(self.member), record["version"], self.officer, **numbers)


@dataclass
class Pair:
    """The one who was confirmed, and the one who is pending."""

    confirmed: Side
    pending: Side

    async def settle(self, keep: Side, outcome: str, login: Login) -> None:
        other = self.pending if keep is self.confirmed else self.confirmed
        body = {"keep": keep.member["id"], "other": other.member["id"], "outcome": outcome}
        expect_json(await keep.post(SETTLE, login, body))


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> MemberScenario:
    return await MemberScenario.create(world, client)


async def create_pair(scenario: MemberScenario, field: str = "national_id") -> Pair:
    number, world = NUMBERS[field](), scenario.world
    confirmed = await Side.create(scenario, world.commune, "Nguyễn Thị Một", **{field: number})
    pending = await Side.create(scenario, world.sibling_commune, "Trần Thị Hai", **{field: number})
    assert (await confirmed.status(), await pending.status()) == ("confirmed", "pending")
    return Pair(confirmed, pending)


class TestAfterSettling:
    @each_number
    @pytest.mark.parametrize("outcome", ["same_person", "wrong_number", "distinct"])
    @pytest.mark.parametrize("kept", ["confirmed", "pending"])
    @pytest.mark.parametrize("who", ["officer", "bhxh"])
    async def test_both_go_on_to_the_end(
        self, scenario: MemberScenario, field: str, outcome: str, kept: str, who: str
    ):
        """Whoever settles it, and whichever of them keeps the number: also without the right one for the other."""
        pair = await create_pair(scenario, field)
        paths = [await side.submit() for side in (pair.confirmed, pair.pending)]
        expect_problem(await pair.pending.accept(paths[1]), 409, "number_pair_open")
        await pair.settle(getattr(pair, kept), outcome, getattr(scenario, who))
        for side, path in zip((pair.confirmed, pair.pending), paths, strict=True):
            assert expect_json(await side.accept(path))["status"] == "accepted"
            await side.pay_and_activate(path)
        assert (await scenario.get_json(PAIRS))["items"] == []

    async def test_a_list_says_whose_number_is_open(self, scenario: MemberScenario):
        pair = await create_pair(scenario)
        ids = [(await side.submit()).rpartition("/")[2] for side in (pair.confirmed, pair.pending)]
        response = await scenario.client.post(
            f"{ENROLMENTS}/decisions",
            json={"action": "accept", "items": [{"enrolment_id": id_} for id_ in ids]},
            headers=scenario.bhxh.headers | {"Idempotency-Key": ids[0]},
        )
        outcomes = [(item["status"], item["code"]) for item in expect_json(response)["items"]]
        assert outcomes == [("done", None), ("refused", "number_pair_open")]

    async def test_the_right_number_goes_in_meanwhile(self, scenario: MemberScenario):
        pair = await create_pair(scenario)
        path = await pair.pending.submit()
        await pair.settle(pair.confirmed, "wrong_number", scenario.bhxh)
        assert expect_json(await pair.pending.correct(national_id=national_id()))["warnings"] == []
        assert expect_json(await pair.pending.accept(path))["status"] == "accepted"
        await pair.pending.pay_and_activate(path)

    async def test_the_wrong_number_again_is_pending_again(self, scenario: MemberScenario):
        pair = await create_pair(scenario)
        number = await scenario.world.owner.fetchval(
            "select national_id from member where id = $1", UUID(pair.confirmed.member["id"])
        )
        path = await pair.pending.submit()
        await pair.settle(pair.confirmed, "wrong_number", scenario.bhxh)
        expect_json(await pair.pending.correct(national_id=number))
        expect_problem(await pair.pending.accept(path), 409, "number_pair_open")
        [open_pair] = (await scenario.get_json(PAIRS))["items"]
        assert [side["member_id"] for side in open_pair["members"]] == [
            pair.pending.member["id"],
            pair.confirmed.member["id"],
        ]


class TestWithoutSettling:
    """Each side can end it alone, by putting its own record right."""

    @each_number
    async def test_who_is_pending_corrects_the_number(self, scenario: MemberScenario, field: str):
        pair = await create_pair(scenario, field)
        path = await pair.pending.submit()
        expect_json(await pair.pending.correct(**{field: NUMBERS[field]()}))
        assert await pair.pending.status() == "confirmed"
        assert expect_json(await pair.pending.accept(path))["status"] == "accepted"

    @each_number
    async def test_who_is_pending_takes_the_number_out(self, scenario: MemberScenario, field: str):
        pair = await create_pair(scenario, field)
        path = await pair.pending.submit()
        expect_json(await pair.pending.correct(**{field: None}))
        assert expect_json(await pair.pending.accept(path))["status"] == "accepted"

    @each_number
    async def test_who_is_confirmed_corrects_the_number(self, scenario: MemberScenario, field: str):
        """Then it is the other's, from the acceptance on, which nobody has to ask for."""
        pair = await create_pair(scenario, field)
        path = await pair.pending.submit()
        expect_json(await pair.confirmed.correct(**{field: NUMBERS[field]()}))
        assert expect_json(await pair.pending.accept(path))["status"] == "accepted"
        assert (await pair.confirmed.status(), await pair.pending.status()) == ("confirmed", "confirmed")

    @pytest.mark.parametrize("action", ["return", "reject", "withdraw"])
    async def test_an_enrolment_can_be_sent_back(self, scenario: MemberScenario, action: str):
        pair = await create_pair(scenario)
        path = await pair.pending.submit()
        if action == "withdraw":
            expect_json(await pair.pending.post(f"{path}/withdraw", pair.pending.officer))
        else:
            body = {"reasons": [REASON]}
            expect_json(await pair.pending.post(f"{path}/{action}", scenario.bhxh, body))
        if action == "return":
            expect_json(await pair.pending.correct(national_id=national_id()))
            expect_json(await pair.pending.post(f"{path}/submit", pair.pending.officer))
            assert expect_json(await pair.pending.accept(path))["status"] == "accepted"

    async def test_the_confirmed_one_is_never_held_up(self, scenario: MemberScenario):
        pair = await create_pair(scenario)
        path = await pair.confirmed.submit()
        assert expect_json(await pair.confirmed.accept(path))["status"] == "accepted"
        await pair.confirmed.pay_and_activate(path)


class TestTwoPersons:
    """What was settled stays settled when the other number comes in, unless that one is somebody's as well."""

    async def settle_distinct(self, scenario: MemberScenario) -> Pair:
        pair = await create_pair(scenario)
        await pair.settle(pair.confirmed, "distinct", scenario.officer)
        assert (await pair.confirmed.status(), await pair.pending.status()) == ("confirmed", "distinct")
        return pair

    @pytest.mark.parametrize("who", ["commune", "province"])
    async def test_a_free_number(self, scenario: MemberScenario, who: str):
        pair = await self.settle_distinct(scenario)
        number = new_insurance_no()
        if who == "commune":
            expect_json(await pair.pending.correct(social_insurance_no=number))
        else:
            path = member_path(pair.pending.member)
            expect_json(await scenario.patch(path, 1, scenario.officer, social_insurance_no=number))
        assert await pair.pending.status() == "distinct"
        record = await scenario.world.owner.fetchrow(
            "select * from member where id = $1", UUID(pair.pending.member["id"])
        )
        assert record["social_insurance_no"] == number
        assert record["national_id"] is not None

    async def test_a_number_of_somebody_out_of_sight(self, scenario: MemberScenario):
        pair, number = await self.settle_distinct(scenario), new_insurance_no()
        third = await scenario.create_member(scenario.commune_officer, social_insurance_no=number)
        expect_json(await pair.pending.correct(social_insurance_no=number))
        assert await pair.pending.status() == "pending"
        pairs = (await scenario.get_json(PAIRS))["items"]
        assert third["id"] in {side["member_id"] for one in pairs for side in one["members"]}

    async def test_a_number_of_somebody_in_sight(self, scenario: MemberScenario):
        pair, number = await self.settle_distinct(scenario), new_insurance_no()
        await scenario.create_member(scenario.commune_officer, social_insurance_no=number)
        response = await scenario.patch(
            member_path(pair.pending.member), 1, scenario.officer, social_insurance_no=number
        )
        assert problem_of(response)[:2] == (409, "social_insurance_no_taken")
