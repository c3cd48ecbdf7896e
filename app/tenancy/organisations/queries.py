"""Selects over organisations. Parents and places are reached through organisations that the actor sees."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlmodel import SQLModel, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.models.tenancy.organisation import Organisation, OrganisationParent, OrganisationPlace
from app.tenancy.organisations.schemas import OrganisationFilter

_Row = TypeVar("_Row", bound=SQLModel)


def select_visible_organisations(actor: Actor) -> SelectOfScalar[Organisation]:
    """Select the organisations in the actor's places, those of the whole network, and the actor's own."""
    own = col(Organisation.id) == actor.organisation_id
    return select(Organisation).where(or_(visible_condition(actor, Organisation, shared=True), own))


def select_organisations(
    actor: Actor, filters: OrganisationFilter, today: date
) -> SelectOfScalar[Organisation]:
    """Select the visible organisations that match the filters."""
    stmt = select_visible_organisations(actor)
    for name in ("network", "level", "province_code", "commune_code"):
        value = getattr(filters, name)
        if value is not None:
            stmt = stmt.where(getattr(Organisation, name) == value)
    if filters.parent_id is None and filters.parent_code is None:
        return stmt
    parent_ids = select_visible_organisations(actor).with_only_columns(col(Organisation.id))
    if filters.parent_id is not None:
        parent_ids = parent_ids.where(col(Organisation.id) == filters.parent_id)
    if filters.parent_code is not None:
        parent_ids = parent_ids.where(col(Organisation.code) == filters.parent_code)
    child_ids = select(OrganisationParent.organisation_id).where(
        col(OrganisationParent.parent_id).in_(parent_ids),
        OrganisationParent.valid_from <= today,
        or_(col(OrganisationParent.valid_to).is_(None), col(OrganisationParent.valid_to) >= today),
    )
    return stmt.where(col(Organisation.id).in_(child_ids))


def filter_by_organisation(
    stmt: SelectOfScalar[_Row], table: type[_Row], actor: Actor, id_: UUID | None, code: str | None
) -> SelectOfScalar[_Row]:
    """Filter a select to the rows that belong to the organisation of this id or code, if the actor sees it."""
    column = col(cast(Any, table).organisation_id)
    if id_ is not None:
        stmt = stmt.where(column == id_)
    if code is not None:
        organisations = select_visible_organisations(actor).where(col(Organisation.code) == code)
        stmt = stmt.where(column.in_(organisations.with_only_columns(col(Organisation.id))))
    return stmt


async def find_organisation(
    db: AsyncSession, actor: Actor, *, id_: UUID | None = None, code: str | None = None
) -> Organisation | None:
    """Find the organisation of that id or code, if the actor sees it."""
    condition = Organisation.code == code if id_ is None else Organisation.id == id_
    return (await db.exec(select_visible_organisations(actor).where(condition))).one_or_none()


async def read_organisation_parents(db: AsyncSession, ids: Iterable[UUID]) -> Sequence[OrganisationParent]:
    """Read the dated parents of organisations that the actor sees, the earliest first."""
    stmt = select(OrganisationParent).where(col(OrganisationParent.organisation_id).in_(list(ids)))
    return (await db.exec(stmt.order_by(col(OrganisationParent.valid_from)))).all()


async def read_organisation_places(db: AsyncSession, ids: Iterable[UUID]) -> Sequence[OrganisationPlace]:
    """Read the dated places of organisations that the actor sees, the earliest first."""
    stmt = select(OrganisationPlace).where(col(OrganisationPlace.organisation_id).in_(list(ids)))
    return (
        await db.exec(stmt.order_by(col(OrganisationPlace.valid_from), col(OrganisationPlace.place_code)))
    ).all()
