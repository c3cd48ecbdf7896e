"""Selects over partner systems. Their secrets are reached through clients that the actor sees."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.models.tenancy.client import Client, ClientSecret
from app.tenancy.clients.schemas import ClientFilter
from app.tenancy.organisations.queries import filter_by_organisation


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
    stmt = select(ClientSecret).where(col(ClientSecret.client_id).in_(list(ids)))
    return (await db.exec(stmt.order_by(col(ClientSecret.id)))).all()
