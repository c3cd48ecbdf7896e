"""From an event to a receiver that verifies it: what is sent, to whom, in which order, and again where it fails."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from standardwebhooks import Webhook

from app.core.ids import uuid7
from app.exchange.webhooks.dispatcher import EACH, EACH_FAILING, LEASE
from app.exchange.webhooks.schedule import PATIENCE
from app.exchange.webhooks.sender import Sender
from tests.databases import DatabaseUrls
from tests.exchange.webhooks.stand import PATH, Endpoint, Stand
from tests.routers.answers import got

_DISABLED = "update api_client set disabled_at = now() where id = $1"
_CLOSED = """
update organisation o set closed_on = current_date - 1 from api_client k where k.id = $1 and o.id = k.organisation_id
"""


class TestMessage:
    async def test_it_is_signed_and_says_what_happened(self, stand: Stand):
        endpoint = await stand.endpoint()
        enrolment = uuid7()
        told = {"status": "returned", "external_ref": "A-1", "reasons": [{"pointer": "/x", "code": "y"}]}
        event = await stand.happens("enrolment.returned", enrolment, data=told)
        await stand.drive()
        (message,) = stand.messages(endpoint)
        read = Webhook(endpoint.secret).verify(message.body, message.headers)
        assert read["type"] == "enrolment.returned"
        assert read["data"] == told | {"id": str(enrolment), "organisation_id": str(stand.unit.id)}
        assert datetime.fromisoformat(read["timestamp"]).tzinfo is not None
        assert set(read) == {"type", "timestamp", "data"}
        assert UUID(message.id) == event

    async def test_the_log_tells_it(self, stand: Stand):
        endpoint = await stand.endpoint()
        event = await stand.happens()
        await stand.drive()
        (entry,) = await stand.log(endpoint)
        assert (entry["event_id"], entry["status"], entry["next_attempt_at"]) == (
            str(event),
            "delivered",
            None,
        )
        (attempt,) = entry["attempts"]
        assert (attempt["number"], attempt["status_code"], attempt["error"]) == (1, 200, None)
        assert attempt["answer"] == "ok"
        assert 0 <= attempt["duration_ms"] < 1000
        one = await stand.client.get(
            f"{PATH}/{endpoint.id}/deliveries/{event}", headers=endpoint.login.headers
        )
        assert got(one) == entry

    async def test_both_secrets_sign_while_two_are_alive(self, stand: Stand):
        endpoint = await stand.endpoint()
        newer = got(await stand.ask(endpoint, "secrets", {}), 201)
        await stand.happens()
        await stand.drive()
        (older_id, *_), message = (await stand.read(endpoint))["secrets"], stand.messages(endpoint)[0]
        for secret in (endpoint.secret, newer["secret"]):
            Webhook(secret).verify(message.body, message.headers)
        got(await stand.ask(endpoint, f"secrets/{older_id['id']}/revoke"))
        await stand.happens()
        await stand.drive()
        message = stand.messages(endpoint)[1]
        assert message.headers["webhook-signature"].count("v1,") == 1
        Webhook(newer["secret"]).verify(message.body, message.headers)

    async def test_a_secret_ends_with_its_last_day(self, stand: Stand):
        endpoint = await stand.endpoint()
        today = stand.clock().astimezone().date()
        body = {"older_valid_until": str(today + timedelta(days=1))}
        got(await stand.ask(endpoint, "secrets", body), 201)
        for signatures in (2, 1):
            await stand.happens()
            await stand.drive()
            assert stand.messages(endpoint)[-1].headers["webhook-signature"].count("v1,") == signatures
            stand.clock.turn(days=3)

    async def test_a_trial_goes_to_its_endpoint_alone(self, stand: Stand):
        tried = await stand.endpoint(kinds=["enrolment.paid"])
        other = await stand.endpoint()
        event = got(await stand.ask(tried, "test"), 202)["event_id"]
        await stand.drive()
        (message,) = stand.messages(tried)
        read = Webhook(tried.secret).verify(message.body, message.headers)
        assert (message.id, read["type"], read["data"]) == (
            event,
            "webhook.test",
            {"webhook_id": str(tried.id)},
        )
        assert stand.messages(other) == []


class TestAudience:
    async def test_an_organisation_hears_of_its_network_in_its_places(self, stand: Stand):
        world = stand.world
        endpoint = await stand.endpoint()
        below = await world.unit("womens_union", world.commune, level="commune")
        elsewhere = await world.unit("womens_union", world.sibling_province)
        farmers = await world.unit("farmers_association")
        heard = [await stand.happens(), await stand.happens(unit=below)]
        for unit in (elsewhere, farmers, await world.national("womens_union")):
            await stand.happens(unit=unit)
        await stand.drive()
        assert sorted(stand.ids_at(endpoint)) == sorted(heard)

    async def test_bhxh_hears_of_every_network_in_its_places(self, stand: Stand):
        world = stand.world
        bhxh = await world.user(await world.unit("bhxh"), "bhxh_admin")
        endpoint = await stand.endpoint(bhxh)
        heard = [await stand.happens(), await stand.happens(unit=await world.unit("farmers_association"))]
        await stand.happens(unit=await world.unit("womens_union", world.sibling_province))
        await stand.drive()
        assert sorted(stand.ids_at(endpoint)) == sorted(heard)

    async def test_a_partner_system_hears_of_what_it_sent(self, stand: Stand):
        partner = await stand.world.partner(stand.unit, "webhooks:manage")
        other = await stand.world.partner(stand.unit, "webhooks:manage")
        endpoint = await stand.endpoint(partner)
        heard = [
            await stand.happens(client=partner),
            await stand.happens("job.finished", client=partner),
        ]
        await stand.happens(client=other)
        await stand.happens()
        await stand.drive()
        assert sorted(stand.ids_at(endpoint)) == sorted(heard)

    async def test_jobs_are_their_organisations_own(self, stand: Stand):
        endpoint = await stand.endpoint()
        below = await stand.world.unit("womens_union", stand.world.commune, level="commune")
        await stand.happens("job.finished", unit=below)
        own = await stand.happens("job.finished")
        await stand.drive()
        assert stand.ids_at(endpoint) == [own]

    async def test_only_the_kinds_that_it_asked_for(self, stand: Stand):
        endpoint = await stand.endpoint(kinds=["enrolment.paid", "premium_payment.posted"])
        heard = [await stand.happens("enrolment.paid"), await stand.happens("premium_payment.posted")]
        await stand.happens("enrolment.accepted")
        await stand.drive()
        assert sorted(stand.ids_at(endpoint)) == sorted(heard)

    @pytest.mark.parametrize("ending", [_DISABLED, _CLOSED])
    async def test_who_is_shut_out_is_told_nothing(self, stand: Stand, ending: str):
        partner = await stand.world.partner(await stand.world.unit("womens_union"), "webhooks:manage")
        endpoint = await stand.endpoint(partner)
        stand.receiver.script[endpoint.path].append("fail")
        await stand.happens(client=partner)
        await stand.drive()
        await stand.owner.execute(ending, partner.id)
        await stand.happens(client=partner)
        stand.clock.turn(hours=1)
        await stand.drive()
        assert len(stand.messages(endpoint)) == 1

    async def test_a_late_commit_is_not_passed_over(self, stand: Stand, database_urls: DatabaseUrls):
        endpoint = await stand.endpoint()
        late = await asyncpg.connect(database_urls.admin)
        try:
            transaction = late.transaction()
            await transaction.start()
            first = await stand.happens(connection=late)
            second = await stand.happens()
            await stand.drive()
            assert stand.ids_at(endpoint) == [second]
            await transaction.commit()
        finally:
            await late.close()
        await stand.drive()
        assert stand.ids_at(endpoint) == [second, first]


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
        for _ in range(30):
            await stand.happens()
        async with asyncio.timeout(0.45):  # less than the hanging one's attempts take
            while len(stand.messages(working)) < 30:
                await stand.dispatcher.step()
                await asyncio.sleep(0.005)
        assert 0 < len(stand.messages(hanging)) <= EACH
        await stand.dispatcher.settle()
        assert stand.receiver.most_open[hanging.path] <= EACH
        await stand.drive()
        assert len(stand.messages(hanging)) <= EACH + 30 * EACH_FAILING

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
