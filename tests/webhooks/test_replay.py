"""Replay: one event, or all since a moment, including those while the endpoint was disabled."""

from datetime import timedelta
from typing import Any

from app.core.values.ids import uuid7
from tests.routers.responses import expect_json, expect_problem
from tests.webhooks.scenario import PATH, Endpoint, WebhookScenario


async def edit_endpoint(scenario: WebhookScenario, endpoint: Endpoint, **body: Any) -> None:
    version = (await scenario.read_endpoint(endpoint))["version"]
    headers = endpoint.login.headers | {"If-Match": str(version)}
    expect_json(await scenario.client.patch(f"{PATH}/{endpoint.id}", json=body, headers=headers))


class TestReplay:
    async def test_one_event_again(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        event = await scenario.emit_event()
        await scenario.emit_event()
        await scenario.deliver_due()
        result = expect_json(await scenario.post_action(endpoint, "replay", {"event_id": str(event)}), 202)
        assert result == {"deliveries": 1, "more": False, "until": None}
        scenario.clock.advance(minutes=1)
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint).count(event) == 2
        assert len(scenario.received_messages(endpoint)) == 3
        entry = next(one for one in await scenario.list_deliveries(endpoint) if one["event_id"] == str(event))
        assert [attempt["number"] for attempt in entry["attempts"]] == [1, 2]
        assert entry["status"] == "delivered"

    async def test_what_waits_for_its_next_attempt_is_sent_now(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.behaviours[endpoint.path].append("later")
        event = await scenario.emit_event()
        await scenario.deliver_due()
        expect_json(await scenario.post_action(endpoint, "replay", {"event_id": str(event)}), 202)
        scenario.clock.advance(minutes=1)
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint) == [event] * 2

    async def test_what_happened_while_it_was_disabled(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        before = await scenario.emit_event()
        await scenario.deliver_due()
        await edit_endpoint(scenario, endpoint, enabled=False)
        missed = [await scenario.emit_event() for _ in range(3)]
        await scenario.deliver_due()
        expect_problem(
            await scenario.post_action(endpoint, "replay", {"event_id": str(missed[0])}),
            409,
            "webhook_disabled",
        )
        expect_problem(await scenario.post_action(endpoint, "test"), 409, "webhook_disabled")
        await edit_endpoint(scenario, endpoint, enabled=True)
        since = (scenario.clock() - timedelta(minutes=1)).isoformat()
        body = expect_json(await scenario.post_action(endpoint, "replay", {"since": since}), 202)
        assert body["deliveries"] == 3
        scenario.clock.advance(minutes=1)
        await scenario.deliver_due()
        assert sorted(scenario.received_ids(endpoint)) == sorted([before, *missed])
        body = expect_json(
            await scenario.post_action(endpoint, "replay", {"since": since, "delivered": True}), 202
        )
        assert body["deliveries"] == 4
        scenario.clock.advance(minutes=1)
        await scenario.deliver_due()
        assert len(scenario.received_messages(endpoint)) == 8

    async def test_the_order_of_a_subject_holds(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        subject = uuid7()
        first = await scenario.emit_event(subject=subject)
        await scenario.deliver_due()
        scenario.receiver.behaviours[endpoint.path].append("later")
        second = await scenario.emit_event(subject=subject)
        await scenario.deliver_due()
        expect_json(await scenario.post_action(endpoint, "replay", {"event_id": str(first)}), 202)
        scenario.clock.advance(minutes=1)
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint) == [first, second, first, second]

    async def test_only_what_it_may_hear(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint(kinds=["enrolment.paid"])
        foreign = await scenario.emit_event(
            "enrolment.paid", unit=await scenario.world.unit("farmers_association")
        )
        unwanted = await scenario.emit_event("enrolment.accepted")
        for event in (foreign, unwanted, uuid7()):
            expect_problem(
                await scenario.post_action(endpoint, "replay", {"event_id": str(event)}),
                404,
                "not_found",
                "/event_id",
            )
        since = (scenario.clock() - timedelta(hours=1)).isoformat()
        assert (
            expect_json(await scenario.post_action(endpoint, "replay", {"since": since}), 202)["deliveries"]
            == 0
        )

    async def test_a_partner_system_replays_its_own(self, scenario: WebhookScenario):
        partner = await scenario.world.partner(scenario.unit, "webhooks:manage")
        endpoint = await scenario.create_endpoint(partner)
        own = await scenario.emit_event(client=partner)
        other = await scenario.emit_event()
        await scenario.deliver_due()
        expect_json(await scenario.post_action(endpoint, "replay", {"event_id": str(own)}), 202)
        expect_problem(
            await scenario.post_action(endpoint, "replay", {"event_id": str(other)}),
            404,
            "not_found",
            "/event_id",
        )
        scenario.clock.advance(minutes=1)
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint) == [own, own]

    async def test_bad_bodies_are_named(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        for body, code, pointer in (
            ({}, "exactly_one", "/event_id"),
            ({"event_id": str(uuid7()), "since": "2026-11-01T00:00:00Z"}, "exactly_one", "/event_id"),
            ({"event_id": "x"}, "uuid", "/event_id"),
            ({"since": "yesterday"}, "instant", "/since"),
            ({"since": "1900-01-01T00:00:00Z", "all": True}, "extra_forbidden", "/all"),
        ):
            expect_problem(await scenario.post_action(endpoint, "replay", body), 422, code, pointer)
        expect_json(await scenario.post_action(endpoint, "replay", {"since": "1900-01-01T00:00:00Z"}), 202)
