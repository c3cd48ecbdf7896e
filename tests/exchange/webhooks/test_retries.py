"""In order, at least once, and not for ever: what becomes of deliveries that fail, hang, or lose their process."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from app.core.ids import uuid7
from app.exchange.webhooks.dispatcher import EACH, EACH_FAILING, LEASE
from app.exchange.webhooks.gate import Gate
from app.exchange.webhooks.schedule import PATIENCE
from app.exchange.webhooks.sender import Sender
from tests.exchange.webhooks.stand import PATH, Endpoint, Stand
from tests.routers.answers import got


class TestOrder:
    async def test_a_later_event_of_a_subject_waits(self, stand: Stand):
        endpoint = await stand.endpoint()
        stand.receiver.script[endpoint.path].append("fail")
        subject = uuid7()
        first = await stand.happens("enrolment.submitted", subject)
        await stand.drive()
        second = await stand.happens("enrolment.accepted", subject)
        third = await stand.happens("enrolment.paid", subject)
        other = await stand.happens("enrolment.submitted")
        await stand.drive()
        assert stand.ids_at(endpoint) == [first, other]
        stand.clock.turn(minutes=10)
        await stand.drive()
        assert stand.ids_at(endpoint) == [first, other, first, second, third]

    async def test_of_events_that_come_at_once_too(self, stand: Stand):
        endpoint = await stand.endpoint()
        subjects = [uuid7() for _ in range(5)]
        made = {subject: [await stand.happens(subject=subject) for _ in range(4)] for subject in subjects}
        await stand.drive()
        came = stand.ids_at(endpoint)
        assert len(came) == 20
        for events in made.values():
            assert [id_ for id_ in came if id_ in events] == events

    async def test_one_that_is_given_up_no_longer_holds_the_others(self, stand: Stand):
        endpoint = await stand.endpoint()
        subject = uuid7()
        first = await stand.happens(subject=subject)
        second = await stand.happens(subject=subject)
        third = await stand.happens(subject=subject)
        stand.receiver.always[endpoint.path] = "fail"
        for _ in range(40):
            await stand.drive()
            if (await stand.log(endpoint, status="failed")) or not (await stand.read(endpoint))["enabled"]:
                break
            await self.next(stand, endpoint)
        assert set(stand.ids_at(endpoint)) == {first}
        stand.receiver.always.clear()
        await enable(stand, endpoint)
        await stand.drive()
        assert stand.ids_at(endpoint)[-2:] == [second, third]

    async def next(self, stand: Stand, endpoint: Endpoint) -> None:
        """Turn the clock to the next attempt."""
        due = await stand.owner.fetchval(
            "select min(due_at) from webhook_delivery where webhook_id = $1", endpoint.id
        )
        stand.clock.at = max(stand.clock.at, due)


async def enable(stand: Stand, endpoint: Endpoint) -> dict[str, Any]:
    version = (await stand.read(endpoint))["version"]
    answer = await stand.client.patch(
        f"{PATH}/{endpoint.id}",
        json={"enabled": True},
        headers=endpoint.login.headers | {"If-Match": str(version)},
    )
    made: dict[str, Any] = got(answer)
    return made


class TestFailures:
    @pytest.mark.parametrize("what", ["fail", "hang", "drop", "redirect", "nonsense", "drip head"])
    async def test_it_comes_again_until_it_arrives(self, stand: Stand, what: str):
        endpoint = await stand.endpoint()
        stand.receiver.script[endpoint.path].extend([what, what])
        event = await stand.happens()
        for _ in range(3):
            await stand.drive()
            stand.clock.turn(minutes=1)
        assert stand.ids_at(endpoint) == [event] * 3
        assert len({message.body for message in stand.messages(endpoint)}) == 1
        (entry,) = await stand.log(endpoint)
        assert entry["status"] == "delivered"
        assert [attempt["error"] is None for attempt in entry["attempts"]] == [False, False, True]
        assert (await stand.read(endpoint))["failing_since"] is None
        assert stand.receiver.at("/elsewhere") == []

    async def test_every_attempt_is_signed_for_its_own_time(self, stand: Stand):
        endpoint = await stand.endpoint()
        stand.receiver.script[endpoint.path].append("fail")
        await stand.happens()
        await stand.drive()
        stand.clock.turn(seconds=30)
        await stand.drive()
        first, second = stand.messages(endpoint)
        assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]
        for message in (first, second):
            Webhook(endpoint.secret).verify(message.body, message.headers)

    async def test_a_receiver_that_answers_twice_gets_it_once(self, stand: Stand):
        endpoint = await stand.endpoint()
        stand.receiver.script[endpoint.path].append("twice")
        event = await stand.happens()
        await stand.drive()
        assert stand.ids_at(endpoint) == [event]

    async def test_retry_after_is_heeded(self, stand: Stand):
        endpoint = await stand.endpoint()
        stand.receiver.script[endpoint.path].append("later")
        await stand.happens()
        await stand.drive()
        stand.clock.turn(minutes=119)
        await stand.drive()
        assert len(stand.messages(endpoint)) == 1
        stand.clock.turn(minutes=1)
        await stand.drive()
        assert len(stand.messages(endpoint)) == 2

    async def test_gone_disables_at_once(self, stand: Stand):
        endpoint = await stand.endpoint()
        stand.receiver.script[endpoint.path].append("gone")
        await stand.happens()
        await stand.drive()
        seen = await stand.read(endpoint)
        assert (seen["enabled"], seen["disabled_why"]) == (False, "gone")
        (entry,) = await stand.log(endpoint)
        assert entry["status"] == "failed"

    async def test_three_days_of_failures_disable_it(self, stand: Stand):
        endpoint = await stand.endpoint()
        stand.receiver.always[endpoint.path] = "fail"
        began = stand.clock()
        await stand.happens()
        while stand.clock() < began + PATIENCE:
            await stand.drive()
            stand.clock.turn(hours=3)
        await stand.drive()
        seen = await stand.read(endpoint)
        assert (seen["enabled"], seen["disabled_why"]) == (False, "failing")
        assert datetime.fromisoformat(seen["failing_since"]) == began
        (entry,) = await stand.log(endpoint)
        assert entry["status"] == "failed"
        assert len(entry["attempts"]) > 8
        said = await stand.owner.fetchrow(
            "select * from audit_event where subject_id = $1 and event = 'webhook.disabled'", endpoint.id
        )
        assert (said["actor_kind"], said["organisation_id"]) == ("system", stand.unit.id)
        came = len(stand.messages(endpoint))
        await stand.happens()
        stand.clock.turn(days=1)
        await stand.drive()
        assert len(stand.messages(endpoint)) == came

    async def test_one_success_begins_the_three_days_anew(self, stand: Stand):
        endpoint = await stand.endpoint()
        stand.receiver.script[endpoint.path].extend(["fail", "ok", "fail"])
        for _ in range(2):
            await stand.happens()
            await stand.drive()
            stand.clock.turn(days=2)
            await stand.drive()
        assert (await stand.read(endpoint))["enabled"]

    async def test_an_address_that_became_private_is_not_sent_to(self, stand: Stand):
        endpoint = await stand.endpoint()
        await stand.owner.execute("update webhook set url = 'https://10.0.0.1/x' where id = $1", endpoint.id)
        await stand.happens()
        await stand.drive()
        (entry,) = await stand.log(endpoint)
        assert [attempt["error"] for attempt in entry["attempts"]] == ["refused_address"]

    async def test_a_secret_of_another_server_signs_nothing(self, stand: Stand):
        endpoint = await stand.endpoint()
        await stand.owner.execute(
            "update webhook_secret set sealed = 'not ours' where webhook_id = $1", endpoint.id
        )
        await stand.happens()
        await stand.drive()
        (entry,) = await stand.log(endpoint)
        assert [attempt["error"] for attempt in entry["attempts"]] == ["secret_unreadable"]
        assert stand.messages(endpoint) == []


class TestManyAtOnce:
    async def test_one_that_hangs_does_not_keep_others_waiting(self, stand: Stand):
        hanging, working = await stand.endpoint(), await stand.endpoint()
        stand.receiver.always[hanging.path] = "hang"
        events = EACH + 4
        for _ in range(events):
            await stand.happens()
        async with Sender(Gate(stand.settings), seconds=60) as patient, asyncio.timeout(50):
            dispatcher = stand.another(patient)
            while len(stand.messages(working)) < events:
                await dispatcher.step()
                await asyncio.sleep(0.005)
            assert 0 < stand.receiver.open_now[hanging.path] == len(stand.messages(hanging)) <= EACH
            await dispatcher.abandon()

    async def test_one_that_fails_is_tried_one_by_one(self, stand: Stand):
        endpoint = await stand.endpoint()
        stand.receiver.always[endpoint.path] = "slow 0.05 fail"
        await stand.happens()
        await stand.drive()
        stand.receiver.most_open.clear()
        for _ in range(6):
            await stand.happens()
        await stand.drive()
        assert len(stand.messages(endpoint)) == 7
        assert stand.receiver.most_open[endpoint.path] == EACH_FAILING

    async def test_two_dispatchers_share_the_work(self, stand: Stand, settings: Any, sender: Sender):
        endpoint = await stand.endpoint()
        stand.receiver.always[endpoint.path] = "slow 0.02"
        events = [await stand.happens() for _ in range(40)]
        other = stand.another(sender)
        await asyncio.gather(stand.drive(), stand.drive(other))
        await stand.drive()
        assert sorted(stand.ids_at(endpoint)) == sorted(events)
        assert stand.receiver.most_open[endpoint.path] <= EACH

    async def test_what_a_dead_process_had_is_sent_again(self, stand: Stand, sender: Sender):
        endpoint = await stand.endpoint()
        stand.receiver.always[endpoint.path] = "hang"
        subject = uuid7()
        event = await stand.happens(subject=subject)
        later = await stand.happens(subject=subject)
        doomed = stand.another(sender)
        while not stand.messages(endpoint):
            await doomed.step()
            await asyncio.sleep(0.01)
        await doomed.abandon()
        stand.receiver.always.clear()
        await stand.drive()
        assert stand.ids_at(endpoint) == [event]
        stand.clock.turn(seconds=LEASE.total_seconds() + 1)
        await stand.drive()
        assert stand.ids_at(endpoint) == [event, event, later]

    async def test_an_answer_after_the_lease_changes_nothing(self, stand: Stand, sender: Sender):
        """The slow one's failure does not undo what another process delivered meanwhile."""
        endpoint = await stand.endpoint()
        stand.receiver.script[endpoint.path].append("hang")
        event = await stand.happens()
        slow = stand.another(sender)
        while not stand.messages(endpoint):
            await slow.step()
            await asyncio.sleep(0.01)
        stand.clock.turn(seconds=LEASE.total_seconds() + 1)
        await stand.drive()
        await slow.settle()
        (entry,) = await stand.log(endpoint)
        assert (entry["event_id"], entry["status"]) == (str(event), "delivered")
        assert sorted(attempt["error"] or "" for attempt in entry["attempts"]) == ["", "timeout"]
