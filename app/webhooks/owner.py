"""Resolve the owner of an endpoint: an organisation, or one of its partner systems."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import InvalidInput
from app.core.values.references import reference_not_found
from app.tenancy.clients import queries as client_queries
from app.tenancy.organisations.references import resolve_organisation
from app.tenancy.organisations.service import check_within_reach
from app.tenancy.users.service import copy_organisation_columns
from app.webhooks.schemas import WebhookIn


async def resolve_webhook_owner(db: AsyncSession, actor: Actor, body: WebhookIn) -> dict[str, Any]:
    """Resolve the columns of a new endpoint that say whose it is.

    A partner system creates endpoints of its own only; a user, those of an organisation that covers no more than their
    own, and of its partner systems.
    Raises: InvalidInput, NotFound with the pointer, OutsideScope.
    """
    names_organisation = body.organisation_id is not None or body.organisation_code is not None
    if body.client_id is not None and names_organisation:
        raise InvalidInput.at(
            "/client_id",
            "exactly_one",
            vi="Chỉ nêu hệ thống đối tác hoặc tổ chức, không nêu cả hai.",
            en="Name the partner system or the organisation, not both.",
        )
    if actor.kind == "client":
        return await _resolve_own_client(db, actor, body)
    id_, code, client_id = body.organisation_id, body.organisation_code, None
    if body.client_id is not None:
        client = await client_queries.find_visible_client(db, actor, body.client_id)
        if client is None:
            raise reference_not_found("/client_id")
        id_, client_id = client.organisation_id, client.id
    organisation = await resolve_organisation(db, actor, id_, code)
    await check_within_reach(db, actor, organisation)
    return copy_organisation_columns(organisation) | {"client_id": client_id}


async def _resolve_own_client(db: AsyncSession, actor: Actor, body: WebhookIn) -> dict[str, Any]:
    """Resolve the owner for a partner system, which is itself; naming another one raises NotFound."""
    if body.client_id not in (None, actor.id):
        raise reference_not_found("/client_id")
    organisation = await resolve_organisation(db, actor, body.organisation_id, body.organisation_code)
    if organisation.id != actor.organisation_id:
        raise reference_not_found("/organisation_code" if body.organisation_code else "/organisation_id")
    return copy_organisation_columns(organisation) | {"client_id": actor.id}
