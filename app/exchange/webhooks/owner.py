"""Whose an endpoint is: an organisation's, or one of its partner systems'."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import InvalidInput
from app.exchange.webhooks.schemas import WebhookIn
from app.tenancy import client_queries
from app.tenancy.errors import unknown_reference
from app.tenancy.organisation_service import require_reach
from app.tenancy.rows import organisation_for
from app.tenancy.user_service import place_of


async def owner_of(db: AsyncSession, actor: Actor, body: WebhookIn) -> dict[str, Any]:
    """The columns of a new endpoint that say whose it is.

    A partner system makes its own only; who manages an organisation that reaches no further than they do, those of
    that organisation and of its systems.
    Raises: InvalidInput, NotFound with the pointer, OutsideScope.
    """
    organisation_named = body.organisation_id is not None or body.organisation_code is not None
    if body.client_id is not None and organisation_named:
        raise InvalidInput.at(
            "/client_id",
            "exactly_one",
            vi="Chỉ nêu hệ thống đối tác hoặc tổ chức, không nêu cả hai.",
            en="Name the partner system or the organisation, not both.",
        )
    if actor.kind == "client":
        return await _of_itself(db, actor, body)
    id_, code, client_id = body.organisation_id, body.organisation_code, None
    if body.client_id is not None:
        client = await client_queries.find_client(db, actor, body.client_id)
        if client is None:
            raise unknown_reference("/client_id")
        id_, client_id = client.organisation_id, client.id
    organisation = await organisation_for(db, actor, id_, code)
    await require_reach(db, actor, organisation)
    return place_of(organisation) | {"client_id": client_id}


async def _of_itself(db: AsyncSession, actor: Actor, body: WebhookIn) -> dict[str, Any]:
    """A partner system that names anybody else is told that there is nobody."""
    if body.client_id not in (None, actor.id):
        raise unknown_reference("/client_id")
    organisation = await organisation_for(db, actor, body.organisation_id, body.organisation_code)
    if organisation.id != actor.organisation_id:
        raise unknown_reference("/organisation_code" if body.organisation_code else "/organisation_id")
    return place_of(organisation) | {"client_id": actor.id}
