"""Selects over webhooks. Their secrets, deliveries and attempts are reached through endpoints that the actor sees."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import tuple_
from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.models.webhooks.webhook import Webhook, WebhookAttempt, WebhookDelivery, WebhookSecret
from app.tenancy.organisations.queries import filter_by_organisation
from app.webhooks.schemas import DeliveryFilter, WebhookFilter


def select_visible_webhooks(actor: Actor) -> SelectOfScalar[Webhook]:
    """Select a partner system's own endpoints; for a user, those of their places, network and organisation."""
    stmt = select(Webhook).where(col(Webhook.deleted_at).is_(None))
    if actor.kind == "client":
        return stmt.where(Webhook.client_id == actor.id)
    own = col(Webhook.organisation_id) == actor.organisation_id
    return stmt.where(or_(visible_condition(actor, Webhook), own))


def select_webhooks(actor: Actor, filters: WebhookFilter) -> SelectOfScalar[Webhook]:
    """Select the visible endpoints that match the filters."""
    stmt = filter_by_organisation(
        select_visible_webhooks(actor), Webhook, actor, filters.organisation_id, filters.organisation_code
    )
    if filters.client_id is not None:
        stmt = stmt.where(Webhook.client_id == filters.client_id)
    if filters.enabled is not None:
        disabled_at = col(Webhook.disabled_at)
        stmt = stmt.where(disabled_at.is_(None) if filters.enabled else disabled_at.is_not(None))
    return stmt


async def find_webhook(db: AsyncSession, actor: Actor, id_: UUID) -> Webhook | None:
    """Find the endpoint of that id, if the actor sees it."""
    return (await db.exec(select_visible_webhooks(actor).where(Webhook.id == id_))).one_or_none()


async def read_webhook_secrets(db: AsyncSession, ids: Iterable[UUID]) -> Sequence[WebhookSecret]:
    """Read the secrets of endpoints that the actor sees, the earliest first."""
    sealed: QueryableAttribute[Any] = col(WebhookSecret.sealed)  # type: ignore[assignment]
    # The application's role cannot read it.
    stmt = (
        select(WebhookSecret)
        .options(defer(sealed, raiseload=True))
        .where(col(WebhookSecret.webhook_id).in_(list(ids)))
    )
    return (await db.exec(stmt.order_by(col(WebhookSecret.id)))).all()


def select_deliveries(webhook: Webhook, filters: DeliveryFilter) -> SelectOfScalar[WebhookDelivery]:
    """Select the deliveries of an endpoint, which the actor sees, that match the filters."""
    stmt = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
    if filters.status is not None:
        stmt = stmt.where(WebhookDelivery.status == filters.status)
    if filters.kind is not None:
        stmt = stmt.where(WebhookDelivery.kind == filters.kind)
    return stmt


async def find_delivery(db: AsyncSession, webhook: Webhook, event_id: UUID) -> WebhookDelivery | None:
    """Find a delivery by its event."""
    stmt = select_deliveries(webhook, DeliveryFilter()).where(WebhookDelivery.event_id == event_id)
    return (await db.exec(stmt)).one_or_none()


async def read_attempts(
    db: AsyncSession, deliveries: Sequence[WebhookDelivery]
) -> dict[tuple[UUID, int], list[WebhookAttempt]]:
    """Read the attempts of deliveries that the actor sees, in their order."""
    attempts_by_delivery: dict[tuple[UUID, int], list[WebhookAttempt]] = {
        (delivery.webhook_id, delivery.seq): [] for delivery in deliveries
    }
    key = tuple_(col(WebhookAttempt.webhook_id), col(WebhookAttempt.seq))
    stmt = (
        select(WebhookAttempt).where(key.in_(list(attempts_by_delivery))).order_by(col(WebhookAttempt.number))
    )
    for attempt in (await db.exec(stmt)).all() if attempts_by_delivery else ():
        attempts_by_delivery[attempt.webhook_id, attempt.seq].append(attempt)
    return attempts_by_delivery
