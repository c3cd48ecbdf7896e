"""Webhooks (thông báo cho đối tác): endpoints of partners, their secrets, and the log of deliveries."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from app.auth.keys import sealing
from app.auth.keys.rotation import require_secret_keys
from app.core.http.answers import created, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.routers.actors import WebhookManager
from app.webhooks import deliveries, secrets, service
from app.webhooks.schemas import (
    DeliveryFilter,
    DeliveryOut,
    NewWebhookOut,
    NewWebhookSecretOut,
    ReplayIn,
    ReplayOut,
    TestOut,
    WebhookFilter,
    WebhookIn,
    WebhookOut,
    WebhookPatch,
    WebhookSecretIn,
)
from app.webhooks.sending.egress import EgressGuard

router = StrictRouter(prefix="/v1/webhooks", tags=["webhooks"])


async def _egress_guard(request: Request) -> EgressGuard:
    return EgressGuard(request.app.state.settings)


async def _secret_keys(request: Request) -> sealing.SecretKeys:
    return require_secret_keys(request.app.state.settings)


EgressGuardDep = Annotated[EgressGuard, Depends(_egress_guard)]
SecretKeys = Annotated[sealing.SecretKeys, Depends(_secret_keys)]


@router.get("", summary="Danh sách địa chỉ nhận thông báo")
async def list_webhooks(
    filters: Annotated[WebhookFilter, Query()], page: PageQuery, actor: WebhookManager, db: Db
) -> Page[WebhookOut]:
    """The endpoints of your places and network; a partner system sees its own."""
    return await service.list_webhooks(db, actor, filters, page)


@router.post("", status_code=201, summary="Thêm địa chỉ nhận thông báo")
async def create_webhook(
    body: WebhookIn,
    actor: WebhookManager,
    db: Db,
    guard: EgressGuardDep,
    secret_keys: SecretKeys,
    response: Response,
) -> NewWebhookOut:
    """Make an endpoint; the secret that signs its messages is in this answer and nowhere else."""
    webhook = await service.create_webhook(db, actor, guard, secret_keys, body)
    return created(response, "/v1/webhooks", webhook)


@router.get("/{webhook_id}", summary="Một địa chỉ nhận thông báo")
async def read_webhook(webhook_id: Uuid, actor: WebhookManager, db: Db, response: Response) -> WebhookOut:
    """One endpoint, with why and when it was disabled if it was."""
    webhook = await service.read_webhook(db, actor, webhook_id)
    return with_etag(response, webhook)


@router.patch("/{webhook_id}", summary="Sửa, tắt hoặc bật địa chỉ nhận thông báo")
async def edit_webhook(
    webhook_id: Uuid,
    body: WebhookPatch,
    actor: WebhookManager,
    version: IfMatch,
    db: Db,
    guard: EgressGuardDep,
    response: Response,
) -> WebhookOut:
    """Change an endpoint; what waits for it goes to the new address. While it is disabled, nothing is kept for it:
    `replay` catches up."""
    webhook = await service.edit_webhook(db, actor, guard, webhook_id, version, body)
    return with_etag(response, webhook)


@router.delete("/{webhook_id}", status_code=204, summary="Xóa địa chỉ nhận thông báo")
async def delete_webhook(webhook_id: Uuid, actor: WebhookManager, db: Db) -> None:
    """Take an endpoint away; nothing more is sent to it, and its secrets are wiped."""
    await service.delete_webhook(db, actor, webhook_id)


@router.post("/{webhook_id}/secrets", status_code=201, summary="Thêm mã ký")
async def add_secret(
    webhook_id: Uuid, body: WebhookSecretIn, actor: WebhookManager, db: Db, secret_keys: SecretKeys
) -> NewWebhookSecretOut:
    """Make a second secret; messages bear both signatures until the older one ends, so that the receiver changes over
    without losing any."""
    webhook = await service.require_managed_webhook(db, actor, webhook_id)
    return await secrets.add_webhook_secret(db, actor, webhook, secret_keys, body)


@router.post("/{webhook_id}/secrets/{secret_id}/revoke", summary="Thu hồi mã ký")
async def revoke_secret(webhook_id: Uuid, secret_id: Uuid, actor: WebhookManager, db: Db) -> WebhookOut:
    """End a secret at once; the last one that stays alive cannot be revoked."""
    webhook = await service.require_managed_webhook(db, actor, webhook_id)
    await secrets.revoke_webhook_secret(db, actor, webhook, secret_id)
    return await service.webhook_to_response(db, webhook)


@router.post("/{webhook_id}/test", status_code=202, summary="Gửi thử một thông báo")
async def try_out(webhook_id: Uuid, actor: WebhookManager, db: Db) -> TestOut:
    """Send a message of the type `webhook.test` to this endpoint; its outcome is in the log."""
    webhook = await service.require_managed_webhook(db, actor, webhook_id)
    return await deliveries.send_test_event(db, actor, webhook)


@router.get("/{webhook_id}/deliveries", summary="Nhật ký gửi thông báo")
async def list_deliveries(
    webhook_id: Uuid,
    filters: Annotated[DeliveryFilter, Query()],
    page: PageQuery,
    actor: WebhookManager,
    db: Db,
) -> Page[DeliveryOut]:
    """What was sent to the endpoint and what it answered, the latest events first."""
    return await deliveries.list_deliveries(
        db, await service.require_webhook(db, actor, webhook_id), filters, page
    )


@router.get("/{webhook_id}/deliveries/{event_id}", summary="Một thông báo trong nhật ký")
async def read_delivery(webhook_id: Uuid, event_id: Uuid, actor: WebhookManager, db: Db) -> DeliveryOut:
    """One event with all attempts; `event_id` is the message's `webhook-id`."""
    return await deliveries.read_delivery(db, await service.require_webhook(db, actor, webhook_id), event_id)


@router.post("/{webhook_id}/replay", status_code=202, summary="Gửi lại thông báo")
async def replay(webhook_id: Uuid, body: ReplayIn, actor: WebhookManager, db: Db) -> ReplayOut:
    """Send one event again, or those since a moment that did not arrive, also what happened while the endpoint was
    disabled. A repeated message has the same `webhook-id`."""
    webhook = await service.require_managed_webhook(db, actor, webhook_id)
    return await deliveries.replay_deliveries(db, actor, webhook, body)
