"""From an event to a receiver that verifies it: what is sent, and to whom."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from standardwebhooks import Webhook

from app.core.values.ids import uuid7
from tests.databases import DatabaseUrls
from tests.routers.responses import expect_json
from tests.webhooks.scenario import PATH, WebhookScenario

_DISABLED = "update api_client set disabled_at = now() where id = $1"
_CLOSED = """
update organisation o set closed_on = current_date - 1 from api_client k where k.id = $1 and o.id = k.organisation_id
"""


class TestMessage:
    async def test_it_is_signed_and_says_what_happened(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        enrolment = uuid7()
        data = {"status": "returned", "external_ref": "A-1", "reasons": [{"pointer": "/x", "code": "y"}]}
        event = await scenario.emit_event("enrolment.returned", enrolment, data=data)
        await scenario.deliver_due()
        (message,) = scenario.received_messages(endpoint)
        read = Webhook(endpoint.secret).verify(message.body, message.headers)
        assert read["type"] == "enrolment.returned"
        assert read["data"] == data | {"id": str(enrolment), "organisation_id": str(scenario.unit.id)}
        assert datetime.fromisoformat(read["timestamp"]).tzinfo is not None
        assert set(read) == {"type", "timestamp", "data"}
        assert UUID(message.id) == event

    async def test_the_log_tells_it(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        event = await scenario.emit_event()
        await scenario.deliver_due()
        (entry,) = await scenario.list_deliveries(endpoint)
        assert (entry["event_id"], entry["status"], entry["next_attempt_at"]) == (
            str(event),
            "delivered",
            None,
        )
        (attempt,) = entry["attempts"]
        assert (attempt["number"], attempt["status_code"], attempt["error"]) == (1, 200, None)
        assert attempt["answer"] == "ok"
        assert 0 <= attempt["duration_ms"] < 1000
        one = await scenario.client.get(
            f"{PATH}/{endpoint.id}/deliveries/{event}", headers=endpoint.login.headers
        )
        assert expect_json(one) == entry

    async def test_both_secrets_sign_while_two_are_alive(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        newer = expect_json(await scenario.post_action(endpoint, "secrets", {}), 201)
        await scenario.emit_event()
        await scenario.deliver_due()
        (older_id, *_), message = (
            (await scenario.read_endpoint(endpoint))["secrets"],
            scenario.received_messages(endpoint)[0],
        )
        for secret in (endpoint.secret, newer["secret"]):
            Webhook(secret).verify(message.body, message.headers)
        expect_json(await scenario.post_action(endpoint, f"secrets/{older_id['id']}/revoke"))
        await scenario.emit_event()
        await scenario.deliver_due()
        message = scenario.received_messages(endpoint)[1]
        assert message.headers["webhook-signature"].count("v1,") == 1
        Webhook(newer["secret"]).verify(message.body, message.headers)

    async def test_a_secret_ends_with_its_last_day(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        today = scenario.clock().astimezone().date()
        body = {"older_valid_until": str(today + timedelta(days=1))}
        expect_json(await scenario.post_action(endpoint, "secrets", body), 201)
        for signatures in (2, 1):
            await scenario.emit_event()
            await scenario.deliver_due()
            assert (
                scenario.received_messages(endpoint)[-1].headers["webhook-signature"].count("v1,")
                == signatures
            )
            scenario.clock.advance(days=3)

    async def test_a_trial_goes_to_its_endpoint_alone(self, scenario: WebhookScenario):
        tried = await scenario.create_endpoint(kinds=["enrolment.paid"])
        other = await scenario.create_endpoint()
        event = expect_json(await scenario.post_action(tried, "test"), 202)["event_id"]
        await scenario.deliver_due()
        (message,) = scenario.received_messages(tried)
        read = Webhook(tried.secret).verify(message.body, message.headers)
        assert (message.id, read["type"], read["data"]) == (
            event,
            "webhook.test",
            {"webhook_id": str(tried.id)},
        )
        assert scenario.received_messages(other) == []


class TestAudience:
    async def test_an_organisation_hears_of_its_network_in_its_places(self, scenario: WebhookScenario):
        world = scenario.world
        endpoint = await scenario.create_endpoint()
        below = await world.unit("womens_union", world.commune, level="commune")
        elsewhere = await world.unit("womens_union", world.sibling_province)
        farmers = await world.unit("farmers_association")
        announced = [await scenario.emit_event(), await scenario.emit_event(unit=below)]
        for unit in (elsewhere, farmers, await world.national("womens_union")):
            await scenario.emit_event(unit=unit)
        await scenario.deliver_due()
        assert sorted(scenario.received_ids(endpoint)) == sorted(announced)

    async def test_bhxh_hears_of_every_network_in_its_places(self, scenario: WebhookScenario):
        world = scenario.world
        bhxh = await world.user(await world.unit("bhxh"), "bhxh_admin")
        endpoint = await scenario.create_endpoint(bhxh)
        announced = [
            await scenario.emit_event(),
            await scenario.emit_event(unit=await world.unit("farmers_association")),
        ]
        await scenario.emit_event(unit=await world.unit("womens_union", world.sibling_province))
        await scenario.deliver_due()
        assert sorted(scenario.received_ids(endpoint)) == sorted(announced)

    async def test_a_partner_system_hears_of_what_it_sent(self, scenario: WebhookScenario):
        partner = await scenario.world.partner(scenario.unit, "webhooks:manage")
        other = await scenario.world.partner(scenario.unit, "webhooks:manage")
        endpoint = await scenario.create_endpoint(partner)
        announced = [
            await scenario.emit_event(client=partner),
            await scenario.emit_event("job.finished", client=partner),
        ]
        await scenario.emit_event(client=other)
        await scenario.emit_event()
        await scenario.deliver_due()
        assert sorted(scenario.received_ids(endpoint)) == sorted(announced)

    async def test_jobs_are_their_organisations_own(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint()
        below = await scenario.world.unit("womens_union", scenario.world.commune, level="commune")
        await scenario.emit_event("job.finished", unit=below)
        own = await scenario.emit_event("job.finished")
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint) == [own]

    async def test_only_the_kinds_that_it_asked_for(self, scenario: WebhookScenario):
        endpoint = await scenario.create_endpoint(kinds=["enrolment.paid", "premium_payment.posted"])
        announced = [
            await scenario.emit_event("enrolment.paid"),
            await scenario.emit_event("premium_payment.posted"),
        ]
        await scenario.emit_event("enrolment.accepted")
        await scenario.deliver_due()
        assert sorted(scenario.received_ids(endpoint)) == sorted(announced)

    @pytest.mark.parametrize("ending", [_DISABLED, _CLOSED])
    async def test_who_is_shut_out_is_told_nothing(self, scenario: WebhookScenario, ending: str):
        partner = await scenario.world.partner(await scenario.world.unit("womens_union"), "webhooks:manage")
        endpoint = await scenario.create_endpoint(partner)
        scenario.receiver.behaviours[endpoint.path].append("fail")
        await scenario.emit_event(client=partner)
        await scenario.deliver_due()
        await scenario.owner.execute(ending, partner.id)
        await scenario.emit_event(client=partner)
        scenario.clock.advance(hours=1)
        await scenario.deliver_due()
        assert len(scenario.received_messages(endpoint)) == 1

    async def test_a_late_commit_is_not_passed_over(
        self, scenario: WebhookScenario, database_urls: DatabaseUrls
    ):
        endpoint = await scenario.create_endpoint()
        late = await asyncpg.connect(database_urls.admin)
        try:
            transaction = late.transaction()
            await transaction.start()
            first = await scenario.emit_event(connection=late)
            second = await scenario.emit_event()
            await scenario.deliver_due()
            assert scenario.received_ids(endpoint) == [second]
            await transaction.commit()
        finally:
            await late.close()
        await scenario.deliver_due()
        assert scenario.received_ids(endpoint) == [second, first]
