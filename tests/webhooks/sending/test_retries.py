"""Deliveries that fail, hang or lose their process: in order, at least once, and not for ever."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from app.core.values.ids import uuid7
from app.webhooks.sending.dispatcher import LEASE_DURATION, MAX_PER_ENDPOINT, MAX_PER_FAILING_ENDPOINT
from app.webhooks.sending.egress import EgressGuard
from app.webhooks.sending.schedule import RETRY_WINDOW
from app.webhooks.sending.sender import WebhookSender
from tests.routers.responses import expect_json
from tests.webhooks.scenario import PATH, Endpoint, WebhookScenario


class TestOrder:
    async def test_a_later_event_of_a_subject_waits(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.behaviours[endpoint.path].append("fail")
        subject = uuid7()
        first = await scenario.emit_event("enrolment.submitted", subject)
        await scenario.deliver_due()
        second = await scenario.emit_event("enrolment.accepted", subject)
        third = await scenario.emit_event("enrolment.paid", subject)
        other = await scenario.emit_event("enrolment.submitted")
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint) == [first, other]
        scenario.clock.advance(minutes=10)
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint) == [first, other, first, second, third]

    async def test_of_events_that_come_at_once_too(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        subjects = [uuid7() for _ in range(5)]
        created = {
            subject: [await scenario.emit_event(subject=subject) for _ in range(4)] for subject in subjects
        }
        await scenario.deliver_due()
        came = scenario.received_ids(endpoint)
        assert len(came) == 20
        for events in created.values():
            assert [id_ for id_ in came if id_ in events] == events

    async def test_one_that_is_given_up_no_longer_holds_the_others(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        subject = uuid7()
        first = await scenario.emit_event(subject=subject)
        second = await scenario.emit_event(subject=subject)
        third = await scenario.emit_event(subject=subject)
        scenario.receiver.default_behaviours[endpoint.path] = "fail"
        for _ in range(40):
            await scenario.deliver_due()
            if (await scenario.list_deliveries(endpoint, status="failed")) or not (
                await scenario.read_endpoint(endpoint)
            )["enabled"]:
                break
            await self.advance_to_next_attempt(scenario, endpoint)
        assert set(scenario.received_ids(endpoint)) == {first}
        scenario.receiver.default_behaviours.clear()
        await enable_endpoint(scenario, endpoint)
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint)[-2:] == [second, third]

    async def advance_to_next_attempt(self, scenario: WebhookScenario, endpoint: Endpoint) -> None:
        """Advance the clock to the next attempt."""
        due = await scenario.owner.fetchval(
            "select min(due_at) from webhook_delivery where webhook_id = $1", endpoint.id
        )
        scenario.clock.now = max(scenario.clock.now, due)


async def enable_endpoint(scenario: WebhookScenario, endpoint: Endpoint) -> dict[str, Any]:
    version = (await scenario.read_endpoint(endpoint))["version"]
    response = await scenario.client.patch(
        f"{PATH}/{endpoint.id}",
        json={"enabled": True},
        headers=endpoint.login.headers | {"If-Match": str(version)},
    )
    endpoint_body: dict[str, Any] = expect_json(response)
    return endpoint_body


class TestFailures:
    @pytest.mark.parametrize("behaviour", ["fail", "hang", "drop", "redirect", "nonsense", "drip head"])
    async def test_it_comes_again_until_it_arrives(self, scenario: WebhookScenario, behaviour: str):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.behaviours[endpoint.path].extend([behaviour, behaviour])
        event = await scenario.emit_event()
        for _ in range(3):
            await scenario.deliver_due()
            scenario.clock.advance(minutes=1)
        assert scenario.received_ids(endpoint) == [event] * 3
        assert len({message.body for message in scenario.received_messages(endpoint)}) == 1
        (entry,) = await scenario.list_deliveries(endpoint)
        assert entry["status"] == "delivered"
        assert [attempt["error"] is None for attempt in entry["attempts"]] == [False, False, True]
        assert (await scenario.read_endpoint(endpoint))["failing_since"] is None
        assert scenario.receiver.messages_at("/elsewhere") == []

    async def test_every_attempt_is_signed_for_its_own_time(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.behaviours[endpoint.path].append("fail")
        await scenario.emit_event()
        await scenario.deliver_due()
        scenario.clock.advance(seconds=30)
        await scenario.deliver_due()
        first, second = scenario.received_messages(endpoint)
        assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]
        for message in (first, second):
            Webhook(endpoint.secret).verify(message.body, message.headers)

    async def test_a_receiver_that_answers_twice_gets_it_once(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.behaviours[endpoint.path].append("twice")
        event = await scenario.emit_event()
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint) == [event]

    async def test_retry_after_is_heeded(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.behaviours[endpoint.path].append("later")
        await scenario.emit_event()
        await scenario.deliver_due()
        scenario.clock.advance(minutes=119)
        await scenario.deliver_due()
        assert len(scenario.received_messages(endpoint)) == 1
        scenario.clock.advance(minutes=1)
        await scenario.deliver_due()
        assert len(scenario.received_messages(endpoint)) == 2

    async def test_gone_disables_at_once(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.behaviours[endpoint.path].append("gone")
        await scenario.emit_event()
        await scenario.deliver_due()
        endpoint_body = await scenario.read_endpoint(endpoint)
        assert (endpoint_body["enabled"], endpoint_body["disabled_why"]) == (False, "gone")
        (entry,) = await scenario.list_deliveries(endpoint)
        assert entry["status"] == "failed"

    async def test_three_days_of_failures_disable_it(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.default_behaviours[endpoint.path] = "fail"
        began = scenario.clock()
        await scenario.emit_event()
        while scenario.clock() < began + RETRY_WINDOW:
            await scenario.deliver_due()
            scenario.clock.advance(hours=3)
        await scenario.deliver_due()
        endpoint_body = await scenario.read_endpoint(endpoint)
        assert (endpoint_body["enabled"], endpoint_body["disabled_why"]) == (False, "failing")
        assert datetime.fromisoformat(endpoint_body["failing_since"]) == began
        (entry,) = await scenario.list_deliveries(endpoint)
        assert entry["status"] == "failed"
        assert len(entry["attempts"]) > 8
        event_fields = await scenario.owner.fetchrow(
            "select * from audit_event where subject_id = $1 and event = 'webhook.disabled'", endpoint.id
        )
        assert (event_fields["actor_kind"], event_fields["organisation_id"]) == ("system", scenario.unit.id)
        came = len(scenario.received_messages(endpoint))
        await scenario.emit_event()
        scenario.clock.advance(days=1)
        await scenario.deliver_due()
        assert len(scenario.received_messages(endpoint)) == came

    async def test_one_success_begins_the_three_days_anew(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.behaviours[endpoint.path].extend(["fail", "ok", "fail"])
        for _ in range(2):
            await scenario.emit_event()
            await scenario.deliver_due()
            scenario.clock.advance(days=2)
            await scenario.deliver_due()
        assert (await scenario.read_endpoint(endpoint))["enabled"]

    async def test_an_address_that_became_private_is_not_sent_to(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        await scenario.owner.execute(
            "update webhook set url = 'https://10.0.0.1/x' where id = $1", endpoint.id
        )
        await scenario.emit_event()
        await scenario.deliver_due()
        (entry,) = await scenario.list_deliveries(endpoint)
        assert [attempt["error"] for attempt in entry["attempts"]] == ["refused_address"]

    async def test_a_secret_of_another_server_signs_nothing(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        await scenario.owner.execute(
            "update webhook_secret set sealed = 'not ours' where webhook_id = $1", endpoint.id
        )
        await scenario.emit_event()
        await scenario.deliver_due()
        (entry,) = await scenario.list_deliveries(endpoint)
        assert [attempt["error"] for attempt in entry["attempts"]] == ["secret_unreadable"]
        assert scenario.received_messages(endpoint) == []


class TestManyAtOnce:
    async def test_one_that_hangs_does_not_keep_others_waiting(self, scenario: WebhookScenario):
        hanging, working = await scenario.create_endpoint(), await scenario.create_endpoint()
        scenario.receiver.default_behaviours[hanging.path] = "hang"
        events = MAX_PER_ENDPOINT + 4
        for _ in range(events):
            await scenario.emit_event()
        async with WebhookSender(EgressGuard(scenario.settings), seconds=60) as patient, asyncio.timeout(50):
            dispatcher = scenario.new_dispatcher(patient)
            while len(scenario.received_messages(working)) < events:
                await dispatcher.step()
                await asyncio.sleep(0.005)
            assert (
                0
                < scenario.receiver.open_connections[hanging.path]
                == len(scenario.received_messages(hanging))
                <= MAX_PER_ENDPOINT
            )
            await dispatcher.cancel_all()

    async def test_one_that_fails_is_tried_one_by_one(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.default_behaviours[endpoint.path] = "slow 0.05 fail"
        await scenario.emit_event()
        await scenario.deliver_due()
        scenario.receiver.max_open_connections.clear()
        for _ in range(6):
            await scenario.emit_event()
        await scenario.deliver_due()
        assert len(scenario.received_messages(endpoint)) == 7
        assert scenario.receiver.max_open_connections[endpoint.path] == MAX_PER_FAILING_ENDPOINT

    async def test_two_dispatchers_share_the_work(
        self, scenario: WebhookScenario, settings: Any, sender: WebhookSender
    ):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.default_behaviours[endpoint.path] = "slow 0.02"
        events = [await scenario.emit_event() for _ in range(40)]
        other = scenario.new_dispatcher(sender)
        await asyncio.gather(scenario.deliver_due(), scenario.deliver_due(other))
        await scenario.deliver_due()
        assert sorted(scenario.received_ids(endpoint)) == sorted(events)
        assert scenario.receiver.max_open_connections[endpoint.path] <= MAX_PER_ENDPOINT

    async def test_what_a_dead_process_had_is_sent_again(
        self, scenario: WebhookScenario, sender: WebhookSender
    ):
        endpoint = await scenario.create_endpoint()
        scenario.receiver.default_behaviours[endpoint.path] = "hang"
        subject = uuid7()
        event = await scenario.emit_event(subject=subject)
        later = await scenario.emit_event(subject=subject)
        doomed = scenario.new_dispatcher(sender)
        while not scenario.received_messages(endpoint):
            await doomed.step()
            await asyncio.sleep(0.01)
        await doomed.cancel_all()
        scenario.receiver.default_behaviours.clear()
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint) == [event]
        scenario.clock.advance(seconds=LEASE_DURATION.total_seconds() + 1)
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint) == [event, event, later]

    async def test_an_answer_after_the_lease_changes_nothing(
        self, scenario: WebhookScenario, sender: WebhookSender
    ):
        """The slow one's failure does not undo what another process delivered meanwhile."""
        endpoint = await scenario.create_endpoint()
        scenario.receiver.behaviours[endpoint.path].append("hang")
        event = await scenario.emit_event()
        slow = scenario.new_dispatcher(sender)
        while not scenario.received_messages(endpoint):
            await slow.step()
            await asyncio.sleep(0.01)
        scenario.clock.advance(seconds=LEASE_DURATION.total_seconds() + 1)
        await scenario.deliver_due()
        await slow.drain()
        (entry,) = await scenario.list_deliveries(endpoint)
        assert (entry["event_id"], entry["status"]) == (str(event), "delivered")
        assert sorted(attempt["error"] or "" for attempt in entry["attempts"]) == ["", "timeout"]
