"""Resolve the organisation that a body refers to."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.values.references import reference_not_found
from app.models.tenancy.organisation import Organisation
from app.tenancy.organisations import queries
from app.tenancy.rows import check_exactly_one


async def resolve_organisation(
    db: AsyncSession, actor: Actor, id_: UUID | None, code: str | None, name: str = "organisation"
) -> Organisation:
    """Resolve a body's `<name>_id` or `<name>_code` to the organisation; without both, the actor's own.

    Raises: InvalidInput when both are given; NotFound with the pointer.
    """
    if id_ is not None and code is not None:
        check_exactly_one(id_, code, f"/{name}_id")
    effective_id = actor.organisation_id if id_ is None and code is None else id_
    organisation = await queries.find_organisation(db, actor, id_=effective_id, code=code)
    if organisation is None:
        raise reference_not_found(f"/{name}_code" if effective_id is None else f"/{name}_id")
    return organisation
