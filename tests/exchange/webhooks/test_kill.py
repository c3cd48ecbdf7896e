"""Workers deliver: killed ones (kill -9) leave it to others, stopped ones end what they have begun."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.core.ids import uuid7
from app.core.settings import Settings
from app.exchange.webhooks.dispatcher import LEASE
from tests.exchange.webhooks.stand import Endpoint, Stand

KILLS, SUBJECTS, EVENTS_EACH = 2, 10, 4


@contextmanager
def working(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own, killed at the end of the block; it takes up no jobs of others."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app.exchange"],
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


async def arrived(stand: Stand, endpoint: Endpoint, count: int) -> None:
    async with asyncio.timeout(30):
        while len(stand.messages(endpoint)) < count:
            stand.receiver.arrived.clear()
            await stand.receiver.arrived.wait()


async def test_every_event_arrives_in_order_though_workers_die(stand: Stand, settings: Settings):
    endpoint = await stand.endpoint()
    stand.receiver.always[endpoint.path] = "slow 0.05"
    subjects = [uuid7() for _ in range(SUBJECTS)]
    made = {
        subject: [await stand.happens(subject=subject) for _ in range(EVENTS_EACH)] for subject in subjects
    }
    for _ in range(KILLS):
        with working(settings):
            await arrived(stand, endpoint, len(stand.messages(endpoint)) + 5)
        # As if the leases of the dead process had ended by now.
        await stand.owner.execute(
            "update webhook_delivery set due_at = now() - interval '1 second'"
            " where webhook_id = $1 and lease is not null",
            endpoint.id,
        )
    stand.clock.turn(seconds=LEASE.total_seconds() + 60)
    await stand.drive()
    came = stand.ids_at(endpoint)
    for events in made.values():
        firsts = sorted(events, key=came.index)
        assert firsts == events
    assert {entry["status"] for entry in await stand.log(endpoint)} == {"delivered"}


async def test_a_worker_that_is_stopped_ends_what_it_has_begun(stand: Stand, settings: Settings):
    endpoint = await stand.endpoint()
    stand.receiver.always[endpoint.path] = "slow 0.5"
    event = await stand.happens()
    with working(settings) as process:
        await arrived(stand, endpoint, 1)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 20) == 0
    assert stand.ids_at(endpoint) == [event]
    (entry,) = await stand.log(endpoint)
    assert entry["status"] == "delivered"
