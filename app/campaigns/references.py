"""Resolve what a body refers to, within what the actor sees, and the place of a record."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.core.errors import InvalidInput
from app.core.values.references import choose_pointer, reference_not_found
from app.models.campaigns.campaign import Campaign
from app.models.savings.group import Group
from app.models.savings.savings_model import SavingsModel
from app.models.tenancy.organisation import Organisation
from app.savings.references import find_last_day_of_place, resolve_place_ref
from app.savings.savings_models.queries import select_readable_models
from app.tenancy.errors import OutsideScope
from app.tenancy.organisations.queries import select_visible_organisations

_Row = TypeVar("_Row", bound=SQLModel)


async def resolve_record_place(
    db: AsyncSession, actor: Actor, place_code: str | None, day: date | None
) -> dict[str, Any]:
    """Resolve place_code, province_code and commune_code of a new record; by default its organisation's place.

    day: on which the place had the code; by default today, or the place's last day.
    Raises: InvalidInput for a place unknown on the day; OutsideScope.
    """
    if place_code is not None:
        place_ref = await resolve_place_ref(
            db, actor, place_code, day or await find_last_day_of_place(db, place_code), "/place_code"
        )
        return build_place_columns(place_code, place_ref.province_code, place_ref.commune_code)
    own = await db.get(Organisation, actor.organisation_id)
    province_code, commune_code = (own.province_code, own.commune_code) if own else (None, None)
    if not actor.covers(province_code, commune_code):
        raise OutsideScope("/place_code")
    return build_place_columns(None, province_code, commune_code)


def build_place_columns(
    place_code: str | None, province_code: str | None, commune_code: str | None
) -> dict[str, Any]:
    """Build the columns that say where a record lies."""
    return {"place_code": place_code, "province_code": province_code, "commune_code": commune_code}


async def resolve_reference(
    db: AsyncSession,
    visible: SelectOfScalar[_Row],
    table: type[_Row],
    prefix: str,
    row_id: UUID | None,
    code: str | None = None,
) -> _Row | None:
    """Resolve the record that a body names by `<prefix>_id` or `<prefix>_code`; None when it names none.

    visible: the records of the table that the actor sees.
    Raises: NotFound with the field's pointer; InvalidInput for both, or for a code of several networks.
    """
    pointer = choose_pointer(row_id, code, prefix)
    if pointer is None:
        return None
    columns: Any = table
    condition = columns.id == row_id if row_id is not None else columns.code == code
    rows = (await db.exec(visible.where(condition).limit(2))).all()
    if not rows:
        raise reference_not_found(pointer)
    if len(rows) > 1:
        raise InvalidInput.at(
            pointer,
            "ambiguous_code",
            vi="Có nhiều bản ghi mang mã này ở các mạng lưới khác nhau; hãy dùng mã định danh (UUID).",
            en="Records of several networks have this code; give the id.",
        )
    return rows[0]


async def resolve_organisation_id(
    db: AsyncSession, actor: Actor, prefix: str, row_id: UUID | None, code: str | None
) -> UUID | None:
    """Resolve the organisation named by `<prefix>_id` or `<prefix>_code`. Raises: NotFound, InvalidInput."""
    visible = select_visible_organisations(actor)
    organisation = await resolve_reference(db, visible, Organisation, prefix, row_id, code)
    return organisation.id if organisation else None


async def resolve_group_id(
    db: AsyncSession, actor: Actor, prefix: str, row_id: UUID | None, code: str | None
) -> UUID | None:
    """Resolve the group named by `<prefix>_id` or `<prefix>_code`. Raises: NotFound, InvalidInput."""
    group = await resolve_reference(db, select_visible(actor, Group), Group, prefix, row_id, code)
    return group.id if group else None


async def resolve_model_id(
    db: AsyncSession, actor: Actor, row_id: UUID | None, code: str | None
) -> UUID | None:
    """Resolve the savings model that a body names. Raises: NotFound, InvalidInput."""
    model = await resolve_reference(db, select_readable_models(actor), SavingsModel, "model", row_id, code)
    return model.id if model else None


async def resolve_campaign_id(db: AsyncSession, actor: Actor, row_id: UUID | None) -> UUID | None:
    """Resolve the campaign that a body names. Raises: NotFound."""
    campaign = await resolve_reference(
        db, select_visible(actor, Campaign, shared=True), Campaign, "campaign", row_id
    )
    return campaign.id if campaign else None


async def resolve_party(
    db: AsyncSession, actor: Actor, prefix: str, row_id: UUID | None, code: str | None, name: str | None
) -> dict[str, Any]:
    """Resolve `<prefix>_id` and `<prefix>_name` of an organiser or payer: one of the two, by default the actor's.

    Raises: NotFound, InvalidInput.
    """
    organisation_id = await resolve_organisation_id(db, actor, prefix, row_id, code)
    if organisation_id is not None and name is not None:
        raise InvalidInput.at(
            f"/{prefix}_name",
            "one_of_two",
            vi="Tên chỉ ghi cho đơn vị không có trong hệ thống.",
            en="The name is only for a party that is not an organisation here.",
        )
    own = actor.organisation_id if name is None else None
    return {f"{prefix}_id": organisation_id or own, f"{prefix}_name": name}
