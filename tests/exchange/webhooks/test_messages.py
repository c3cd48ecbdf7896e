"""From an event to a receiver that verifies it: what is sent, and who hears of what."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from standardwebhooks import Webhook

from app.core.ids import uuid7
from tests.databases import DatabaseUrls
from tests.exchange.webhooks.stand import PATH, Stand
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
