"""Query filters for what an actor may see, in addition to row-level security."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, or_, true
from sqlmodel import SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor

_RowT = TypeVar("_RowT", bound=SQLModel)


def visible_condition(actor: Actor, table: type[SQLModel], *, shared: bool = False) -> ColumnElement[bool]:
    """The condition for rows of *table* that lie in the actor's network and places.

    shared: rows without a province are the whole network's to read.
    """
    columns: Any = table
    network = true() if actor.all_networks else columns.network == actor.network
    if actor.nationwide:
        return and_(true(), network)
    in_scope = or_(
        columns.province_code.in_(actor.provinces),
        columns.commune_code.in_(actor.communes),
        *([columns.province_code.is_(None)] if shared else []),
    )
    return and_(network, in_scope)


def select_visible(actor: Actor, table: type[_RowT], *, shared: bool = False) -> SelectOfScalar[_RowT]:
    """Select the rows of *table* that the actor may see: where every query begins."""
    return select(table).where(visible_condition(actor, table, shared=shared))
