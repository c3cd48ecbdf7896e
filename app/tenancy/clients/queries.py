"""Selects over partner systems. Their secrets are reached through clients that the actor sees."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.models.tenancy.client import Client, ClientSecret
from app.tenancy.clients.schemas import ClientFilter
from app.tenancy.logins.queries import call_secret_function
from app.tenancy.organisations.queries import filter_by_organisation

_HASH: QueryableAttribute[Any] = col(ClientSecret.secret_hash)  # type: ignore[assignment]
SELECT_SECRETS = select(ClientSecret).options(defer(_HASH, raiseload=True))
"""Secrets without their hashes, which the application's role cannot read."""
_REPLACE_HASH = text("select note_client_use(:process_key, :client_id, :secret_id, :new_hash, null)")
_ADD_SECRET = text("select add_client_secret(:process_key, :id, :client_id, :secret_hash, :created_at)")


def select_visible_clients(actor: Actor) -> SelectOfScalar[Client]:
    """Select the clients in the actor's places and network, and those of the actor's own organisation."""
    own = col(Client.organisation_id) == actor.organisation_id
    return select(Client).where(or_(visible_condition(actor, Client), own))


def select_clients(actor: Actor, filters: ClientFilter) -> SelectOfScalar[Client]:
    """Select the visible clients that match the filters."""
    stmt = filter_by_organisation(
        select_visible_clients(actor), Client, actor, filters.organisation_id, filters.organisation_code
    )
    if filters.disabled is not None:
        disabled_at = col(Client.disabled_at)
        stmt = stmt.where(disabled_at.is_not(None) if filters.disabled else disabled_at.is_(None))
    return stmt


async def find_visible_client(db: AsyncSession, actor: Actor, id_: UUID) -> Client | None:
    """Find the client of that id, if the actor sees it."""
    return (await db.exec(select_visible_clients(actor).where(Client.id == id_))).one_or_none()


async def read_client_secrets(db: AsyncSession, ids: Iterable[UUID]) -> Sequence[ClientSecret]:
    """Read the secrets of clients that the actor sees, the earliest first."""
    stmt = SELECT_SECRETS.where(col(ClientSecret.client_id).in_(list(ids)))
    return (await db.exec(stmt.order_by(col(ClientSecret.id)))).all()


async def replace_secret_hash(db: AsyncSession, secret: ClientSecret, secret_hash: str) -> None:
    """Let a secret have another text from now on."""
    values = {"client_id": secret.client_id, "secret_id": secret.id, "new_hash": secret_hash}
    await call_secret_function(db, _REPLACE_HASH, **values)


async def add_client_secret(db: AsyncSession, secret: ClientSecret) -> None:
    """Store a further secret of a client."""
    values = secret.model_dump(include={"id", "client_id", "secret_hash", "created_at"})
    await call_secret_function(db, _ADD_SECRET, **values)
