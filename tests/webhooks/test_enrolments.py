"""End to end: a partner sends an enrolment, BHXH decides, and the partner's endpoint is notified."""

from typing import Any

import pytest
from standardwebhooks import Webhook

from app.core.values.ids import uuid7
from app.core.values.search_key import search_key
from app.webhooks.sending.masking import HIDDEN
from tests.insurance.enrolment_scenario import BATCHES, enrolment_row
from tests.routers.responses import expect_json
from tests.webhooks.scenario import WebhookScenario


async def test_a_partner_hears_what_became_of_its_rows(scenario: WebhookScenario):
    world, client = scenario.world, scenario.client
    partner = await world.partner(scenario.unit, "enrolments:write", "webhooks:manage")
    bhxh = await world.user(await world.unit("bhxh"), "bhxh_officer")
    group = await world.group(scenario.unit)
    endpoint = await scenario.create_endpoint(partner)
    sent = enrolment_row(world.commune, group_code=group.code)
    headers = partner.headers | {"Idempotency-Key": str(uuid7())}
    body = expect_json(await client.post(BATCHES, json={"mode": "partial", "items": [sent]}, headers=headers))
    (created,) = body["items"]
    expect_json(
        await client.post(f"/v1/enrolments/{created['enrolment_id']}/accept", json={}, headers=bhxh.headers)
    )
    await scenario.deliver_due()
    read = [
        Webhook(endpoint.secret).verify(one.body, one.headers) for one in scenario.received_messages(endpoint)
    ]
    assert [one["type"] for one in read] == ["enrolment.submitted", "enrolment.accepted"]
    assert {one["data"]["external_ref"] for one in read} == {sent["external_ref"]}
    for secret in (sent["full_name"], sent["national_id"], sent["phone"]):
        assert all(secret not in one.body.decode() for one in scenario.received_messages(endpoint))


@pytest.mark.parametrize(
    "repeat",
    [
        lambda sent: search_key(sent["full_name"]),
        lambda sent: search_key(sent["full_name"]).replace(" ", ""),
        lambda sent: " - ".join(sent["national_id"]),
        lambda sent: " - ".join(sent["phone"]),
    ],
    ids=["name", "one word", "number", "phone"],
)
async def test_what_an_endpoint_repeats_of_the_person_is_not_shown(scenario: WebhookScenario, repeat: Any):
    endpoint = await scenario.create_endpoint()
    group = await scenario.world.group(scenario.unit)
    partner = await scenario.world.partner(scenario.unit, "enrolments:write")
    sent = enrolment_row(scenario.world.commune, group_code=group.code, full_name="Trần Thị Lựu")
    scenario.receiver.default_behaviours[endpoint.path] = f"say no such person: {repeat(sent)}."
    headers = partner.headers | {"Idempotency-Key": str(uuid7())}
    batch = {"mode": "partial", "items": [sent]}
    expect_json(await scenario.client.post(BATCHES, json=batch, headers=headers))
    await scenario.deliver_due()
    (entry,) = await scenario.list_deliveries(endpoint)
    answer = entry["attempts"][0]["answer"]
    assert answer.startswith("no such person: ")
    assert answer.endswith(f"{HIDDEN}.")
    assert repeat(sent)[-5:] not in answer
