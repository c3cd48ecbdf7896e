"""Endpoints of webhooks: read, made, changed, taken away."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import changes, record
from app.auth.actor import Actor
from app.core.bodies import given
from app.core.creations import made_before
from app.core.errors import IdTaken, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.core.time import now
from app.core.versions import apply_edit
from app.exchange.webhooks import queries
from app.exchange.webhooks.gate import Gate
from app.exchange.webhooks.owner import owner_of
from app.exchange.webhooks.schemas import (
    NewWebhookOut,
    WebhookEdit,
    WebhookFilter,
    WebhookIn,
    WebhookOut,
    WebhookSecretOut,
)
from app.exchange.webhooks.secrets import new_secret, secret_out
from app.models.webhook import Webhook
from app.tenancy.organisation_service import require_reach
from app.tenancy.rows import lock, organisation_for

_GIVEN = ("organisation_id", "client_id", "url", "kinds", "description")
_SAID = ("kinds", "disabled_why")
"""What an event says of a change; of an address it says only that it changed, since it may hold a secret."""


async def list_webhooks(
    db: AsyncSession, actor: Actor, wanted: WebhookFilter, page: PageRequest
) -> Page[WebhookOut]:
    """One page of the endpoints that the actor sees, in the order in which they were made."""
    rows, cursor = await paged(db, queries.listed(actor, wanted), columns=[col(Webhook.id)], page=page)
    return Page(items=await _out(db, rows), next_cursor=cursor)


async def read_webhook(db: AsyncSession, actor: Actor, id_: UUID) -> WebhookOut:
    """Raises: NotFound."""
    return await webhook_out(db, await seen(db, actor, id_))


async def create_webhook(
    db: AsyncSession, actor: Actor, gate: Gate, secret_key: str, body: WebhookIn
) -> NewWebhookOut:
    """Make an endpoint with its first secret.

    Raises: InvalidInput (an address that is not sent to), NotFound (a reference), OutsideScope, IdTaken.
    """
    place = await owner_of(db, actor, body)
    webhook = Webhook(
        id=body.id or uuid7(),
        url=body.url,
        kinds=_stored(body.kinds),
        description=body.description,
        created_by=actor.id,
        **place,
    )
    if body.id and (made := await made_before(db, webhook, _GIVEN)):
        if made.deleted_at is not None:
            raise IdTaken
        return NewWebhookOut(**dict(await webhook_out(db, made)), secret=None)
    await gate.admit(body.url, "/url")
    db.add(webhook)
    await db.flush()
    secret, text = new_secret(webhook, secret_key)
    db.add(secret)
    fields = {"kinds": webhook.kinds, "client_id": str(webhook.client_id) if webhook.client_id else None}
    await record(db, actor, Event.WEBHOOK_CREATED, webhook, fields)
    await db.flush()
    return NewWebhookOut(**dict(await webhook_out(db, webhook)), secret=text)


async def edit_webhook(
    db: AsyncSession, actor: Actor, gate: Gate, id_: UUID, version: int, body: WebhookEdit
) -> WebhookOut:
    """Change an endpoint. One that is enabled again begins with a clean record.

    Raises: NotFound, OutsideScope, InvalidInput, StaleVersion.
    """
    webhook = await managed(db, actor, id_)
    values = given(body)
    if "url" in values and values["url"] != webhook.url:
        await gate.admit(values["url"], "/url")
    if "kinds" in values:
        values["kinds"] = _stored(body.kinds)
    enabled = values.pop("enabled", None)
    if enabled is True:
        values |= {"disabled_at": None, "disabled_why": None, "failing_since": None}
    elif enabled is False and webhook.disabled_at is None:
        values |= {"disabled_at": now(), "disabled_why": "asked"}
    before = webhook.model_dump()
    apply_edit(webhook, version, values)
    said = changes(before, {name: values[name] for name in _SAID if name in values})
    quiet = sorted({"url", "description"} & changes(before, values).keys())
    await record(db, actor, Event.WEBHOOK_CHANGED, webhook, said | dict.fromkeys(quiet, "changed"))
    await db.flush()
    return await webhook_out(db, webhook)


async def delete_webhook(db: AsyncSession, actor: Actor, id_: UUID) -> None:
    """Take an endpoint away: nothing more is sent, and its secrets are wiped. Raises: NotFound, OutsideScope."""
    webhook = await managed(db, actor, id_)
    webhook.deleted_at = now()
    for secret in await queries.secrets_of(db, [webhook.id]):
        secret.sealed, secret.revoked_at = b"", secret.revoked_at or now()
    await record(db, actor, Event.WEBHOOK_DELETED, webhook)
    await db.flush()


async def seen(db: AsyncSession, actor: Actor, id_: UUID) -> Webhook:
    """Raises: NotFound."""
    found = await queries.find_webhook(db, actor, id_)
    if found is None:
        raise NotFound
    return found


async def managed(db: AsyncSession, actor: Actor, id_: UUID) -> Webhook:
    """An endpoint of an organisation that reaches no further than the actor, locked.

    Raises: NotFound; OutsideScope when the actor sees the endpoint only.
    """
    webhook = await seen(db, actor, id_)
    await require_reach(db, actor, await organisation_for(db, actor, webhook.organisation_id, None))
    await lock(db, webhook)
    if webhook.deleted_at is not None:
        raise NotFound
    return webhook


async def webhook_out(db: AsyncSession, webhook: Webhook) -> WebhookOut:
    """The endpoint as it is answered."""
    return (await _out(db, [webhook]))[0]


def _stored(kinds: Sequence[Any] | None) -> list[str] | None:
    return None if kinds is None else sorted({str(kind) for kind in kinds})


async def _out(db: AsyncSession, rows: Sequence[Webhook]) -> list[WebhookOut]:
    secrets: dict[UUID, list[WebhookSecretOut]] = {row.id: [] for row in rows}
    for secret in await queries.secrets_of(db, secrets):
        secrets[secret.webhook_id].append(secret_out(secret))
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
