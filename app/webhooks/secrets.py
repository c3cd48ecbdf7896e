"""Secrets of endpoints (mã ký): shown once, stored encrypted, at most two valid at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.keys.sealing import SecretKeys
from app.core.errors import NotFound
from app.core.values.ids import uuid7
from app.core.values.time import now, start_of_day, today
from app.models.webhooks.webhook import Webhook, WebhookSecret
from app.tenancy.errors import rewrites_past
from app.webhooks import queries
from app.webhooks.errors import LastWebhookSecret, TooManyWebhookSecrets
from app.webhooks.schemas import NewWebhookSecretOut, WebhookSecretIn, WebhookSecretOut
from app.webhooks.sending.signing import build_secret_sealer, format_webhook_secret, generate_webhook_key

MAX_LIVE_SECRETS: Final = 2


def build_webhook_secret(webhook: Webhook, secret_keys: SecretKeys) -> tuple[WebhookSecret, str]:
    """Build a secret's row and return it with the secret's text."""
    id_, key = uuid7(), generate_webhook_key()
    row = WebhookSecret(id=id_, webhook_id=webhook.id, sealed=build_secret_sealer(secret_keys).seal(id_, key))
    return row, format_webhook_secret(key)


async def add_webhook_secret(
    db: AsyncSession, actor: Actor, webhook: Webhook, secret_keys: SecretKeys, body: WebhookSecretIn
) -> NewWebhookSecretOut:
    """Add a secret to a locked endpoint; from now on messages are signed with both.

    Raises: TooManyWebhookSecrets; InvalidInput when the older one's last day has passed.
    """
    live = _select_live(await queries.read_webhook_secrets(db, [webhook.id]), now())
    if len(live) >= MAX_LIVE_SECRETS:
        raise TooManyWebhookSecrets
    if body.older_valid_until is not None:
        if body.older_valid_until < today():
            raise rewrites_past("/older_valid_until")
        for older in live:
            older.expires_at = start_of_day(body.older_valid_until + timedelta(days=1))
    secret, text = build_webhook_secret(webhook, secret_keys)
    db.add(secret)
    await record_event(db, actor, Event.WEBHOOK_SECRET_ADDED, webhook, {"secret_id": str(secret.id)})
    await db.flush()
    return NewWebhookSecretOut(**dict(webhook_secret_to_response(secret)), secret=text)


async def revoke_webhook_secret(db: AsyncSession, actor: Actor, webhook: Webhook, secret_id: UUID) -> None:
    """Revoke a secret of a locked endpoint, at once and for ever.

    Raises: NotFound; LastWebhookSecret when no other secret is valid.
    """
    secrets = await queries.read_webhook_secrets(db, [webhook.id])
    secret = next((candidate for candidate in secrets if candidate.id == secret_id), None)
    if secret is None:
        raise NotFound
    if secret.revoked_at is not None:
        return
    remaining = [
        candidate
        for candidate in _select_live(secrets, now())
        if candidate.expires_at is None and candidate is not secret
    ]
    if not remaining:
        raise LastWebhookSecret
    secret.sealed, secret.revoked_at = b"", now()
    await record_event(db, actor, Event.WEBHOOK_SECRET_REVOKED, webhook, {"secret_id": str(secret_id)})
    await db.flush()


def webhook_secret_to_response(secret: WebhookSecret) -> WebhookSecretOut:
    """Build the response of a secret, without its text."""
    return WebhookSecretOut(
        id=secret.id,
        created_at=secret.created_at,
        expires_at=secret.expires_at,
        revoked_at=secret.revoked_at,
    )


def _select_live(secrets: Sequence[WebhookSecret], moment: datetime) -> list[WebhookSecret]:
    return [
        secret
        for secret in secrets
        if secret.revoked_at is None and (secret.expires_at is None or secret.expires_at > moment)
    ]
