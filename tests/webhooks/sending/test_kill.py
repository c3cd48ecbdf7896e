"""Workers deliver: others take over from killed ones (kill -9), stopped ones finish what they have begun."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.core.settings import Settings
from app.core.values.ids import uuid7
from app.webhooks.sending.dispatcher import LEASE_DURATION
from tests.webhooks.scenario import Endpoint, WebhookScenario

KILLS, SUBJECTS, EVENTS_EACH = 2, 10, 4


@contextmanager
def run_worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker in a process of its own, killed at the end of the block; it takes up no jobs of others."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app.worker"],
        env=os.environ
        | {
            "ANSINH_APP_DATABASE_URL": str(settings.app_database_url),
            "ANSINH_SECRET_KEY": str(settings.secret_key),
            "ANSINH_JOB_STALLED_SECONDS": "600",
            "ANSINH_LOG_LEVEL": "WARNING",
            "ANSINH_WEBHOOK_ALLOW_HTTP": "true",
            "ANSINH_WEBHOOK_ALLOW_NETWORKS": "127.0.0.0/8",
        },
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


async def wait_for_messages(scenario: WebhookScenario, endpoint: Endpoint, count: int) -> None:
    async with asyncio.timeout(30):
        while len(scenario.received_messages(endpoint)) < count:
            scenario.receiver.arrived.clear()
            await scenario.receiver.arrived.wait()


async def test_every_event_arrives_in_order_though_workers_die(scenario: WebhookScenario, settings: Settings):
    endpoint = await scenario.create_endpoint()
    scenario.receiver.default_behaviours[endpoint.path] = "slow 0.05"
    subjects = [uuid7() for _ in range(SUBJECTS)]
    created = {
        subject: [await scenario.emit_event(subject=subject) for _ in range(EVENTS_EACH)]
        for subject in subjects
    }
    for _ in range(KILLS):
        with run_worker(settings):
            await wait_for_messages(scenario, endpoint, len(scenario.received_messages(endpoint)) + 5)
        # As if the leases of the dead process had ended by now.
        await scenario.owner.execute(
            "update webhook_delivery set due_at = now() - interval '1 second'"
            " where webhook_id = $1 and lease is not null",
            endpoint.id,
        )
    scenario.clock.advance(seconds=LEASE_DURATION.total_seconds() + 60)
    await scenario.deliver_due()
    received_ids = scenario.received_ids(endpoint)
    for events in created.values():
        firsts = sorted(events, key=received_ids.index)
        assert firsts == events
    assert {entry["status"] for entry in await scenario.list_deliveries(endpoint)} == {"delivered"}


async def test_a_worker_that_is_stopped_ends_what_it_has_begun(scenario: WebhookScenario, settings: Settings):
    endpoint = await scenario.create_endpoint()
    scenario.receiver.default_behaviours[endpoint.path] = "slow 0.5"
    event = await scenario.emit_event()
    with run_worker(settings) as process:
        await wait_for_messages(scenario, endpoint, 1)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 20) == 0
    assert scenario.received_ids(endpoint) == [event]
    (entry,) = await scenario.list_deliveries(endpoint)
    assert entry["status"] == "delivered"
