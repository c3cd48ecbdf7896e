"""Pruning removes old deliveries; what is still to be delivered stays, and so does every event."""

from typing import Any
from uuid import UUID

from app.jobs.pruning import prune_expired
from tests.routers.responses import expect_json, expect_problem
from tests.webhooks.scenario import PATH, Endpoint, WebhookScenario


async def age_deliveries(scenario: WebhookScenario, endpoint: Endpoint, days: int) -> None:
    """All deliveries of an endpoint, as they would be so many days later."""
    await scenario.owner.execute(
        "update webhook_delivery set created_at = created_at - $2 * interval '1 day',"
        " finished_at = finished_at - $2 * interval '1 day' where webhook_id = $1", endpoint.id, days,
    )  # fmt: skip


async def count_rows(scenario: WebhookScenario, endpoint: Endpoint) -> tuple[int, int]:
    """Deliveries and attempts that the database holds."""
    count = "select count(*) from {} where webhook_id = $1"
    counts: Any = [
        await scenario.owner.fetchval(count.format(table), endpoint.id)
        for table in ("webhook_delivery", "webhook_attempt")
    ]
    return counts[0], counts[1]


class TestPruneDeliveries:
    async def test_what_ended_goes_with_its_attempts(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        event = await scenario.emit_event()
        await scenario.deliver_due()
        await age_deliveries(scenario, endpoint, 89)
        await prune_expired(scenario.database, scenario.settings)
        assert await count_rows(scenario, endpoint) == (1, 1)
        await age_deliveries(scenario, endpoint, 2)
        await prune_expired(scenario.database, scenario.settings)
        assert await count_rows(scenario, endpoint) == (0, 0)
        assert await scenario.list_deliveries(endpoint) == []
        url = f"{PATH}/{endpoint.id}/deliveries/{event}"
        expect_problem(await scenario.client.get(url, headers=endpoint.login.headers), 404, "not_found")

    async def test_what_was_given_up_goes_too(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        await scenario.emit_event()
        await scenario.deliver_due()
        await scenario.owner.execute(
            "update webhook_delivery set status = 'failed' where webhook_id = $1", endpoint.id
        )
        await age_deliveries(scenario, endpoint, 91)
        await prune_expired(scenario.database, scenario.settings)
        assert await count_rows(scenario, endpoint) == (0, 0)

    async def test_what_is_still_tried_or_waits_stays_and_comes(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.behaviours[endpoint.path].append("later")
        subject = UUID(int=endpoint.id.int ^ 1)
        first = await scenario.emit_event(subject=subject)
        second = await scenario.emit_event(subject=subject)
        await scenario.deliver_due()
        await age_deliveries(scenario, endpoint, 1000)
        undelivered = await scenario.emit_event()
        await prune_expired(scenario.database, scenario.settings)
        assert await count_rows(scenario, endpoint) == (2, 1)
        for _ in range(3):
            scenario.clock.advance(hours=1)
            await scenario.deliver_due()
        assert scenario.received_ids(endpoint)[0] == first
        assert set(scenario.received_ids(endpoint)) == {first, second, undelivered}

    async def test_the_event_stays_and_can_be_sent_again(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        event = await scenario.emit_event()
        await scenario.deliver_due()
        await age_deliveries(scenario, endpoint, 91)
        await prune_expired(scenario.database, scenario.settings)
        response = await scenario.post_action(endpoint, "replay", {"event_id": str(event)})
        assert expect_json(response, 202)["deliveries"] == 1
        scenario.clock.advance(minutes=1)
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint) == [event, event]
