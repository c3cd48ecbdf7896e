"""Deliveries of an endpoint: the log, test events, and replay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast
from uuid import UUID

import asyncpg
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import InvalidInput, NotFound
from app.core.postgres.database import get_driver
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.references import reference_not_found
from app.core.values.time import now
from app.models.audit.outbox_event import OutboxEvent
from app.models.webhooks.webhook import Webhook, WebhookDelivery
from app.webhooks import queries
from app.webhooks.errors import WebhookDisabled
from app.webhooks.schemas import (
    AttemptOut,
    DeliveryFilter,
    DeliveryOut,
    DeliveryStatus,
    ReplayIn,
    ReplayOut,
    TestOut,
)

TEST_EVENT_KIND: Final = "webhook.test"
MAX_REPLAYED_EVENTS: Final = 10_000
"""The most events of one replay."""

_SELECT_SINCE: Final = "select seq, at from outbox_event where at >= $1 and id >= $2 order by id limit $3"
_SELECT_ONE: Final = "select seq from outbox_event where id = $1"
_REQUEUE_DELIVERIES: Final = """
insert into webhook_delivery (webhook_id, seq, event_id, kind, subject_id, created_at)
select webhook_id, seq, event_id, kind, subject_id, $4::timestamptz from webhook_audience($2, $1)
 union
select webhook_id, seq, event_id, kind, subject_id, $4::timestamptz from webhook_delivery
 where webhook_id = $1 and seq = any ($2)
    on conflict (webhook_id, seq) do update set status = 'pending', tries = 0, first_at = null, due_at = null,
       finished_at = null
 where webhook_delivery.lease is null and ($3 or webhook_delivery.status <> 'delivered')
returning subject_id
"""
_SCHEDULE_DELIVERIES: Final = "select line_up_deliveries($1, $2, $3)"


async def list_deliveries(
    db: AsyncSession, webhook: Webhook, filters: DeliveryFilter, page: PageRequest
) -> Page[DeliveryOut]:
    """List one page of the log, the latest events first."""
    stmt = queries.select_deliveries(webhook, filters)
    rows, cursor = await fetch_page(db, stmt, columns=[col(WebhookDelivery.seq)], page=page, descending=True)
    return Page(items=await _deliveries_to_response(db, rows), next_cursor=cursor)


async def read_delivery(db: AsyncSession, webhook: Webhook, event_id: UUID) -> DeliveryOut:
    """Read one delivery. Raises: NotFound."""
    delivery = await queries.find_delivery(db, webhook, event_id)
    if delivery is None:
        raise NotFound
    return (await _deliveries_to_response(db, [delivery]))[0]


async def send_test_event(db: AsyncSession, actor: Actor, webhook: Webhook) -> TestOut:
    """Announce a test event for this endpoint alone; it is delivered like every event. Raises: WebhookDisabled."""
    _check_enabled(webhook)
    event = OutboxEvent(
        id=uuid7(),
        kind=TEST_EVENT_KIND,
        network=webhook.network,
        organisation_id=webhook.organisation_id,
        province_code=webhook.province_code,
        commune_code=webhook.commune_code,
        client_id=webhook.client_id,
        subject_kind="webhook",
        subject_id=webhook.id,
        data={},
    )
    event_id = event.id
    db.add(event)
    await record_event(db, actor, Event.WEBHOOK_TESTED, webhook, {"event_id": str(event_id)})
    await db.flush()
    return TestOut(event_id=event_id)


async def replay_deliveries(db: AsyncSession, actor: Actor, webhook: Webhook, body: ReplayIn) -> ReplayOut:
    """Replay deliveries of a locked endpoint: one event, or those since a moment that were not delivered.

    With `delivered`, the delivered ones too. Events while the endpoint was disabled are included. The order of a
    subject's events stays.

    Raises: InvalidInput, WebhookDisabled; NotFound at /event_id for an event that the endpoint does not receive.
    """
    if (body.event_id is None) == (body.since is None):
        raise InvalidInput.at(
            "/event_id",
            "exactly_one",
            vi="Cần đúng một trong hai: mã của sự kiện hoặc thời điểm bắt đầu.",
            en="Exactly one of event_id and since is needed.",
        )
    _check_enabled(webhook)
    driver = await get_driver(db)
    await db.flush()
    seqs, until = await _read_replayed(driver, body)
    include_delivered = body.event_id is not None or body.delivered
    subjects = [
        row["subject_id"]
        for row in await driver.fetch(_REQUEUE_DELIVERIES, webhook.id, seqs, include_delivered, now())
    ]
    if body.event_id is not None and not subjects:
        await _check_delivery(db, webhook, body.event_id)
    await driver.execute(_SCHEDULE_DELIVERIES, webhook.id, list(set(subjects)), now())
    await record_event(db, actor, Event.WEBHOOK_REPLAYED, webhook, {"deliveries": len(subjects)})
    await db.flush()
    return ReplayOut(deliveries=len(subjects), more=until is not None, until=until)


async def _read_replayed(driver: asyncpg.Connection, body: ReplayIn) -> tuple[list[int], datetime | None]:
    """Select the numbers of the events that a body means, and the moment of the first that is too many."""
    if body.event_id is not None:
        return [row["seq"] for row in await driver.fetch(_SELECT_ONE, body.event_id)], None
    assert body.since is not None  # noqa: S101 - one of the two is given
    rows = await driver.fetch(_SELECT_SINCE, body.since, _least_id_since(body.since), MAX_REPLAYED_EVENTS + 1)
    until = rows.pop()["at"] if len(rows) > MAX_REPLAYED_EVENTS else None
    return [row["seq"] for row in rows], until


def _check_enabled(webhook: Webhook) -> None:
    if webhook.disabled_at is not None:
        raise WebhookDisabled


async def _check_delivery(db: AsyncSession, webhook: Webhook, event_id: UUID) -> None:
    """Check that the endpoint has a delivery of the event; one that is being sent is not sent again."""
    if await queries.find_delivery(db, webhook, event_id) is None:
        raise reference_not_found("/event_id")


def _least_id_since(moment: datetime) -> UUID:
    """Return the lowest UUIDv7 of a minute earlier, because ids are created a little before their rows."""
    milliseconds = max(0, int(moment.timestamp() * 1000) - 60_000)
    return UUID(int=milliseconds << 80)


async def _deliveries_to_response(db: AsyncSession, rows: Sequence[WebhookDelivery]) -> list[DeliveryOut]:
    attempts = await queries.read_attempts(db, rows)
    return [
        DeliveryOut(
            event_id=row.event_id,
            kind=row.kind,
            subject_id=row.subject_id,
            status=cast(DeliveryStatus, row.status),
            attempts=[
                AttemptOut(**attempt.model_dump(exclude={"webhook_id", "seq"}))
                for attempt in attempts[row.webhook_id, row.seq]
            ],
            next_attempt_at=row.due_at,
            created_at=row.created_at,
            finished_at=row.finished_at,
        )
        for row in rows
    ]
