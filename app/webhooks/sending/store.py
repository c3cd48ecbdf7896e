"""Database calls of the dispatcher: fan events out, lease due deliveries, record attempts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from app.core.postgres.database import Database
from app.core.values.ids import uuid7
from app.webhooks.sending.known_people import KnownPeople
from app.webhooks.sending.schedule import RETRY_WINDOW
from app.webhooks.sending.sender import MAX_ANSWER_BYTES, AttemptResult

FAN_OUT_EVENTS: Final = 1000
"""The most events of one call."""

_LEASE_DELIVERIES: Final = "select * from lease_deliveries($1, $2, $3, $4, $5, $6)"
_READ_PEOPLE: Final = "select names, numbers from people_of_event($1, $2)"
_FINISH_DELIVERY: Final = (
    "select finish_delivery($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) as disabled"
)


@dataclass(frozen=True, slots=True)
class LeasedDelivery:
    """A leased delivery: what to send, and where. secrets: encrypted, by their ids, the newest first."""

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
    def from_record(cls, row: asyncpg.Record) -> "LeasedDelivery":
        values = dict(row)
        ids, sealed = values.pop("secret_ids") or (), values.pop("secrets") or ()
        return cls(secrets=tuple(zip(ids, sealed, strict=True)), **values)


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """The outcome of an attempt. status: delivered, pending until due_at, or failed for good."""

    status: str
    due_at: datetime | None = None


async def fan_out_events(database: Database, now: datetime) -> int:
    """Fan the next events out to their endpoints. Returns: how many events; 0 also when another process does it."""
    count = await database.driver.fetchval("select fan_out_events($1, $2)", now, FAN_OUT_EVENTS)
    return count or 0


async def lease_deliveries(
    database: Database, now: datetime, until: datetime, *, limit: int, per_endpoint: int, failing: bool
) -> list[LeasedDelivery]:
    """Lease at most *limit* due deliveries until *until*, and at most *per_endpoint* of one endpoint in all."""
    if limit <= 0:
        return []
    return [
        LeasedDelivery.from_record(row)
        for row in await database.driver.fetch(
            _LEASE_DELIVERIES, database.process_key, now, until, limit, per_endpoint, failing
        )
    ]


async def read_people(database: Database, seq: int) -> KnownPeople:
    """Read the names and numbers of the people whom an event is about."""
    row = await database.driver.fetchrow(_READ_PEOPLE, database.process_key, seq)
    return KnownPeople(row["names"], row["numbers"])


async def record_attempt(
    database: Database,
    delivery: LeasedDelivery,
    started_at: datetime,
    result: AttemptResult,
    answer: str,
    outcome: DeliveryOutcome,
) -> str | None:
    """Record an attempt. answer: what was answered, masked. Returns: why the endpoint was disabled by it, if it was."""
    disabled_why: str | None = await database.driver.fetchval(
        _FINISH_DELIVERY,
        database.process_key,
        delivery.webhook_id,
        delivery.seq,
        delivery.lease,
        started_at,
        result.duration_ms,
        result.code,
        result.error,
        answer[:MAX_ANSWER_BYTES],
        outcome.status,
        outcome.due_at,
        result.gone,
        RETRY_WINDOW,
        uuid7(),
    )
    return disabled_why
