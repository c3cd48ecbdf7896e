"""What the dispatcher asks of the database: who hears what, what is due, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from app.core.db import Database
from app.core.ids import uuid7
from app.exchange.webhooks.schedule import PATIENCE
from app.exchange.webhooks.sender import ANSWER_BYTES, Answer

FAN_OUT: Final = 1000
"""Events at a time."""

_LEASE: Final = "select * from lease_deliveries($1, $2, $3, $4, $5)"
_FINISH: Final = "select finish_delivery($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as disabled"


@dataclass(frozen=True, slots=True)
class Order:
    """A delivery that was taken up: what to send, and where. secrets: sealed, by their ids, the newest first."""

    webhook_id: UUID
    seq: int
    lease: UUID
    url: str
    secrets: tuple[tuple[UUID, bytes], ...]
    event_id: UUID
    kind: str
    at: datetime
    subject_id: UUID
    organisation_id: UUID
    data: str
    tries: int
    first_at: datetime

    @classmethod
    def of(cls, row: asyncpg.Record) -> "Order":
        values = dict(row)
        ids, sealed = values.pop("secret_ids") or (), values.pop("secrets") or ()
        return cls(secrets=tuple(zip(ids, sealed, strict=True)), **values)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from an attempt. status: delivered, pending until due_at, or failed for good."""

    status: str
    due_at: datetime | None = None


async def fan_out(database: Database, now: datetime) -> int:
    """Look up who hears the next events. Returns: how many events; 0 also when another process is at it."""
    moved = await database.driver.fetchval("select fan_out_events($1, $2)", now, FAN_OUT)
    return moved or 0


async def take(
    database: Database, now: datetime, until: datetime, *, limit: int, each: int, failing: bool
) -> list[Order]:
    """At most *limit* due deliveries, which are ours until *until*; at most *each* of an endpoint are anybody's."""
    if limit <= 0:
        return []
    return [Order.of(row) for row in await database.driver.fetch(_LEASE, now, until, limit, each, failing)]


async def finish(
    database: Database, order: Order, at: datetime, answer: Answer, outcome: Outcome
) -> str | None:
    """Note an attempt that began at *at*. Returns: why the endpoint was disabled by it, if it was."""
    disabled: str | None = await database.driver.fetchval(
        _FINISH, order.webhook_id, order.seq, order.lease, at, answer.duration_ms, answer.code, answer.error,
        answer.text[:ANSWER_BYTES], outcome.status, outcome.due_at, answer.gone, PATIENCE, uuid7(),
    )  # fmt: skip
    return disabled
