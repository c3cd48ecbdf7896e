"""The services' own filter: what an actor may see, said again in the query beside row-level security."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, or_, true
from sqlmodel import SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor

Row = TypeVar("Row", bound=SQLModel)


def visible(actor: Actor, table: type[SQLModel], *, shared: bool = False) -> ColumnElement[bool]:
    """The condition for rows of *table* that lie in the actor's network and places.

    shared: rows without a province are the whole network's to read.
    """
    columns: Any = table
    network = true() if actor.all_networks else columns.network == actor.network
    if actor.nationwide:
        return and_(true(), network)
    here = or_(
        columns.province_code.in_(actor.provinces),
        columns.commune_code.in_(actor.communes),
        *([columns.province_code.is_(None)] if shared else []),
    )
    return and_(network, here)


def scoped(actor: Actor, table: type[Row], *, shared: bool = False) -> SelectOfScalar[Row]:
    """A select of the rows of *table* that the actor may see: where every query begins."""
    return select(table).where(visible(actor, table, shared=shared))
