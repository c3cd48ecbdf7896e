"""The dispatcher (bộ phát thông báo): fans events out to endpoints and delivers them, until it is told to stop.

Several may run at once. A delivery belongs to the process that took it up until its lease ends; a process that dies
leaves it to the others, which send it again. So every event arrives at least once, and an earlier event of a subject
before a later one.
"""

import asyncio
import json
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from app.core.database_errors import error_for_database
from app.core.db import Database
from app.core.time import now as system_now
from app.exchange.webhooks import store
from app.exchange.webhooks.schedule import next_attempt, wish_of
from app.exchange.webhooks.sender import Answer, Sender
from app.exchange.webhooks.signing import UnreadableSecret, signed_headers, unseal
from app.exchange.webhooks.store import Order, Outcome

AT_ONCE, AT_ONCE_FAILING = 128, 64
"""Deliveries of one process under way: to endpoints that work, and to those that fail."""
EACH, EACH_FAILING = 16, 1
"""The same for one endpoint, over all processes: one that hangs takes no more places than these."""
LEASE: Final = timedelta(seconds=60)
"""Much longer than any attempt, which is bounded (`sender.SECONDS`), with what is written after it."""
POLL, IDLE, AWAY = 0.25, 1.0, 5.0
"""Seconds to the next look: while there is something, at most when there is nothing, and after an error."""

_log = logging.getLogger("ansinh.webhooks")


class Dispatcher:
    """One process's share of the deliveries. clock: says when it is; chance: from 0 to 1, for the delays' jitter."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        secret_key: str,
        *,
        clock: Callable[[], datetime] = system_now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._sender = sender
        self._secret_key = secret_key
        self._clock = clock
        self._chance = chance
        self._under_way: dict[bool, set[asyncio.Task[None]]] = {False: set(), True: set()}
        self._ended = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until *stop* is set, then let what is under way end. No error of the database ends it."""
        pause = POLL
        while not stop.is_set():
            try:
                pause = POLL if await self.step() else min(pause * 1.5, IDLE)
            except Exception as exc:
                expected = error_for_database(exc) is not None
                _log.log(
                    logging.WARNING if expected else logging.ERROR,
                    "dispatch failed",
                    exc_info=None if expected else exc,
                )
                pause = AWAY
            await self._rest(stop, pause)
        await self.settle()

    async def step(self) -> int:
        """Fan out, and begin what is due. Returns: how many events and deliveries that were."""
        done = await store.fan_out(self._database, self._clock())
        for failing, at_once, each in ((False, AT_ONCE, EACH), (True, AT_ONCE_FAILING, EACH_FAILING)):
            here = self._under_way[failing]
            at = self._clock()
            limit = at_once - len(here)
            orders = await store.take(self._database, at, at + LEASE, limit=limit, each=each, failing=failing)
            for order in orders:
                task = asyncio.create_task(self._deliver(order), name=f"webhook {order.event_id}")
                here.add(task)
                task.add_done_callback(here.discard)
                task.add_done_callback(lambda _: self._ended.set())
            done += len(orders)
        return done

    async def settle(self) -> None:
        """Wait for what is under way."""
        while tasks := self._tasks():
            await asyncio.wait(tasks)

    async def abandon(self) -> None:
        """End what is under way at once; it is sent again when its lease ends."""
        tasks = self._tasks()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [*self._under_way[False], *self._under_way[True]]

    async def _rest(self, stop: asyncio.Event, seconds: float) -> None:
        """Until a delivery has ended, which may let the next one begin, or for so long."""
        self._ended.clear()
        waiting = [asyncio.create_task(event.wait()) for event in (stop, self._ended)]
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    async def _deliver(self, order: Order) -> None:
        """Send once, and write down what came of it; where that fails, the lease ends and it is sent again."""
        at = self._clock()
        try:
            answer = await self._attempt(order, at)
            outcome = outcome_of(order, at, answer, self._chance())
            disabled = await store.finish(self._database, order, at, answer, outcome)
        except Exception as exc:
            expected = error_for_database(exc) is not None
            _log.log(
                logging.WARNING if expected else logging.ERROR,
                "a delivery's outcome is not written",
                exc_info=None if expected else exc,
            )
            return
        if disabled:
            _log.warning("webhook %s disabled: %s", order.webhook_id, disabled)

    async def _attempt(self, order: Order, at: datetime) -> Answer:
        body = body_of(order)
        try:
            keys = [unseal(self._secret_key, id_, sealed) for id_, sealed in order.secrets]
        except UnreadableSecret:
            return Answer(0, None, "secret_unreadable", "", None)
        headers = signed_headers(order.event_id, int(at.timestamp()), body, keys)
        return await self._sender.post(order.url, headers, body)


def body_of(order: Order) -> bytes:
    """The message, the same at every attempt."""
    told = {"id": order.subject_id, "organisation_id": order.organisation_id, **json.loads(order.data)}
    if order.kind.startswith("webhook."):
        told = {"webhook_id": order.subject_id}
    message = {"type": order.kind, "timestamp": order.at.isoformat().replace("+00:00", "Z"), "data": told}
    return json.dumps(message, default=str, ensure_ascii=False, separators=(",", ":")).encode()


def outcome_of(order: Order, at: datetime, answer: Answer, chance: float) -> Outcome:
    """What follows from an attempt that began at *at*."""
    if answer.error is None:
        return Outcome("delivered")
    if answer.gone:
        return Outcome("failed")
    wish = wish_of(answer.retry_after, at)
    due = next_attempt(order.tries + 1, order.first_at, at, chance=chance, retry_after=wish)
    return Outcome("failed") if due is None else Outcome("pending", due)
