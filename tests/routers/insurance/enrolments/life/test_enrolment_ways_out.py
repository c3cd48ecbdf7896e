"""Each way out of each status, over HTTP, as docs/rooms/enrolments.md tells it: by whom, and what becomes of money,
coverage, counters and announcements."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.insurance.enrolments.rules import CLOSED_STATUSES
from app.insurance.kinds import EnrolmentStatus, WithdrawalReason
from tests.insurance.enrolment_scenario import ENROLMENTS
from tests.insurance.premium_scenario import COVERAGES, PARTICIPANT_PAYS, REFUNDS, PremiumScenario
from tests.routers.responses import expect_json
from tests.world import World

PAGE = Path(__file__).parents[5] / "docs/rooms/enrolments.md"
REASONS = {"reasons": [{"pointer": "", "code": "not_eligible", "text": "Chưa đủ điều kiện."}]}
BALANCES = {
    "none": (PARTICIPANT_PAYS, 0),
    "free": (PARTICIPANT_PAYS, 0),
    "held": (PARTICIPANT_PAYS, PARTICIPANT_PAYS),
    "paid": (0, 0),
    "refund": (0, 0),
}


@dataclass(frozen=True)
class WayOut:
    """One row of the page's table."""

    status: str
    reason: str
    who: str
    route: str
    to: str
    money: str
    coverage: str
    counted: str
    announced: str


def read_ways_out() -> list[WayOut]:
    """Read the table of the page."""
    rows = [line.strip("|").split("|") for line in PAGE.read_text().splitlines() if line.count("|") == 10]
    return [WayOut(*(cell.strip() for cell in row)) for row in rows if row[0].strip() in set(EnrolmentStatus)]


WAYS_OUT = read_ways_out()


class TestPage:
    def test_each_status_has_a_way_out_for_each_reason_of_life(self):
        reasons = {
            status: {way.reason for way in WAYS_OUT if way.status == status} for status in EnrolmentStatus
        }
        for status in EnrolmentStatus:
            if status in CLOSED_STATUSES:
                assert reasons[status] == {"enters again"}
            elif status in (EnrolmentStatus.PAID, EnrolmentStatus.ACTIVE):
                assert reasons[status] >= {"changed mind", "died", "compulsory insurance", "paid in error"}
            else:
                assert reasons[status] >= {"corrected terms", "changed mind", "moved", "died"}
                assert ("refused" in reasons[status]) is (status is not EnrolmentStatus.DRAFT)

    def test_each_reason_is_one_that_the_api_takes(self):
        given = {way.route.split()[1] for way in WAYS_OUT if way.route.startswith("withdraw")}
        assert given <= set(WithdrawalReason)


async def reach(scenario: PremiumScenario, member: UUID, status: str) -> tuple[str, Any]:
    """Bring an enrolment of a member to a status, with its money where it can have some: held, later paid."""
    await scenario.save(member, PARTICIPANT_PAYS)
    if status == "draft":
        return str(expect_json(await create(scenario, member), 201)["id"]), None
    enrolment = await scenario.create_enrolment(member, accepted=status != "submitted")
    payment = await scenario.hold_payment(enrolment)
    path = f"{ENROLMENTS}/{enrolment}"
    if status in ("paid", "active", "ended"):
        payment = expect_json(await scenario.post_payment(payment))
    if status == "active":
        expect_json(await scenario.post(f"{path}/activate", login=scenario.bhxh))
    if status == "ended":
        await refund(scenario, payment, "died")
    if status in ("returned", "rejected"):
        action = {"returned": "return", "rejected": "reject"}[status]
        expect_json(await scenario.post(f"{path}/{action}", REASONS, login=scenario.bhxh))
    if status == "withdrawn":
        expect_json(await scenario.post(f"{path}/withdraw", login=scenario.officer))
    return enrolment, payment


async def create(scenario: PremiumScenario, member: UUID) -> httpx.Response:
    body = {
        "member_id": str(member), "group_id": str(scenario.group.id), "product": "bhxh_tn", "method": "months_12",
        "monthly_income": 1_500_000, "consented_on": "2026-01-01", "from_month": "2026-12",
        "support_group": "near_poor",
    }  # fmt: skip
    return await scenario.post(ENROLMENTS, body, login=scenario.officer)


async def refund(scenario: PremiumScenario, payment: Any, reason: str) -> None:
    body = {"payment_id": payment["id"], "reason": reason, "from_month": "2027-02"}
    expect_json(await scenario.post(REFUNDS, body, login=scenario.bhxh), 201)


async def go(scenario: PremiumScenario, way: WayOut, member: UUID, enrolment: str, payment: Any) -> str:
    """Go a way out; returns the enrolment that it leads to."""
    path = f"{ENROLMENTS}/{enrolment}"
    login = {"union": scenario.officer, "BHXH": scenario.bhxh}[way.who]
    step, _, said = way.route.partition(" ")
    if step == "edit":
        version = expect_json(await scenario.get(path))["version"]
        headers = login.headers | {"If-Match": f'"{version}"'}
        expect_json(await scenario.client.patch(path, json={"monthly_income": 2_000_000}, headers=headers))
    elif step == "refund":
        await refund(scenario, payment, said)
    elif step == "create":
        return str(expect_json(await create(scenario, member), 201)["id"])
    else:
        body: Any = {
            "withdraw": {"reason": said},
            "end": {"reason": said, "date": "2026-11-01"},
        }.get(step, REASONS)
        expect_json(await scenario.post(f"{path}/{step}", body, login=login))
    return enrolment


async def list_announced(scenario: PremiumScenario, enrolment: str, payment: Any) -> list[str]:
    events = [*(await scenario.list_events(enrolment))[1]]
    return events + ((await scenario.list_events(payment["id"]))[1] if payment else [])


async def count_accepted(scenario: PremiumScenario) -> tuple[int, int]:
    """Count the persons whom the statistics have as submitted and as accepted."""
    query = {"place": scenario.world.province, "from": "2026-01-01", "to": "2027-12-31"}
    enrolled = expect_json(await scenario.get("/v1/stats/summary", login=scenario.officer, **query))
    [cell] = enrolled["enrolled"] or [{"submitted": 0, "accepted": 0}]
    return cell["submitted"], cell["accepted"]


class TestWaysOut:
    @pytest.mark.parametrize("status", list(EnrolmentStatus))
    async def test_as_the_page_tells_it(self, world: World, client: httpx.AsyncClient, status: str):
        ways = [way for way in WAYS_OUT if way.status == status]
        scenario = await PremiumScenario.create(world, client, members=len(ways))
        for way, member in zip(ways, scenario.members, strict=True):
            enrolment, payment = await reach(scenario, member, status)
            before = await list_announced(scenario, enrolment, payment)
            went = await go(scenario, way, member, enrolment, payment)
            assert expect_json(await scenario.get(f"{ENROLMENTS}/{went}"))["status"] == way.to, way
            assert await scenario.balance(member) == BALANCES[way.money], way
            announced = await list_announced(scenario, enrolment, payment)
            expected = [] if way.announced == "–" else way.announced.split(", ")
            assert sorted(announced) == sorted(before + expected), way
            assert await read_coverage(scenario, enrolment) == way.coverage, way
            refunds = expect_json(await scenario.get(REFUNDS, enrolment_id=enrolment))["items"]
            assert bool(refunds) is (way.money == "refund"), way
        counted = [way for way in ways if way.counted == "accepted"]
        assert await count_accepted(scenario) == (len(counted), len(counted))
        await scenario.assert_books_agree()


async def read_coverage(scenario: PremiumScenario, enrolment: str) -> str:
    """Say what became of the coverage of an enrolment: none, kept, or cut."""
    rows = expect_json(await scenario.get(COVERAGES, enrolment_id=enrolment))["items"]
    if not rows:
        return "none"
    [row] = rows
    return "kept" if row["ended_on"] is None and row["months"] == 12 else "cut"
