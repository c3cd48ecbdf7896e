"""Endpoints of webhooks: create, read, edit, delete."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import diff_fields, record_event
from app.auth.actor import Actor
from app.auth.keys.sealing import SecretKeys
from app.core.errors import IdTaken, NotFound
from app.core.postgres.creations import find_existing
from app.core.values.bodies import get_set_fields
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import now
from app.core.values.versions import apply_edit
from app.models.webhooks.webhook import Webhook
from app.tenancy.organisations.references import resolve_organisation
from app.tenancy.organisations.service import check_within_reach
from app.tenancy.rows import lock_row
from app.webhooks import queries
from app.webhooks.owner import resolve_webhook_owner
from app.webhooks.schemas import (
    NewWebhookOut,
    WebhookFilter,
    WebhookIn,
    WebhookOut,
    WebhookPatch,
    WebhookSecretOut,
)
from app.webhooks.secrets import build_webhook_secret, webhook_secret_to_response
from app.webhooks.sending.egress import EgressGuard

_COMPARED_FIELDS = ("organisation_id", "client_id", "url", "kinds", "description")
_AUDITED_FIELDS = ("kinds", "disabled_why")
"""Fields whose new values the audit records; of an address, only that it changed: it may hold a secret."""


async def list_webhooks(
    db: AsyncSession, actor: Actor, filters: WebhookFilter, page: PageRequest
) -> Page[WebhookOut]:
    """List one page of the endpoints that the actor sees, in the order in which they were created."""
    rows, cursor = await fetch_page(
        db, queries.select_webhooks(actor, filters), columns=[col(Webhook.id)], page=page
    )
    return Page(items=await _webhooks_to_response(db, rows), next_cursor=cursor)


async def read_webhook(db: AsyncSession, actor: Actor, id_: UUID) -> WebhookOut:
    """Read one endpoint. Raises: NotFound."""
    return await webhook_to_response(db, await require_webhook(db, actor, id_))


async def create_webhook(
    db: AsyncSession, actor: Actor, guard: EgressGuard, secret_keys: SecretKeys, body: WebhookIn
) -> NewWebhookOut:
    """Create an endpoint with its first secret.

    Raises: InvalidInput (an address that is not allowed), NotFound (a reference), OutsideScope, IdTaken.
    """
    owner = await resolve_webhook_owner(db, actor, body)
    webhook = Webhook(
        id=body.id or uuid7(),
        url=body.url,
        kinds=_normalise_kinds(body.kinds),
        description=body.description,
        created_by=actor.id,
        **owner,
    )
    if body.id and (existing := await find_existing(db, webhook, _COMPARED_FIELDS)):
        if existing.deleted_at is not None:
            raise IdTaken
        return NewWebhookOut(**dict(await webhook_to_response(db, existing)), secret=None)
    await guard.check_url(body.url, "/url")
    db.add(webhook)
    await db.flush()
    secret, text = build_webhook_secret(webhook, secret_keys)
    db.add(secret)
    fields = {"kinds": webhook.kinds, "client_id": str(webhook.client_id) if webhook.client_id else None}
    await record_event(db, actor, Event.WEBHOOK_CREATED, webhook, fields)
    await db.flush()
    return NewWebhookOut(**dict(await webhook_to_response(db, webhook)), secret=text)


async def edit_webhook(
    db: AsyncSession, actor: Actor, guard: EgressGuard, id_: UUID, version: int, body: WebhookPatch
) -> WebhookOut:
    """Edit an endpoint. Enabling it again clears its failures.

    Raises: NotFound, OutsideScope, InvalidInput, StaleVersion.
    """
    webhook = await require_managed_webhook(db, actor, id_)
    values = get_set_fields(body)
    if "url" in values and values["url"] != webhook.url:
        await guard.check_url(values["url"], "/url")
    if "kinds" in values:
        values["kinds"] = _normalise_kinds(body.kinds)
    enabled = values.pop("enabled", None)
    if enabled is True:
        values |= {"disabled_at": None, "disabled_why": None, "failing_since": None}
    elif enabled is False and webhook.disabled_at is None:
        values |= {"disabled_at": now(), "disabled_why": "asked"}
    before = webhook.model_dump()
    apply_edit(webhook, version, values)
    audited = diff_fields(before, {name: values[name] for name in _AUDITED_FIELDS if name in values})
    changed_only = sorted({"url", "description"} & diff_fields(before, values).keys())
    await record_event(
        db, actor, Event.WEBHOOK_CHANGED, webhook, audited | dict.fromkeys(changed_only, "changed")
    )
    await db.flush()
    return await webhook_to_response(db, webhook)


async def delete_webhook(db: AsyncSession, actor: Actor, id_: UUID) -> None:
    """Delete an endpoint: nothing more is sent, and its secrets are erased. Raises: NotFound, OutsideScope."""
    webhook = await require_managed_webhook(db, actor, id_)
    webhook.deleted_at = now()
    for secret in await queries.read_webhook_secrets(db, [webhook.id]):
        secret.sealed, secret.revoked_at = b"", secret.revoked_at or now()
    await record_event(db, actor, Event.WEBHOOK_DELETED, webhook)
    await db.flush()


async def require_webhook(db: AsyncSession, actor: Actor, id_: UUID) -> Webhook:
    """Read an endpoint that the actor sees. Raises: NotFound."""
    webhook = await queries.find_webhook(db, actor, id_)
    if webhook is None:
        raise NotFound
    return webhook


async def require_managed_webhook(db: AsyncSession, actor: Actor, id_: UUID) -> Webhook:
    """Lock an endpoint of an organisation that covers no more than the actor.

    Raises: NotFound; OutsideScope when the actor sees the endpoint only.
    """
    webhook = await require_webhook(db, actor, id_)
    await check_within_reach(db, actor, await resolve_organisation(db, actor, webhook.organisation_id, None))
    await lock_row(db, webhook)
    if webhook.deleted_at is not None:
        raise NotFound
    return webhook


async def webhook_to_response(db: AsyncSession, webhook: Webhook) -> WebhookOut:
    """Build the response of an endpoint."""
    return (await _webhooks_to_response(db, [webhook]))[0]


def _normalise_kinds(kinds: Sequence[Any] | None) -> list[str] | None:
    return None if kinds is None else sorted({str(kind) for kind in kinds})


async def _webhooks_to_response(db: AsyncSession, rows: Sequence[Webhook]) -> list[WebhookOut]:
    secrets: dict[UUID, list[WebhookSecretOut]] = {row.id: [] for row in rows}
    for secret in await queries.read_webhook_secrets(db, secrets):
        secrets[secret.webhook_id].append(webhook_secret_to_response(secret))
    return [
        WebhookOut(
            id=row.id,
            network=row.network,
            organisation_id=row.organisation_id,
            province_code=row.province_code,
            commune_code=row.commune_code,
            client_id=row.client_id,
            url=row.url,
            kinds=row.kinds,
            description=row.description,
            enabled=row.disabled_at is None,
            disabled_at=row.disabled_at,
            disabled_why=row.disabled_why,
            failing_since=row.failing_since,
            secrets=secrets[row.id],
            created_at=row.created_at,
            version=row.version,
        )
        for row in rows
    ]
