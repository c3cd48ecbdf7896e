"""Benefit estimates of a member over HTTP, and the headlines on the member's page."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.core.values.time import add_months, month_of, today
from app.insurance.benefits.shapes import BenefitEstimateOut, MemberInsurancePage
from tests.insurance.premium_scenario import PremiumScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World

BIRTH = {"birth_date": "1984-03-02", "sex": "female"}


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    return await PremiumScenario.create(world, client)


def path_of(member: UUID) -> str:
    return f"/v1/members/{member}/benefit-estimates"


async def name_birth(scenario: PremiumScenario, member: UUID) -> None:
    await scenario.world.owner.execute(
        "update member set birth_date = date '1984-03-02', sex = 'female' where id = $1", member
    )


async def estimate(scenario: PremiumScenario, member: UUID, **body: Any) -> Any:
    answer = expect_json(await scenario.post(path_of(member), body))
    BenefitEstimateOut.model_validate(answer, extra="forbid")
    return answer


class TestEstimateOfMember:
    async def test_anonymous_is_401(self, scenario: PremiumScenario):
        assert (await scenario.client.post(path_of(uuid4()), json={})).status_code == 401

    async def test_not_yours_is_404(self, scenario: PremiumScenario):
        for login in (scenario.farmers, scenario.other_treasurer):
            response = await scenario.post(path_of(scenario.members[0]), BIRTH, login=login)
            expect_problem(response, 404, "not_found")

    async def test_a_viewer_is_403(self, scenario: PremiumScenario):
        viewer = await scenario.world.user(scenario.group.unit, "viewer")
        response = await scenario.post(path_of(scenario.members[0]), BIRTH, login=viewer)
        assert response.status_code == 403

    async def test_what_the_register_lacks_is_asked_for(self, scenario: PremiumScenario):
        response = await scenario.post(path_of(scenario.members[0]), {})
        expect_problem(response, 422, "missing", "/birth_date")
        assert (await estimate(scenario, scenario.members[0], **BIRTH))["retirement"]["month"] == "2044-03"

    async def test_from_what_was_paid_here_and_elsewhere(self, scenario: PremiumScenario):
        member, month = scenario.members[0], month_of(today())
        await name_birth(scenario, member)
        await scenario.create_posted_payment(member, from_month=month)
        elsewhere = [{"from_month": "2020-01", "months": 24, "monthly_income": 700_000}]
        answer = await estimate(
            scenario, member, paid_elsewhere=elsewhere, plans=[{"months": 12, "monthly_income": 1_500_000}]
        )
        plan = answer["plans"][0]
        assert plan["service"]["months_paid"] == 36
        assert plan["payments"][0]["from_month"] == add_months(month, 12)
        # the payment's own support (40 %: 12 × 132,000), 24 × 15,400 declared, and 12 × 66,000 of the plan
        assert plan["withdrawal"]["state_support"] == 1_584_000 + 369_600 + 792_000
        for login in (scenario.officer, scenario.bhxh):
            other = expect_json(await scenario.post(path_of(member), {}, login=login))
            assert other["plans"][0]["service"]["months_paid"] == 12

    async def test_what_is_known_cannot_be_declared_again(self, scenario: PremiumScenario):
        member, month = scenario.members[0], month_of(today())
        await name_birth(scenario, member)
        await scenario.create_posted_payment(member, from_month=month)
        elsewhere = [{"from_month": month, "months": 1, "monthly_income": 1_500_000}]
        response = await scenario.post(path_of(member), {"paid_elsewhere": elsewhere})
        expect_problem(response, 422, "month_paid_twice", "/paid_elsewhere")

    async def test_hostile_bodies(self, scenario: PremiumScenario):
        bodies: tuple[tuple[dict[str, Any], str], ...] = (
            ({"plans": [{"months": 0}]}, "/plans/0/months"),
            ({"paid_elsewhere": [{"months": 1}]}, "/paid_elsewhere/0/monthly_income"),
            ({"unknown": 1}, "/unknown"),
        )
        for body, pointer in bodies:
            response = await scenario.post(path_of(scenario.members[0]), body | BIRTH)
            assert response.status_code == 422
            assert pointer in {error["pointer"] for error in response.json()["errors"]}


class TestOutlook:
    async def read(self, scenario: PremiumScenario, member: UUID) -> Any:
        page = expect_json(await scenario.get(f"/v1/members/{member}/insurance"))
        MemberInsurancePage.model_validate(page, extra="forbid")
        return page["outlook"]

    async def test_of_who_paid_a_year(self, scenario: PremiumScenario):
        member, month = scenario.members[0], month_of(today())
        await name_birth(scenario, member)
        await scenario.create_posted_payment(member, from_month=month)
        outlook = await self.read(scenario, member)
        assert (outlook["years"], outlook["odd_months"], outlook["missing_months"]) == (1, 0, 168)
        assert (outlook["retirement_month"], outlook["monthly_income"]) == ("2044-03", 1_500_000)
        assert outlook["pension"] >= 675_000  # at least 45 % of 1,500,000
        assert outlook["withdrawal_now"] == 3_000_000 - 1_584_000  # two incomes less the state's support
        assert "1.500.000 đồng" in outlook["explanation"]

    async def test_of_who_paid_nothing_it_is_the_lowest_income(self, scenario: PremiumScenario):
        await name_birth(scenario, scenario.members[0])
        outlook = await self.read(scenario, scenario.members[0])
        assert (outlook["years"], outlook["months_paid"], outlook["withdrawal_now"]) == (0, 0, None)
        assert outlook["monthly_income"] == 1_500_000
        assert outlook["pension"] is not None

    async def test_a_partner_that_sees_premiums_only_learns_no_birth(self, scenario: PremiumScenario):
        member = scenario.members[0]
        await name_birth(scenario, member)
        partner = await scenario.world.partner(scenario.group.unit, "contributions:read")
        page = expect_json(await scenario.get(f"/v1/members/{member}/insurance", login=partner))
        assert page["outlook"] is None

    async def test_a_child_has_none(self, scenario: PremiumScenario):
        member = scenario.members[0]
        await scenario.world.owner.execute(
            "update member set birth_date = $2, sex = 'female' where id = $1", member, today().replace(day=1)
        )
        assert await self.read(scenario, member) is None
