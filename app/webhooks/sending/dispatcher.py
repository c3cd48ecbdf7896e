"""The dispatcher (bộ phát thông báo): fans events out to endpoints and delivers them, until it is stopped.

Several may run at once. A delivery belongs to the process that leased it until the lease ends; when a process
dies, another one sends it again. So every event arrives at least once, and an earlier event of a subject before a later
one.
"""

import asyncio
import json
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from app.auth.keys.sealing import SecretKeys, UnreadableValue
from app.core.postgres.database import Database
from app.core.postgres.database_errors import log_failure
from app.core.values.time import now as system_now
from app.webhooks.sending import store
from app.webhooks.sending.masking import mask_answer
from app.webhooks.sending.schedule import parse_retry_after, schedule_next_attempt
from app.webhooks.sending.sender import AttemptResult, WebhookSender
from app.webhooks.sending.signing import build_secret_sealer, sign_message
from app.webhooks.sending.store import DeliveryOutcome, LeasedDelivery

MAX_CONCURRENT, MAX_CONCURRENT_FAILING = 128, 64
"""The most concurrent deliveries of one process: to endpoints that work, and to those that fail."""
MAX_PER_ENDPOINT, MAX_PER_FAILING_ENDPOINT = 16, 1
"""The same for one endpoint, over all processes, so that one that hangs takes no more than these."""
LEASE_DURATION: Final = timedelta(seconds=60)
"""Much longer than any attempt (`sender.ATTEMPT_SECONDS`) and the recording of its outcome."""
POLL_SECONDS, IDLE_SECONDS, ERROR_SECONDS = 0.25, 1.0, 5.0
"""Seconds until the next poll: while there are deliveries, at most when there are none, and after an error."""

_log = logging.getLogger("ansinh.webhooks")


class Dispatcher:
    """One process's share of the deliveries. clock: returns the time; chance: returns a number from 0 to 1."""

    def __init__(
        self,
        database: Database,
        sender: WebhookSender,
        secret_keys: SecretKeys,
        *,
        clock: Callable[[], datetime] = system_now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._sender = sender
        self._sealer = build_secret_sealer(secret_keys)
        self._clock = clock
        self._random = chance
        self._in_flight: dict[bool, set[asyncio.Task[None]]] = {False: set(), True: set()}
        self._delivery_ended = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until *stop* is set, then finish what is in flight. No error of the database ends it."""
        pause = POLL_SECONDS
        while not stop.is_set():
            try:
                pause = POLL_SECONDS if await self.step() else min(pause * 1.5, IDLE_SECONDS)
            except Exception as exc:
                log_failure(_log, exc, "dispatch failed")
                pause = ERROR_SECONDS
            await self._wait(stop, pause)
        await self.drain()

    async def step(self) -> int:
        """Fan out events and start due deliveries. Returns: how many events and deliveries."""
        done = await store.fan_out_events(self._database, self._clock())
        for failing, max_concurrent, per_endpoint in (
            (False, MAX_CONCURRENT, MAX_PER_ENDPOINT),
            (True, MAX_CONCURRENT_FAILING, MAX_PER_FAILING_ENDPOINT),
        ):
            tasks = self._in_flight[failing]
            started_at = self._clock()
            limit = max_concurrent - len(tasks)
            leased = await store.lease_deliveries(
                self._database,
                started_at,
                started_at + LEASE_DURATION,
                limit=limit,
                per_endpoint=per_endpoint,
                failing=failing,
            )
            for delivery in leased:
                task = asyncio.create_task(self._deliver(delivery), name=f"webhook {delivery.event_id}")
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                task.add_done_callback(lambda _: self._delivery_ended.set())
            done += len(leased)
        return done

    async def drain(self) -> None:
        """Wait for the deliveries in flight."""
        while tasks := self._tasks():
            await asyncio.wait(tasks)

    async def cancel_all(self) -> None:
        """Cancel the deliveries in flight; they are sent again when their lease ends."""
        tasks = self._tasks()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [*self._in_flight[False], *self._in_flight[True]]

    async def _wait(self, stop: asyncio.Event, seconds: float) -> None:
        """Wait for so many seconds, or until a delivery has ended, which may let the next one begin."""
        self._delivery_ended.clear()
        waiting = [asyncio.create_task(event.wait()) for event in (stop, self._delivery_ended)]
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    async def _deliver(self, delivery: LeasedDelivery) -> None:
        """Send once, and record the outcome; when recording fails, the lease ends and it is sent again."""
        started_at = self._clock()
        try:
            result = await self._attempt(delivery, started_at)
            outcome = decide_outcome(delivery, started_at, result, self._random())
            answer = await self._mask(delivery, result)
            disabled = await store.record_attempt(
                self._database, delivery, started_at, result, answer, outcome
            )
        except Exception as exc:
            log_failure(_log, exc, "a delivery's outcome is not written")
            return
        if disabled:
            _log.warning("webhook %s disabled: %s", delivery.webhook_id, disabled)

    async def _mask(self, delivery: LeasedDelivery, result: AttemptResult) -> str:
        """Mask what was answered, the people whom the message was about as well."""
        if not result.text:
            return ""
        people = await store.read_people(self._database, delivery.seq)
        return mask_answer(result.text, people, is_cut=result.is_cut)

    async def _attempt(self, delivery: LeasedDelivery, started_at: datetime) -> AttemptResult:
        body = build_message(delivery)
        try:
            keys = [self._sealer.unseal(id_, sealed) for id_, sealed in delivery.secrets]
        except UnreadableValue as error:
            _log.error("%s", error)
            return AttemptResult(0, None, "secret_unreadable", "", None)
        headers = sign_message(delivery.event_id, int(started_at.timestamp()), body, keys)
        return await self._sender.post(delivery.url, headers, body)


def build_message(delivery: LeasedDelivery) -> bytes:
    """Build the message body, the same at every attempt."""
    data = {
        "id": delivery.subject_id,
        "organisation_id": delivery.organisation_id,
        **json.loads(delivery.data),
    }
    if delivery.kind.startswith("webhook."):
        data = {"webhook_id": delivery.subject_id}
    message = {
        "type": delivery.kind,
        "timestamp": delivery.at.isoformat().replace("+00:00", "Z"),
        "data": data,
    }
    return json.dumps(message, default=str, ensure_ascii=False, separators=(",", ":")).encode()


def decide_outcome(
    delivery: LeasedDelivery, started_at: datetime, result: AttemptResult, chance: float
) -> DeliveryOutcome:
    """Decide the outcome of an attempt: delivered, failed, or when to retry."""
    if result.error is None:
        return DeliveryOutcome("delivered")
    if result.gone:
        return DeliveryOutcome("failed")
    retry_after = parse_retry_after(result.retry_after, started_at)
    due_at = schedule_next_attempt(
        delivery.tries + 1, delivery.first_at, started_at, chance=chance, retry_after=retry_after
    )
    return DeliveryOutcome("failed") if due_at is None else DeliveryOutcome("pending", due_at)
