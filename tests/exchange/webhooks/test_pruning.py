"""The log of deliveries goes when its time is over; what is still to be delivered stays, and every event."""

from typing import Any
from uuid import UUID

from app.exchange.pruning import prune
from tests.exchange.webhooks.stand import PATH, Endpoint, Stand
from tests.routers.answers import got, refused


async def aged(stand: Stand, endpoint: Endpoint, days: int) -> None:
    """All deliveries of an endpoint, as they would be so many days later."""
    await stand.owner.execute(
        "update webhook_delivery set created_at = created_at - $2 * interval '1 day',"
        " finished_at = finished_at - $2 * interval '1 day' where webhook_id = $1", endpoint.id, days,
    )  # fmt: skip


async def rows(stand: Stand, endpoint: Endpoint) -> tuple[int, int]:
    """Deliveries and attempts that the database holds."""
    count = "select count(*) from {} where webhook_id = $1"
    found: Any = [
        await stand.owner.fetchval(count.format(table), endpoint.id)
        for table in ("webhook_delivery", "webhook_attempt")
    ]
    return found[0], found[1]


class TestPruneDeliveries:
    async def test_what_ended_goes_with_its_attempts(self, stand: Stand):
        endpoint = await stand.endpoint()
        event = await stand.happens()
        await stand.drive()
        await aged(stand, endpoint, 89)
        await prune(stand.database, stand.settings)
        assert await rows(stand, endpoint) == (1, 1)
        await aged(stand, endpoint, 2)
        await prune(stand.database, stand.settings)
        assert await rows(stand, endpoint) == (0, 0)
        assert await stand.log(endpoint) == []
        url = f"{PATH}/{endpoint.id}/deliveries/{event}"
        refused(await stand.client.get(url, headers=endpoint.login.headers), 404, "not_found")

    async def test_what_was_given_up_goes_too(self, stand: Stand):
        endpoint = await stand.endpoint()
        await stand.happens()
        await stand.drive()
        await stand.owner.execute(
            "update webhook_delivery set status = 'failed' where webhook_id = $1", endpoint.id
        )
        await aged(stand, endpoint, 91)
        await prune(stand.database, stand.settings)
        assert await rows(stand, endpoint) == (0, 0)

    async def test_what_is_still_tried_or_waits_stays_and_comes(self, stand: Stand):
        endpoint = await stand.endpoint()
        stand.receiver.script[endpoint.path].append("later")
        subject = UUID(int=endpoint.id.int ^ 1)
        first = await stand.happens(subject=subject)
        second = await stand.happens(subject=subject)
        await stand.drive()
        await aged(stand, endpoint, 1000)
        undelivered = await stand.happens()
        await prune(stand.database, stand.settings)
        assert await rows(stand, endpoint) == (2, 1)
        for _ in range(3):
            stand.clock.turn(hours=1)
            await stand.drive()
        assert stand.ids_at(endpoint)[0] == first
        assert set(stand.ids_at(endpoint)) == {first, second, undelivered}

    async def test_the_event_stays_and_can_be_sent_again(self, stand: Stand):
        endpoint = await stand.endpoint()
        event = await stand.happens()
        await stand.drive()
        await aged(stand, endpoint, 91)
        await prune(stand.database, stand.settings)
        answer = await stand.ask(endpoint, "replay", {"event_id": str(event)})
        assert got(answer, 202)["deliveries"] == 1
        stand.clock.turn(minutes=1)
        await stand.drive()
        assert stand.ids_at(endpoint) == [event, event]
