"""Secrets of endpoints (mã ký): shown once, stored sealed, at most two alive."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.ids import uuid7
from app.core.time import VIET_NAM, now, today
from app.exchange.webhooks import queries
from app.exchange.webhooks.errors import LastWebhookSecret, TooManyWebhookSecrets
from app.exchange.webhooks.schemas import NewWebhookSecretOut, WebhookSecretIn, WebhookSecretOut
from app.exchange.webhooks.signing import fresh_secret, seal, secret_text
from app.models.webhook import Webhook, WebhookSecret
from app.tenancy.errors import rewrites_past

LIVE: Final = 2


def new_secret(webhook: Webhook, secret_key: str) -> tuple[WebhookSecret, str]:
    """A row with a fresh secret, and the secret's text."""
    id_, key = uuid7(), fresh_secret()
    row = WebhookSecret(id=id_, webhook_id=webhook.id, sealed=seal(secret_key, id_, key))
    return row, secret_text(key)


async def add_secret(
    db: AsyncSession, actor: Actor, webhook: Webhook, secret_key: str, body: WebhookSecretIn
) -> NewWebhookSecretOut:
    """Make a further secret of an endpoint that is locked; from now on messages are signed with both.

    Raises: TooManyWebhookSecrets; InvalidInput when the older one's last day has passed.
    """
    alive = _live(await queries.secrets_of(db, [webhook.id]), now())
    if len(alive) >= LIVE:
        raise TooManyWebhookSecrets
    if body.older_valid_until is not None:
        if body.older_valid_until < today():
            raise rewrites_past("/older_valid_until")
        for older in alive:
            older.expires_at = datetime.combine(body.older_valid_until + timedelta(days=1), time(), VIET_NAM)
    secret, text = new_secret(webhook, secret_key)
    db.add(secret)
    await record(db, actor, Event.WEBHOOK_SECRET_ADDED, webhook, {"secret_id": str(secret.id)})
    await db.flush()
    return NewWebhookSecretOut(**dict(secret_out(secret)), secret=text)


async def revoke_secret(db: AsyncSession, actor: Actor, webhook: Webhook, secret_id: UUID) -> None:
    """End a secret of an endpoint that is locked, at once and for ever.

    Raises: NotFound; LastWebhookSecret when no other secret stays alive.
    """
    every = await queries.secrets_of(db, [webhook.id])
    found = next((one for one in every if one.id == secret_id), None)
    if found is None:
        raise NotFound
    if found.revoked_at is not None:
        return
    staying = [one for one in _live(every, now()) if one.expires_at is None and one is not found]
    if not staying:
        raise LastWebhookSecret
    found.sealed, found.revoked_at = b"", now()
    await record(db, actor, Event.WEBHOOK_SECRET_REVOKED, webhook, {"secret_id": str(secret_id)})
    await db.flush()


def secret_out(secret: WebhookSecret) -> WebhookSecretOut:
    """A secret as it is listed."""
    return WebhookSecretOut(
        id=secret.id,
        created_at=secret.created_at,
        expires_at=secret.expires_at,
        revoked_at=secret.revoked_at,
    )


def _live(every: Sequence[WebhookSecret], at: datetime) -> list[WebhookSecret]:
    return [
        one for one in every if one.revoked_at is None and (one.expires_at is None or one.expires_at > at)
    ]
