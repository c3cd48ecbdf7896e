"""Selects over webhooks. Their secrets, deliveries and attempts are reached through endpoints that the actor sees."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import visible
from app.exchange.webhooks.schemas import DeliveryFilter, WebhookFilter
from app.models.organisation import Organisation
from app.models.webhook import Webhook, WebhookAttempt, WebhookDelivery, WebhookSecret
from app.tenancy.organisation_queries import visible_organisations


def visible_webhooks(actor: Actor) -> SelectOfScalar[Webhook]:
    """A partner system's own; else those of the actor's places and network, and of the actor's organisation."""
    stmt = select(Webhook).where(col(Webhook.deleted_at).is_(None))
    if actor.kind == "client":
        return stmt.where(Webhook.client_id == actor.id)
    own = col(Webhook.organisation_id) == actor.organisation_id
    return stmt.where(or_(visible(actor, Webhook), own))


def listed(actor: Actor, wanted: WebhookFilter) -> SelectOfScalar[Webhook]:
    """The visible ones that the filters leave."""
    stmt = visible_webhooks(actor)
    if wanted.organisation_id is not None:
        stmt = stmt.where(Webhook.organisation_id == wanted.organisation_id)
    if wanted.organisation_code is not None:
        named = visible_organisations(actor).where(col(Organisation.code) == wanted.organisation_code)
        stmt = stmt.where(col(Webhook.organisation_id).in_(named.with_only_columns(col(Organisation.id))))
    if wanted.client_id is not None:
        stmt = stmt.where(Webhook.client_id == wanted.client_id)
    if wanted.enabled is not None:
        since = col(Webhook.disabled_at)
        stmt = stmt.where(since.is_(None) if wanted.enabled else since.is_not(None))
    return stmt


async def find_webhook(db: AsyncSession, actor: Actor, id_: UUID) -> Webhook | None:
    """The endpoint of that id, if the actor sees it."""
    return (await db.exec(visible_webhooks(actor).where(Webhook.id == id_))).one_or_none()


async def secrets_of(db: AsyncSession, ids: Iterable[UUID]) -> Sequence[WebhookSecret]:
    """The secrets of endpoints that were read before, the earliest first."""
    stmt = select(WebhookSecret).where(col(WebhookSecret.webhook_id).in_(list(ids)))
    return (await db.exec(stmt.order_by(col(WebhookSecret.id)))).all()


def deliveries_of(webhook: Webhook, wanted: DeliveryFilter) -> SelectOfScalar[WebhookDelivery]:
    """What an endpoint that was read before is told, as far as the filters leave it."""
    stmt = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
    if wanted.status is not None:
        stmt = stmt.where(WebhookDelivery.status == wanted.status)
    if wanted.kind is not None:
        stmt = stmt.where(WebhookDelivery.kind == wanted.kind)
    return stmt


async def find_delivery(db: AsyncSession, webhook: Webhook, event_id: UUID) -> WebhookDelivery | None:
    """One of them, by its event."""
    stmt = deliveries_of(webhook, DeliveryFilter()).where(WebhookDelivery.event_id == event_id)
    return (await db.exec(stmt)).one_or_none()


async def attempts_at(
    db: AsyncSession, deliveries: Sequence[WebhookDelivery]
) -> dict[tuple[UUID, int], list[WebhookAttempt]]:
    """The attempts at deliveries that were read before, in their order."""
    found: dict[tuple[UUID, int], list[WebhookAttempt]] = {
        (one.webhook_id, one.seq): [] for one in deliveries
    }
    key = tuple_(col(WebhookAttempt.webhook_id), col(WebhookAttempt.seq))
    stmt = select(WebhookAttempt).where(key.in_(list(found))).order_by(col(WebhookAttempt.number))
    for attempt in (await db.exec(stmt)).all() if found else ():
        found[attempt.webhook_id, attempt.seq].append(attempt)
    return found
