"""Whom a target is for: one organisation, group or user that the actor sees."""

from dataclasses import dataclass
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.campaigns.references import build_place_columns, resolve_reference
from app.campaigns.targets.schemas import TargetIn
from app.core.errors import InvalidInput
from app.models.savings.group import Group
from app.models.tenancy.organisation import Organisation
from app.models.tenancy.user import User
from app.tenancy.errors import OutsideScope
from app.tenancy.organisations.queries import select_visible_organisations


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a target is for. columns: those of the target's record that name them; place: where they are."""

    network: str
    columns: dict[str, Any]
    place: dict[str, Any]


async def resolve_addressee(db: AsyncSession, actor: Actor, body: TargetIn) -> Addressee | None:
    """Resolve the organisation, group or user that a body names; None when it names none.

    Raises: NotFound with the field's pointer; InvalidInput for more than one; OutsideScope.
    """
    named = {
        column: row for column, row in (await _resolve_named(db, actor, body)).items() if row is not None
    }
    if len(named) > 1:
        raise InvalidInput.at(
            f"/{list(named)[-1]}",
            "one_addressee",
            vi="Chỉ tiêu chỉ giao cho một tổ chức, một tổ hoặc một người.",
            en="A target is for one organisation, one group or one person.",
        )
    if not named:
        return None
    ((column, row),) = named.items()
    if not actor.covers(row.province_code, row.commune_code):
        raise OutsideScope(f"/{column}")
    return Addressee(
        row.network, {column: row.id}, build_place_columns(None, row.province_code, row.commune_code)
    )


async def _resolve_named(
    db: AsyncSession, actor: Actor, body: TargetIn
) -> dict[str, Organisation | Group | User | None]:
    """Resolve each of the body's references, by the column that it is stored in."""
    return {
        "for_organisation_id": await resolve_reference(
            db, select_visible_organisations(actor), Organisation, "for_organisation",
            body.for_organisation_id, body.for_organisation_code,
        ),
        "for_group_id": await resolve_reference(
            db, select_visible(actor, Group), Group, "for_group", body.for_group_id, body.for_group_code
        ),
        "for_user_id": await resolve_reference(db, select_visible(actor, User), User, "for_user", body.for_user_id),
    }  # fmt: skip
