"""Sending again: one event, or all since a moment, also what happened while the endpoint was disabled."""

from datetime import timedelta
from typing import Any

from app.core.ids import uuid7
from tests.exchange.webhooks.stand import PATH, Endpoint, Stand
from tests.routers.answers import got, refused


async def edit(stand: Stand, endpoint: Endpoint, **body: Any) -> None:
    version = (await stand.read(endpoint))["version"]
    headers = endpoint.login.headers | {"If-Match": str(version)}
    got(await stand.client.patch(f"{PATH}/{endpoint.id}", json=body, headers=headers))


class TestReplay:
    async def test_one_event_again(self, stand: Stand):
        endpoint = await stand.endpoint()
        event = await stand.happens()
        await stand.happens()
        await stand.drive()
        answer = got(await stand.ask(endpoint, "replay", {"event_id": str(event)}), 202)
        assert answer == {"deliveries": 1, "more": False, "until": None}
        stand.clock.turn(minutes=1)
        await stand.drive()
        assert stand.ids_at(endpoint).count(event) == 2
        assert len(stand.messages(endpoint)) == 3
        entry = next(one for one in await stand.log(endpoint) if one["event_id"] == str(event))
        assert [attempt["number"] for attempt in entry["attempts"]] == [1, 2]
        assert entry["status"] == "delivered"

    async def test_what_waits_for_its_next_attempt_is_sent_now(self, stand: Stand):
        endpoint = await stand.endpoint()
        stand.receiver.script[endpoint.path].append("later")
        event = await stand.happens()
        await stand.drive()
        got(await stand.ask(endpoint, "replay", {"event_id": str(event)}), 202)
        stand.clock.turn(minutes=1)
        await stand.drive()
        assert stand.ids_at(endpoint) == [event] * 2

    async def test_what_happened_while_it_was_disabled(self, stand: Stand):
        endpoint = await stand.endpoint()
        before = await stand.happens()
        await stand.drive()
        await edit(stand, endpoint, enabled=False)
        missed = [await stand.happens() for _ in range(3)]
        await stand.drive()
        refused(await stand.ask(endpoint, "replay", {"event_id": str(missed[0])}), 409, "webhook_disabled")
        refused(await stand.ask(endpoint, "test"), 409, "webhook_disabled")
        await edit(stand, endpoint, enabled=True)
        since = (stand.clock() - timedelta(minutes=1)).isoformat()
        answer = got(await stand.ask(endpoint, "replay", {"since": since}), 202)
        assert answer["deliveries"] == 3
        stand.clock.turn(minutes=1)
        await stand.drive()
        assert sorted(stand.ids_at(endpoint)) == sorted([before, *missed])
        answer = got(await stand.ask(endpoint, "replay", {"since": since, "delivered": True}), 202)
        assert answer["deliveries"] == 4
        stand.clock.turn(minutes=1)
        await stand.drive()
        assert len(stand.messages(endpoint)) == 8

    async def test_the_order_of_a_subject_holds(self, stand: Stand):
        endpoint = await stand.endpoint()
        subject = uuid7()
        first = await stand.happens(subject=subject)
        await stand.drive()
        stand.receiver.script[endpoint.path].append("later")
        second = await stand.happens(subject=subject)
        await stand.drive()
        got(await stand.ask(endpoint, "replay", {"event_id": str(first)}), 202)
        stand.clock.turn(minutes=1)
        await stand.drive()
        assert stand.ids_at(endpoint) == [first, second, first, second]

    async def test_only_what_it_may_hear(self, stand: Stand):
        endpoint = await stand.endpoint(kinds=["enrolment.paid"])
        foreign = await stand.happens("enrolment.paid", unit=await stand.world.unit("farmers_association"))
        unwanted = await stand.happens("enrolment.accepted")
        for event in (foreign, unwanted, uuid7()):
            refused(
                await stand.ask(endpoint, "replay", {"event_id": str(event)}), 404, "not_found", "/event_id"
            )
        since = (stand.clock() - timedelta(hours=1)).isoformat()
        assert got(await stand.ask(endpoint, "replay", {"since": since}), 202)["deliveries"] == 0

    async def test_a_partner_system_replays_its_own(self, stand: Stand):
        partner = await stand.world.partner(stand.unit, "webhooks:manage")
        endpoint = await stand.endpoint(partner)
        own = await stand.happens(client=partner)
        other = await stand.happens()
        await stand.drive()
        got(await stand.ask(endpoint, "replay", {"event_id": str(own)}), 202)
        refused(await stand.ask(endpoint, "replay", {"event_id": str(other)}), 404, "not_found", "/event_id")
        stand.clock.turn(minutes=1)
        await stand.drive()
        assert stand.ids_at(endpoint) == [own, own]

    async def test_bad_bodies_are_named(self, stand: Stand):
        endpoint = await stand.endpoint()
        for body, code, pointer in (
            ({}, "exactly_one", "/event_id"),
            ({"event_id": str(uuid7()), "since": "2026-11-01T00:00:00Z"}, "exactly_one", "/event_id"),
            ({"event_id": "x"}, "uuid", "/event_id"),
            ({"since": "yesterday"}, "instant", "/since"),
            ({"since": "1900-01-01T00:00:00Z", "all": True}, "extra_forbidden", "/all"),
        ):
            refused(await stand.ask(endpoint, "replay", body), 422, code, pointer)
        got(await stand.ask(endpoint, "replay", {"since": "1900-01-01T00:00:00Z"}), 202)
