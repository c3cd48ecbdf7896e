"""The state supports 120 months of one person's life, over HTTP: whatever a later enrolment leaves out, whichever union
pays (NĐ 159/2025/NĐ-CP, Article 5.2)."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.ledger.verification.verify import verify_ledger
from tests.insurance.enrolment_scenario import ENROLMENTS
from tests.insurance.premium_scenario import PAYMENTS, REFUNDS, PremiumScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, World, national_id

PREMIUM, SUPPORT = 330_000, 132_000
"""Of one month with the lowest income, and the state's 40 % of it for a near-poor household, đồng."""


@dataclass
class Person:
    """One person in one union's register, who enrols there and pays out of savings."""

    union: PremiumScenario
    member: UUID

    async def enrol(self, from_month: str, *, declared: int = 0, accepted: bool = True) -> str:
        """Six months. declared: months with support so far, as the union says."""
        return await self.union.create_enrolment(
            self.member,
            method="months_6",
            from_month=from_month,
            supported_before=declared,
            accepted=accepted,
        )

    async def hold(self, enrolment: str, supported: int) -> Any:
        """Hold what is to be paid when so many of the six months are supported; refused if it is another number."""
        amount = 6 * PREMIUM - supported * SUPPORT
        await self.union.save(self.member, amount)
        return await self.union.hold_payment(enrolment, {"kind": "savings", "amount": amount})

    async def pay(self, from_month: str, supported: int, *, declared: int = 0) -> Any:
        """Enrol, hold and post, with so many supported months."""
        held = await self.hold(await self.enrol(from_month, declared=declared), supported)
        posted = expect_json(await self.union.post_payment(held))
        assert posted["supported_months"] == supported
        return posted

    async def used(self, login: Login | None = None) -> int:
        """Months with support, as the person's page of figures says."""
        path = f"/v1/members/{self.member}/insurance"
        [product] = expect_json(await self.union.get(path, login=login or self.union.officer))["products"]
        assert product["supported_months_left"] == max(0, 120 - product["supported_months_used"])
        used: int = product["supported_months_used"]
        return used

    async def set(self, **numbers: str) -> None:
        """Set numbers of the member."""
        for name, value in numbers.items():
            await self.union.world.owner.execute(
                f"update member set {name} = $2 where id = $1", self.member, value
            )


@pytest.fixture
async def women(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    return await PremiumScenario.create(world, client)


@pytest.fixture
async def person(women: PremiumScenario) -> Person:
    return Person(women, women.members[0])


@pytest.fixture
async def same_person(world: World, client: httpx.AsyncClient, person: Person) -> Person:
    """The same person in the register of the farmers' association."""
    farmers = await PremiumScenario.create(world, client, network="farmers_association")
    other = Person(farmers, farmers.members[0])
    number = national_id()
    await person.set(national_id=number)
    await other.set(national_id=number)
    return other


class TestDeclared:
    async def test_what_was_declared_once_counts_for_ever(self, person: Person):
        await person.pay("2026-12", 2, declared=118)
        await person.pay("2027-06", 0)
        assert await person.used() == 120

    @pytest.mark.parametrize(
        ("declared_later", "supported"),
        [
            pytest.param(0, 4, id="nothing"),
            pytest.param(5, 4, id="less"),
            pytest.param(110, 4, id="the same again, without what was recorded since"),
            pytest.param(116, 4, id="with what was recorded since"),
            pytest.param(117, 3, id="more"),
        ],
    )
    async def test_a_later_declaration_raises_only(self, person: Person, declared_later: int, supported: int):
        await person.pay("2026-12", 6, declared=110)
        await person.pay("2027-06", supported, declared=declared_later)

    async def test_only_what_bhxh_accepted_counts(self, person: Person):
        refused = await person.enrol("2028-12", declared=118, accepted=False)
        reasons = {"reasons": [{"pointer": "", "code": "other", "text": "Không đúng."}]}
        await person.union.post(f"{ENROLMENTS}/{refused}/reject", reasons, login=person.union.bhxh)
        await person.pay("2026-12", 6)

    async def test_a_refund_gives_its_months_back(self, person: Person):
        paid = await person.pay("2026-12", 6, declared=110)
        body = {"payment_id": paid["id"], "reason": "compulsory", "from_month": "2027-02"}
        expect_json(await person.union.post(REFUNDS, body, login=person.union.bhxh), 201)
        assert await person.used() == 112
        await person.pay("2027-06", 6)

    async def test_of_another_person_nothing_counts(self, person: Person):
        await person.pay("2026-12", 2, declared=118)
        await Person(person.union, person.union.members[1]).pay("2026-12", 6)


class TestTwoUnions:
    @pytest.mark.parametrize("reverse", [False, True], ids=["one", "the other"])
    async def test_one_limit_whoever_pays_first(self, person: Person, same_person: Person, reverse: bool):
        first, second = (same_person, person) if reverse else (person, same_person)
        await first.pay("2026-12", 2, declared=118)
        await second.pay("2027-06", 0)
        assert (await first.used(), await second.used()) == (120, 120)

    async def test_by_the_social_insurance_number(self, person: Person, same_person: Person):
        await same_person.set(national_id=national_id(), social_insurance_no="7926000111")
        await person.set(social_insurance_no="7926000111")
        await person.pay("2026-12", 2, declared=118)
        await same_person.pay("2027-06", 0)

    @pytest.mark.parametrize(("accepted", "supported"), [(True, 0), (False, 6)])
    async def test_through_a_third_record(
        self, person: Person, same_person: Person, world: World, accepted: bool, supported: int
    ):
        """Two who share no number are one person where a third record has one of each, and BHXH accepted that: in a
        record that nobody looked at the numbers of two people may stand by mistake."""
        number, social_no = national_id(), f"792600{3330 + accepted}"
        third = Person(person.union, person.union.members[1])
        await third.enrol("2028-12", accepted=accepted)
        await world.owner.execute(
            "update member set number_status = 'pending', number_claim = id where id = $1", third.member
        )
        await same_person.set(national_id=number)
        await third.set(national_id=number, social_insurance_no=social_no)
        await person.set(social_insurance_no=social_no)
        await world.owner.execute(  # as if BHXH had accepted those
            "update member set numbers_since = null where id = $1", third.member
        )
        await person.pay("2026-12", 2, declared=118)
        await same_person.pay("2027-06", supported)

    async def test_before_the_acceptance_nothing_is_told(self, person: Person, same_person: Person):
        """A price or a page tells a union nothing of another register until BHXH accepted; then nothing is paid twice."""
        await person.pay("2026-12", 2, declared=118)
        enrolment = await same_person.enrol("2027-06", accepted=False)
        held = await same_person.hold(enrolment, 6)
        await same_person.union.accept(enrolment)
        refused = await same_person.union.post_payment(held)
        expect_problem(refused, 409, "premium_changed")
        expect_json(await same_person.union.post(f"{PAYMENTS}/{held['id']}/void"))
        again = await same_person.hold(enrolment, 0)
        assert expect_json(await same_person.union.post_payment(again))["supported_months"] == 0

    async def test_a_page_says_it_to_bhxh_and_after_the_acceptance(
        self, person: Person, same_person: Person, world: World
    ):
        await same_person.pay("2026-12", 6)
        await person.pay("2027-06", 6, declared=10)
        assert await person.used() == await same_person.used() == 16
        await world.owner.execute(
            "update enrolment set status = 'withdrawn' where member_id = $1", person.member
        )
        assert await person.used() == 6
        assert await person.used(person.union.bhxh) == 12

    async def test_both_at_once(self, person: Person, same_person: Person):
        """One of two posts reads what the other recorded, and is refused with what is needed now."""
        held = [
            await person.hold(await person.enrol("2026-12", declared=114), 6),
            await same_person.hold(await same_person.enrol("2027-06"), 6),
        ]
        unions = person.union, same_person.union
        answers = await asyncio.gather(
            *(union.post_payment(payment) for union, payment in zip(unions, held, strict=True))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        [refused] = [answer for answer in answers if answer.status_code == 409]
        expect_problem(refused, 409, "premium_changed")
        paid = person if answers[0].status_code == 200 else same_person
        assert await paid.used(paid.union.bhxh) == 120

    async def test_two_people_with_one_old_number(self, person: Person, same_person: Person):
        """Who was settled to be distinct has a limit of their own."""
        for one, other in ((person, same_person), (same_person, person)):
            await one.union.world.owner.execute(
                "update member set number_distinct_from = array[$2::text] where id = $1",
                one.member,
                str(other.member),
            )
        await person.pay("2026-12", 2, declared=118)
        await same_person.pay("2027-06", 6)


class TestPaidElsewhere:
    async def test_neither_held_nor_posted_again(self, person: Person, same_person: Person):
        """Both were accepted before anybody knew that they are one person."""
        number = national_id()
        await same_person.set(national_id=number)
        enrolments = [await one.enrol("2026-12") for one in (person, same_person)]
        ours, theirs = [
            await one.hold(enrolment, 6)
            for one, enrolment in zip((person, same_person), enrolments, strict=True)
        ]
        await person.set(national_id=number)
        await person.union.world.owner.execute(  # as if it had been entered before these days were kept
            "update member set numbers_since = null where id = $1", person.member
        )
        answers = await asyncio.gather(
            person.union.post_payment(ours), same_person.union.post_payment(theirs)
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        is_ours = answers[1].status_code == 409
        late, held, enrolment = (
            (same_person, theirs, enrolments[1]) if is_ours else (person, ours, enrolments[0])
        )
        expect_problem(answers[1 if is_ours else 0], 409, "other_enrolment_exists")
        expect_json(await late.union.post(f"{PAYMENTS}/{held['id']}/void"))
        body = late.union.payment_body(enrolment, {"kind": "savings", "amount": 6 * PREMIUM})
        expect_problem(await late.union.post(PAYMENTS, body), 409, "other_enrolment_exists")


class TestEstimates:
    async def test_a_renewal_and_a_forecast_count_all_registers(self, person: Person, same_person: Person):
        await same_person.pay("2026-12", 2, declared=118)
        await person.pay("2027-06", 0)
        union = person.union
        filters = {"on": "2027-11-01", "within_days": 60}
        [due] = expect_json(await union.get("/v1/renewals", login=union.officer, **filters))["items"]
        assert due["price_estimate"] == 6 * PREMIUM
        forecast = expect_json(await union.get(f"/v1/groups/{union.group.id}/forecast", login=union.officer))
        [own] = [item for item in forecast["items"] if item["member_id"] == str(person.member)]
        assert [goal["price"] for goal in own["goals"]] == [6 * PREMIUM]


class TestVerify:
    """Two records turn out to be of one person: what their unions paid before anybody knew is found."""

    async def find(self, person: Person) -> list[tuple[str, str]]:
        world = person.union.world
        return [(found.code, found.subject) for found in await verify_ledger(world.owner, [world.province])]

    async def test_support_over_120(self, person: Person, same_person: Person):
        number = national_id()
        await same_person.set(national_id=number)
        await same_person.pay("2026-12", 6, declared=114)
        await person.pay("2027-06", 6)
        assert await self.find(person) == []
        await person.set(national_id=number)
        assert await self.find(person) == [
            ("support_over_limit", str(min(person.member, same_person.member)))
        ]

    async def test_one_month_paid_twice(self, person: Person, same_person: Person):
        number = national_id()
        await same_person.set(national_id=number)
        await same_person.pay("2026-12", 6)
        await person.pay("2027-05", 6)
        assert await self.find(person) == []
        await person.set(national_id=number)
        assert await self.find(person) == [("double_coverage", str(min(person.member, same_person.member)))]


class TestNumbersOfNow:
    """BHXH accepted the member with the numbers of then: a number that is entered since tells and pays nothing."""

    async def test_another_persons_number_tells_nothing(self, person: Person, same_person: Person):
        await same_person.pay("2026-12", 6)
        await person.set(national_id=national_id())
        await person.pay("2026-12", 6)
        assert await person.used() == 6
        [number] = await person.union.world.owner.fetchrow(
            "select national_id from member where id = $1", same_person.member
        )
        await person.set(national_id=number)
        assert await person.used() == 6

    async def test_nothing_is_paid_until_bhxh_accepts_again(self, person: Person):
        enrolment = await person.enrol("2026-12")
        await person.set(national_id=national_id())
        amount = 6 * PREMIUM - 6 * SUPPORT
        await person.union.save(person.member, amount)
        body = person.union.payment_body(enrolment, {"kind": "savings", "amount": amount})
        expect_problem(await person.union.post(PAYMENTS, body), 409, "numbers_changed")
        reasons = {"reasons": [{"pointer": "", "code": "other", "text": "Số đã đổi."}]}
        for step, login, sent in (
            ("return", person.union.bhxh, reasons), ("submit", person.union.officer, None),
            ("accept", person.union.bhxh, None),
        ):  # fmt: skip
            expect_json(await person.union.post(f"{ENROLMENTS}/{enrolment}/{step}", sent, login=login))
        held = expect_json(await person.union.post(PAYMENTS, body), 201)
        await person.set(social_insurance_no="7700000001")
        expect_problem(await person.union.post_payment(held), 409, "numbers_changed")
