"""Giving a partner system a further secret, and taking one away."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.auth.queries import end_sessions
from app.core.errors import NotFound
from app.core.paging import Page, PageRequest, paged
from app.core.time import now
from app.models.auth import AuthSession
from app.models.client import ClientSecret
from app.tenancy import client_queries
from app.tenancy.client_schemas import ClientOut, NewSecretOut, SecretIn, SecretOut
from app.tenancy.client_secrets import fresh_secret, live, make_room, new_secret_out, secret_out
from app.tenancy.client_service import client_out, managed
from app.tenancy.grants import check_scopes
from app.tenancy.rows import organisation_for
from app.tenancy.user_service import sees_all


async def list_secrets(db: AsyncSession, actor: Actor, id_: UUID, page: PageRequest) -> Page[SecretOut]:
    """One page of a client's secrets, the earliest first, with their last use. Raises: NotFound."""
    client = await client_queries.find_client(db, actor, id_)
    if client is None:
        raise NotFound
    stmt = select(ClientSecret).where(ClientSecret.client_id == client.id)
    rows, cursor = await paged(db, stmt, columns=[col(ClientSecret.id)], page=page)
    return Page(items=[secret_out(row) for row in rows], next_cursor=cursor)


async def add_secret(db: AsyncSession, actor: Actor, id_: UUID, body: SecretIn) -> NewSecretOut:
    """Make a further secret. Who knows it acts with the client's rights, so the actor must have them all.

    Raises: NotFound, OutsideScope, GrantExceeds, TooManySecrets, InvalidInput, PasswordsBusy.
    """
    client = await managed(db, actor, id_)
    organisation = await organisation_for(db, actor, client.organisation_id, None)
    check_scopes(actor, client.scopes, sees_all=await sees_all(db, actor, organisation))
    make_room(live(await client_queries.secrets_of(db, [client.id]), now()), body.older_valid_until)
    text, secret = await fresh_secret(client)
    db.add(secret)
    await record(db, actor, Event.CLIENT_SECRET_ADDED, client, {"secret_id": str(secret.id)})
    await db.flush()
    return new_secret_out(secret, text)


async def revoke_secret(db: AsyncSession, actor: Actor, id_: UUID, secret_id: UUID) -> ClientOut:
    """End a secret at once, and with it every token of the client: nobody knows which secret got which token.

    Raises: NotFound, OutsideScope.
    """
    client = await managed(db, actor, id_)
    found = [entry for entry in await client_queries.secrets_of(db, [client.id]) if entry.id == secret_id]
    if not found:
        raise NotFound
    if found[0].revoked_at is None:
        found[0].revoked_at = now()
        await end_sessions(db, "client secret revoked", col(AuthSession.client_id) == client.id)
        await record(db, actor, Event.CLIENT_SECRET_REVOKED, client, {"secret_id": str(secret_id)})
        await db.flush()
    return await client_out(db, client)
