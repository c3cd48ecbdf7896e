"""Add a further secret to a partner system, list secrets, and revoke one."""

from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import now
from app.models.tenancy.client import ClientSecret
from app.tenancy.clients import queries as client_queries
from app.tenancy.clients.schemas import ClientOut, NewSecretOut, SecretIn, SecretOut
from app.tenancy.clients.secrets import (
    client_secret_to_response,
    expire_older_secrets,
    filter_live_secrets,
    generate_client_secret,
    new_client_secret_to_response,
)
from app.tenancy.clients.service import client_to_response, require_managed_client
from app.tenancy.grants import check_scopes
from app.tenancy.logins.queries import revoke_sessions
from app.tenancy.organisations.references import resolve_organisation
from app.tenancy.users.service import sees_all


async def list_client_secrets(
    db: AsyncSession, actor: Actor, id_: UUID, page: PageRequest
) -> Page[SecretOut]:
    """List one page of a client's secrets, the earliest first, with their last use. Raises: NotFound."""
    client = await client_queries.find_visible_client(db, actor, id_)
    if client is None:
        raise NotFound
    stmt = client_queries.SELECT_SECRETS.where(ClientSecret.client_id == client.id)
    rows, cursor = await fetch_page(db, stmt, columns=[col(ClientSecret.id)], page=page)
    return Page(items=[client_secret_to_response(row) for row in rows], next_cursor=cursor)


async def create_client_secret(db: AsyncSession, actor: Actor, id_: UUID, body: SecretIn) -> NewSecretOut:
    """Create a further secret. Whoever knows it acts with the client's rights, so the actor must have them all.

    Raises: NotFound, OutsideScope, GrantExceeds, TooManySecrets, InvalidInput, PasswordsBusy.
    """
    client = await require_managed_client(db, actor, id_)
    organisation = await resolve_organisation(db, actor, client.organisation_id, None)
    check_scopes(actor, client.scopes, sees_all=await sees_all(db, actor, organisation))
    expire_older_secrets(
        filter_live_secrets(await client_queries.read_client_secrets(db, [client.id]), now()),
        body.older_valid_until,
    )
    text, secret = await generate_client_secret(client)
    await client_queries.add_client_secret(db, secret)
    await record_event(db, actor, Event.CLIENT_SECRET_ADDED, client, {"secret_id": str(secret.id)})
    await db.flush()
    return new_client_secret_to_response(secret, text)


async def revoke_client_secret(db: AsyncSession, actor: Actor, id_: UUID, secret_id: UUID) -> ClientOut:
    """Revoke a secret at once, and every token of the client, since no token is tied to one secret.

    Raises: NotFound, OutsideScope.
    """
    client = await require_managed_client(db, actor, id_)
    matches = [
        entry for entry in await client_queries.read_client_secrets(db, [client.id]) if entry.id == secret_id
    ]
    if not matches:
        raise NotFound
    if matches[0].revoked_at is None:
        matches[0].revoked_at = now()
        await revoke_sessions(db, "client secret revoked", client_id=client.id)
        await record_event(db, actor, Event.CLIENT_SECRET_REVOKED, client, {"secret_id": str(secret_id)})
        await db.flush()
    return await client_to_response(db, client)
