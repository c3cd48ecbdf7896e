"""Selects over partner systems. Their secrets are reached through clients that the actor sees."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import visible
from app.models.client import Client, ClientSecret
from app.models.organisation import Organisation
from app.tenancy.client_schemas import ClientFilter
from app.tenancy.organisation_queries import visible_organisations


def visible_clients(actor: Actor) -> SelectOfScalar[Client]:
    """Those of the actor's places and network, and of the actor's own organisation wherever it sits."""
    own = col(Client.organisation_id) == actor.organisation_id
    return select(Client).where(or_(visible(actor, Client), own))


def listed(actor: Actor, wanted: ClientFilter) -> SelectOfScalar[Client]:
    """The visible ones that the filters leave."""
    stmt = visible_clients(actor)
    if wanted.organisation_id is not None:
        stmt = stmt.where(Client.organisation_id == wanted.organisation_id)
    if wanted.organisation_code is not None:
        named = visible_organisations(actor).where(col(Organisation.code) == wanted.organisation_code)
        stmt = stmt.where(col(Client.organisation_id).in_(named.with_only_columns(col(Organisation.id))))
    if wanted.disabled is not None:
        since = col(Client.disabled_at)
        stmt = stmt.where(since.is_not(None) if wanted.disabled else since.is_(None))
    return stmt


async def find_client(db: AsyncSession, actor: Actor, id_: UUID) -> Client | None:
    """The client of that id, if the actor sees it."""
    return (await db.exec(visible_clients(actor).where(Client.id == id_))).one_or_none()


async def secrets_of(db: AsyncSession, ids: Iterable[UUID]) -> Sequence[ClientSecret]:
    """The secrets of clients that were read before, the earliest first."""
    stmt = select(ClientSecret).where(col(ClientSecret.client_id).in_(list(ids)))
    return (await db.exec(stmt.order_by(col(ClientSecret.id)))).all()
