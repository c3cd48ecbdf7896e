"""The whole way: a partner sends an enrolment, BHXH decides, and the partner's endpoint is told."""

from standardwebhooks import Webhook

from app.core.ids import uuid7
from tests.exchange.webhooks.stand import Stand
from tests.insurance.rows import BATCHES, row
from tests.routers.answers import got


async def test_a_partner_hears_what_became_of_its_rows(stand: Stand):
    world, client = stand.world, stand.client
    partner = await world.partner(stand.unit, "enrolments:write", "webhooks:manage")
    bhxh = await world.user(await world.unit("bhxh"), "bhxh_officer")
    group = await world.group(stand.unit)
    endpoint = await stand.endpoint(partner)
    sent = row(world.commune, group_code=group.code)
    headers = partner.headers | {"Idempotency-Key": str(uuid7())}
    answer = got(await client.post(BATCHES, json={"mode": "partial", "items": [sent]}, headers=headers))
    (made,) = answer["items"]
    got(await client.post(f"/v1/enrolments/{made['enrolment_id']}/accept", json={}, headers=bhxh.headers))
    await stand.drive()
    read = [Webhook(endpoint.secret).verify(one.body, one.headers) for one in stand.messages(endpoint)]
    assert [one["type"] for one in read] == ["enrolment.submitted", "enrolment.accepted"]
    assert {one["data"]["external_ref"] for one in read} == {sent["external_ref"]}
    for secret in (sent["full_name"], sent["national_id"], sent["phone"]):
        assert all(secret not in one.body.decode() for one in stand.messages(endpoint))
