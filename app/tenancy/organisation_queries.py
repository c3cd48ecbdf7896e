"""Selects over organisations. Parents and places are reached through organisations that the actor sees."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import visible
from app.models.organisation import Organisation, OrganisationParent, OrganisationPlace
from app.tenancy.organisation_schemas import OrganisationFilter


def visible_organisations(actor: Actor) -> SelectOfScalar[Organisation]:
    """Those of the actor's places, of the whole network, and the actor's own wherever it sits."""
    own = col(Organisation.id) == actor.organisation_id
    return select(Organisation).where(or_(visible(actor, Organisation, shared=True), own))


def listed(actor: Actor, wanted: OrganisationFilter, today: date) -> SelectOfScalar[Organisation]:
    """The visible ones that the filters leave."""
    stmt = visible_organisations(actor)
    for name in ("network", "level", "province_code", "commune_code"):
        value = getattr(wanted, name)
        if value is not None:
            stmt = stmt.where(getattr(Organisation, name) == value)
    if wanted.parent_id is None and wanted.parent_code is None:
        return stmt
    above = visible_organisations(actor).with_only_columns(col(Organisation.id))
    if wanted.parent_id is not None:
        above = above.where(col(Organisation.id) == wanted.parent_id)
    if wanted.parent_code is not None:
        above = above.where(col(Organisation.code) == wanted.parent_code)
    below = select(OrganisationParent.organisation_id).where(
        col(OrganisationParent.parent_id).in_(above),
        OrganisationParent.valid_from <= today,
        or_(col(OrganisationParent.valid_to).is_(None), col(OrganisationParent.valid_to) >= today),
    )
    return stmt.where(col(Organisation.id).in_(below))


async def find_organisation(
    db: AsyncSession, actor: Actor, *, id_: UUID | None = None, code: str | None = None
) -> Organisation | None:
    """The organisation of that id or code, if the actor sees it."""
    wanted = Organisation.code == code if id_ is None else Organisation.id == id_
    return (await db.exec(visible_organisations(actor).where(wanted))).one_or_none()


async def parents(db: AsyncSession, ids: Iterable[UUID]) -> Sequence[OrganisationParent]:
    """The dated parents of organisations that were read before, the earliest first."""
    stmt = select(OrganisationParent).where(col(OrganisationParent.organisation_id).in_(list(ids)))
    return (await db.exec(stmt.order_by(col(OrganisationParent.valid_from)))).all()


async def places(db: AsyncSession, ids: Iterable[UUID]) -> Sequence[OrganisationPlace]:
    """The dated places of organisations that were read before, the earliest first."""
    stmt = select(OrganisationPlace).where(col(OrganisationPlace.organisation_id).in_(list(ids)))
    return (
        await db.exec(stmt.order_by(col(OrganisationPlace.valid_from), col(OrganisationPlace.place_code)))
    ).all()
