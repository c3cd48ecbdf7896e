"""The log of an endpoint: what was sent and what came back, trials, and sending again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.core.db import driver_of
from app.core.errors import InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.core.time import now
from app.exchange.webhooks import queries
from app.exchange.webhooks.errors import WebhookDisabled
from app.exchange.webhooks.schemas import (
    AttemptOut,
    DeliveryFilter,
    DeliveryOut,
    ReplayIn,
    ReplayOut,
    Status,
    TestOut,
)
from app.models.outbox_event import OutboxEvent
from app.models.webhook import Webhook, WebhookDelivery
from app.tenancy.errors import unknown_reference

TRIAL: Final = "webhook.test"
REPLAYED_AT_ONCE: Final = 10_000
"""Events that one request looks at."""

_SINCE: Final = "select seq, at from outbox_event where at >= $1 and id >= $2 order by id limit $3"
_ONE: Final = "select seq from outbox_event where id = $1"
_AGAIN: Final = """
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
_LINE_UP: Final = "select line_up_deliveries($1, $2, $3)"


async def list_deliveries(
    db: AsyncSession, webhook: Webhook, wanted: DeliveryFilter, page: PageRequest
) -> Page[DeliveryOut]:
    """One page of the log, the latest events first."""
    stmt = queries.deliveries_of(webhook, wanted)
    rows, cursor = await paged(db, stmt, columns=[col(WebhookDelivery.seq)], page=page, descending=True)
    return Page(items=await _out(db, rows), next_cursor=cursor)


async def read_delivery(db: AsyncSession, webhook: Webhook, event_id: UUID) -> DeliveryOut:
    """Raises: NotFound."""
    found = await queries.find_delivery(db, webhook, event_id)
    if found is None:
        raise NotFound
    return (await _out(db, [found]))[0]


async def try_out(db: AsyncSession, actor: Actor, webhook: Webhook) -> TestOut:
    """Announce a trial for this endpoint alone; it goes the way of every event. Raises: WebhookDisabled."""
    _require_enabled(webhook)
    event = OutboxEvent(
        id=uuid7(),
        kind=TRIAL,
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
    await record(db, actor, Event.WEBHOOK_TESTED, webhook, {"event_id": str(event_id)})
    await db.flush()
    return TestOut(event_id=event_id)


async def replay(db: AsyncSession, actor: Actor, webhook: Webhook, body: ReplayIn) -> ReplayOut:
    """Send again to an endpoint that is locked: one event, or those since a moment that were not delivered (all of
    them where that is asked for), also what happened while it was disabled. The order of a subject's events holds.

    Raises: InvalidInput, WebhookDisabled; NotFound at /event_id for one that the endpoint does not hear.
    """
    if (body.event_id is None) == (body.since is None):
        raise InvalidInput.at(
            "/event_id",
            "exactly_one",
            vi="Cần đúng một trong hai: event_id hoặc since.",
            en="Exactly one of event_id and since is needed.",
        )
    _require_enabled(webhook)
    driver = await driver_of(db)
    await db.flush()
    if body.event_id is not None:
        seqs, until = [row["seq"] for row in await driver.fetch(_ONE, body.event_id)], None
    else:
        assert body.since is not None  # noqa: S101 - one of the two is given
        rows = await driver.fetch(_SINCE, body.since, _first_id(body.since), REPLAYED_AT_ONCE + 1)
        until = rows.pop()["at"] if len(rows) > REPLAYED_AT_ONCE else None
        seqs = [row["seq"] for row in rows]
    again = body.event_id is not None or body.delivered
    subjects = [row["subject_id"] for row in await driver.fetch(_AGAIN, webhook.id, seqs, again, now())]
    if body.event_id is not None and not subjects:
        await _require_known(db, webhook, body.event_id)
    await driver.execute(_LINE_UP, webhook.id, list(set(subjects)), now())
    await record(db, actor, Event.WEBHOOK_REPLAYED, webhook, {"deliveries": len(subjects)})
    await db.flush()
    return ReplayOut(deliveries=len(subjects), more=until is not None, until=until)


def _require_enabled(webhook: Webhook) -> None:
    if webhook.disabled_at is not None:
        raise WebhookDisabled


async def _require_known(db: AsyncSession, webhook: Webhook, event_id: UUID) -> None:
    """One that is being sent just now is not sent again; any other that was not found is not the endpoint's."""
    if await queries.find_delivery(db, webhook, event_id) is None:
        raise unknown_reference("/event_id")


def _first_id(moment: datetime) -> UUID:
    """The least UUIDv7 of a minute before: ids are made a little before their rows."""
    milliseconds = max(0, int(moment.timestamp() * 1000) - 60_000)
    return UUID(int=milliseconds << 80)


async def _out(db: AsyncSession, rows: Sequence[WebhookDelivery]) -> list[DeliveryOut]:
    attempts = await queries.attempts_at(db, rows)
    return [
        DeliveryOut(
            event_id=row.event_id,
            kind=row.kind,
            subject_id=row.subject_id,
            status=cast(Status, row.status),
            attempts=[
                AttemptOut(**one.model_dump(exclude={"webhook_id", "seq"}))
                for one in attempts[row.webhook_id, row.seq]
            ],
            next_attempt_at=row.due_at,
            created_at=row.created_at,
            finished_at=row.finished_at,
        )
        for row in rows
    ]
