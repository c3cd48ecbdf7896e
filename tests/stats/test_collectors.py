"""`GET /v1/stats/collectors`, and the lists that a collector (nhân viên thu) sees of what they brought."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.core.values.time import add_months, first_day, month_of, today
from tests.insurance.direct_scenario import DirectScenario
from tests.insurance.premium_scenario import PARTICIPANT_PAYS, PAYMENTS
from tests.routers.responses import expect_json, expect_problem, read_items
from tests.world import Login, World

RESULTS = "/v1/stats/collectors"
ENROLMENTS = "/v1/enrolments"
ACCEPTED, PAID = {"accepted", "paid", "active", "ended"}, {"paid", "active", "ended"}


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> DirectScenario:
    return await DirectScenario.create(world, client)


async def read_results(client: httpx.AsyncClient, login: Login, **params: str) -> list[dict[str, Any]]:
    """Every page of the results."""
    return await read_items(client, RESULTS, login.headers, **params)


def sum_lists(
    enrolments: list[dict[str, Any]], payments: list[dict[str, Any]]
) -> dict[tuple[str, str], Counter[str]]:
    """The figures of each month and product, added up from the items of the two lists."""
    sums: dict[tuple[str, str], Counter[str]] = {}
    for item in enrolments:
        entered = datetime.fromisoformat(item["created_at"]) + timedelta(hours=7)
        sums.setdefault((month_of(entered.date()), item["product"]), Counter()).update(
            enrolled=1, accepted=int(item["status"] in ACCEPTED), paid=int(item["status"] in PAID)
        )
    people: dict[tuple[str, str], set[str]] = {}
    for item in payments:
        if item["status"] in ("posted", "refunded"):
            key = item["payment_date"][:7], item["product"]
            people.setdefault(key, set()).add(item["member_id"])
            sums.setdefault(key, Counter()).update(
                payments=1,
                refunded=int(item["status"] == "refunded"),
                months=item["months"],
                amount_due=item["amount_due"],
                participant_pays=item["participant_pays"],
                remuneration=item["remuneration"]["amount"] if item["remuneration"] else 0,
            )
    for key, members in people.items():
        sums[key]["people"] = len(members)
    return sums


class TestResults:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        expect_problem(await client.get(RESULTS), 401, "unauthenticated")

    async def test_figures_are_the_sums_of_the_lists(
        self, client: httpx.AsyncClient, world: World, scenario: DirectScenario
    ):
        """Of direct customers and of a group that the collector serves, posted, held, only enrolled, and a card."""
        group = scenario.premium.group
        collector = await world.user(scenario.unit, "collector", groups=[group.id])
        await scenario.premium.set_remuneration_rate("bhxh_tn", "first", "0.1")
        for _ in range(2):
            enrolment = await scenario.enrol(await scenario.customer(collector))
            held = expect_json(await scenario.hold(enrolment, login=collector), 201)
            expect_json(await scenario.post(held, login=collector))
        unposted = await scenario.enrol(await scenario.customer(collector))
        expect_json(await scenario.hold(unposted, login=collector), 201)
        await scenario.enrol(await scenario.customer(collector), accepted=False)
        member = await world.member(group.unit)
        await world.join(group, member)
        await scenario.premium.save(member, PARTICIPANT_PAYS)
        of_group = await scenario.premium.create_enrolment(member)
        held = expect_json(
            await scenario.premium.post(PAYMENTS, scenario.premium.payment_body(of_group), login=collector),
            201,
        )
        expect_json(await scenario.premium.post_payment(held, login=collector))

        lists = [
            await read_items(client, path, collector.headers, collector_id=str(collector.id))
            for path in (ENROLMENTS, PAYMENTS)
        ]
        results = await read_results(client, collector)
        assert {item["collector_id"] for item in results} == {str(collector.id)}
        assert {item["collector_name"] for item in results} == {"Người Dùng Thử"}
        sums = sum_lists(*lists)
        assert {(item["month"], item["product"]) for item in results} == sums.keys()
        for item in results:
            figures = sums[item["month"], item["product"]]
            assert {name: item[name] for name in figures} == figures
            assert item["first"] + item["renewed"] == item["payments"]
        (this_month,) = [item for item in results if item["month"] == month_of(today())]
        assert (this_month["enrolled"], this_month["accepted"], this_month["paid"]) == (5, 4, 3)
        assert (this_month["payments"], this_month["first"], this_month["people"]) == (3, 3, 3)
        assert (this_month["months"], this_month["participant_pays"]) == (36, 3 * PARTICIPANT_PAYS)
        assert this_month["remuneration"] == 3 * PARTICIPANT_PAYS // 10

    async def test_nobody_sees_what_another_brought_but_their_officers(
        self, client: httpx.AsyncClient, world: World, scenario: DirectScenario
    ):
        expect_json(await scenario.post(await scenario.take()))
        others = await scenario.enrol(await scenario.customer(scenario.colleague))
        expect_json(await scenario.hold(others, login=scenario.colleague), 201)
        for login in (scenario.collector, scenario.colleague):
            own = await read_results(client, login)
            assert {item["collector_id"] for item in own} == {str(login.id)}
            enrolments = await read_items(client, ENROLMENTS, login.headers)
            assert len(enrolments) == sum(item["enrolled"] for item in own) == 1
        assert await read_results(client, scenario.colleague, collector_id=str(scenario.collector.id)) == []
        seen = {item["collector_id"] for item in await read_results(client, scenario.officer)}
        assert {str(scenario.collector.id), str(scenario.colleague.id)} <= seen
        one = await read_results(client, scenario.officer, collector_id=str(scenario.collector.id))
        assert one == await read_results(client, scenario.collector)
        bhxh = await read_results(client, scenario.premium.bhxh, collector_id=str(scenario.collector.id))
        assert [item["payments"] for item in bhxh] == [1]
        viewer = await world.user(scenario.unit, "viewer")
        partner = await world.partner(scenario.unit, "stats:read")
        for login in (viewer, partner, scenario.premium.farmers, scenario.premium.treasurer):
            assert await read_results(client, login, collector_id=str(scenario.collector.id)) == []

    async def test_somebody_elses_looks_absent(self, client: httpx.AsyncClient, scenario: DirectScenario):
        expect_json(await scenario.post(await scenario.take()))
        for path in (RESULTS, ENROLMENTS, PAYMENTS):
            answers = [
                await client.get(path, params={"collector_id": who}, headers=login.headers)
                for who in (str(scenario.collector.id), str(uuid4()))
                for login in (scenario.colleague, scenario.premium.farmers)
            ]
            assert [expect_json(answer)["items"] for answer in answers] == [[]] * 4

    async def test_what_a_colleague_took_over_is_theirs(
        self, client: httpx.AsyncClient, scenario: DirectScenario
    ):
        """An enrolment is one person's: who took its money, before that who entered the customer."""
        customer = await scenario.customer()
        enrolment = await scenario.enrol(customer)

        async def brought_by() -> list[bool]:
            pages = [
                await read_items(client, ENROLMENTS, scenario.officer.headers, collector_id=str(login.id))
                for login in (scenario.collector, scenario.colleague)
            ]
            return [enrolment in {item["id"] for item in page} for page in pages]

        assert await brought_by() == [True, False]
        cash = scenario.cash(collector_id=str(scenario.colleague.id))
        held = expect_json(await scenario.hold(enrolment, cash, login=scenario.officer), 201)
        assert await brought_by() == [False, True]
        expect_json(await scenario.void(held, login=scenario.officer))
        assert await brought_by() == [True, False]

    @pytest.mark.parametrize(("hour", "earlier"), [(16, True), (17, False)])
    async def test_the_month_is_that_of_viet_nam(
        self, client: httpx.AsyncClient, world: World, scenario: DirectScenario, hour: int, earlier: bool
    ):
        """Midnight here is 17:00 UTC of the day before."""
        enrolment = await scenario.enrol(accepted=False)
        month = add_months(month_of(today()), -1)
        day = first_day(month) - timedelta(days=1)
        await world.owner.execute(
            "update enrolment set created_at = $2 where id = $1",
            UUID(enrolment), datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC),
        )  # fmt: skip
        results = await read_results(
            client, scenario.collector, **{"from": add_months(month, -1), "to": month}
        )
        assert [item["month"] for item in results] == [add_months(month, -1) if earlier else month]
        found = await read_items(client, ENROLMENTS, scenario.collector.headers, entered_to=str(day))
        assert [item["id"] for item in found] == ([enrolment] if earlier else [])
        found = await read_items(
            client, ENROLMENTS, scenario.collector.headers, entered_from=str(first_day(month))
        )
        assert [item["id"] for item in found] == ([] if earlier else [enrolment])

    async def test_pages_and_filters(self, client: httpx.AsyncClient, scenario: DirectScenario):
        await scenario.enrol(await scenario.customer())
        await scenario.enrol(
            await scenario.customer(), product="bhyt_hgd", monthly_income=None, support_group=None
        )
        whole = await read_results(client, scenario.collector)
        assert [item["product"] for item in whole] == ["bhxh_tn", "bhyt_hgd"]
        assert await read_results(client, scenario.collector, limit="1") == whole
        assert await read_results(client, scenario.collector, product="bhyt_hgd") == whole[1:]

    @pytest.mark.parametrize(
        ("name", "value"),
        [("from", "2026-13"), ("to", "nay"), ("collector_id", "7"), ("product", "x"), ("who", "1")],
    )
    async def test_hostile_filters_are_named(
        self, client: httpx.AsyncClient, scenario: DirectScenario, name: str, value: str
    ):
        response = await client.get(RESULTS, params={name: value}, headers=scenario.collector.headers)
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == f"/query/{name}"

    async def test_a_period_that_ends_before_it_begins_is_422(
        self, client: httpx.AsyncClient, scenario: DirectScenario
    ):
        params = {"from": "2026-05", "to": "2026-04"}
        response = await client.get(RESULTS, params=params, headers=scenario.collector.headers)
        expect_problem(response, 422, "before_from", "/query/to")


class TestCollectorsLists:
    """What else a collector sees of what is theirs, and of nobody else's."""

    async def test_payments_receipts_and_what_is_due(
        self, client: httpx.AsyncClient, scenario: DirectScenario
    ):
        paid = expect_json(await scenario.post(await scenario.take()))
        other = await scenario.enrol(await scenario.customer(scenario.colleague))
        held = expect_json(await scenario.hold(other, login=scenario.colleague), 201)
        expect_json(await scenario.post(held, login=scenario.colleague))
        mine = scenario.collector.headers
        (payment,) = await read_items(client, PAYMENTS, mine)
        assert (payment["id"], payment["receipt_no"]) == (paid["id"], paid["receipt_no"])
        (due,) = await read_items(client, "/v1/renewals", mine, within_days="400")
        assert due["enrolment_id"] == paid["enrolment_id"]
        assert (
            expect_json(await client.get(f"{PAYMENTS}/{held['id']}", headers=mine), 404)["code"]
            == "not_found"
        )

    async def test_the_summary_is_of_their_groups_and_customers(
        self, client: httpx.AsyncClient, world: World, scenario: DirectScenario
    ):
        member = (await world.group(scenario.premium.group.unit, members=1)).members[0]
        assert member is not None
        expect_json(await scenario.post(await scenario.take()))
        await scenario.enrol(await scenario.customer(scenario.colleague))
        period = {"from": str(date(today().year, 1, 1)), "to": str(today() + timedelta(days=366))}
        summary = expect_json(
            await client.get("/v1/stats/summary", params=period, headers=scenario.collector.headers)
        )
        assert (summary["groups"], summary["members"], summary["enrolled_persons"]) == (0, 0, 1)
