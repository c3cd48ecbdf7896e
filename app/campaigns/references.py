"""What a body refers to, found within what the actor sees, and the place where a record lies."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import scoped
from app.core.errors import InvalidInput
from app.models.campaign import Campaign
from app.models.group import Group
from app.models.organisation import Organisation
from app.models.savings_model import SavingsModel
from app.savings.references import absent, last_day_of, one_of, seat_on
from app.savings.savings_model_queries import readable_models
from app.tenancy.errors import OutsideScope
from app.tenancy.organisation_queries import visible_organisations

Row = TypeVar("Row", bound=SQLModel)


async def place_columns(
    db: AsyncSession, actor: Actor, place_code: str | None, day: date | None
) -> dict[str, Any]:
    """place_code, province_code and commune_code of a new record; by default its organisation's place.

    day: when the place bore the code; by default today, or the place's last day.
    Raises: InvalidInput for a place unknown on the day; OutsideScope.
    """
    if place_code is not None:
        seat = await seat_on(db, actor, place_code, day or await last_day_of(db, place_code), "/place_code")
        return columns_of(place_code, seat.province_code, seat.commune_code)
    own = await db.get(Organisation, actor.organisation_id)
    province_code, commune_code = (own.province_code, own.commune_code) if own else (None, None)
    if not actor.covers(province_code, commune_code):
        raise OutsideScope("/place_code")
    return columns_of(None, province_code, commune_code)


def columns_of(place_code: str | None, province_code: str | None, commune_code: str | None) -> dict[str, Any]:
    """The columns that say where a record lies."""
    return {"place_code": place_code, "province_code": province_code, "commune_code": commune_code}


async def referred(
    db: AsyncSession,
    visible: SelectOfScalar[Row],
    table: type[Row],
    noun: str,
    row_id: UUID | None,
    code: str | None = None,
) -> Row | None:
    """The record that a body names by `<noun>_id` or `<noun>_code`; None when it names none.

    visible: the records of the table that the actor sees.
    Raises: NotFound with the field's pointer; InvalidInput for both, or for a code of several networks.
    """
    pointer = one_of(row_id, code, noun)
    if pointer is None:
        return None
    columns: Any = table
    named = columns.id == row_id if row_id is not None else columns.code == code
    found = (await db.exec(visible.where(named).limit(2))).all()
    if not found:
        raise absent(pointer)
    if len(found) > 1:
        raise InvalidInput.at(
            pointer,
            "ambiguous_code",
            vi="Có nhiều bản ghi mang mã này ở các mạng lưới khác nhau; hãy dùng id.",
            en="Records of several networks bear this code; give the id.",
        )
    return found[0]


async def organisation_id_of(
    db: AsyncSession, actor: Actor, noun: str, row_id: UUID | None, code: str | None
) -> UUID | None:
    """The id of the organisation named by `<noun>_id` or `<noun>_code`. Raises: NotFound, InvalidInput."""
    visible = visible_organisations(actor)
    found = await referred(db, visible, Organisation, noun, row_id, code)
    return found.id if found else None


async def group_id_of(
    db: AsyncSession, actor: Actor, noun: str, row_id: UUID | None, code: str | None
) -> UUID | None:
    """The id of the group named by `<noun>_id` or `<noun>_code`. Raises: NotFound, InvalidInput."""
    found = await referred(db, scoped(actor, Group), Group, noun, row_id, code)
    return found.id if found else None


async def model_id_of(db: AsyncSession, actor: Actor, row_id: UUID | None, code: str | None) -> UUID | None:
    """The id of the savings model that a body names. Raises: NotFound, InvalidInput."""
    found = await referred(db, readable_models(actor), SavingsModel, "model", row_id, code)
    return found.id if found else None


async def campaign_id_of(db: AsyncSession, actor: Actor, row_id: UUID | None) -> UUID | None:
    """The id of the campaign that a body names. Raises: NotFound."""
    found = await referred(db, scoped(actor, Campaign, shared=True), Campaign, "campaign", row_id)
    return found.id if found else None


async def party_columns(
    db: AsyncSession, actor: Actor, noun: str, row_id: UUID | None, code: str | None, name: str | None
) -> dict[str, Any]:
    """`<noun>_id` and `<noun>_name` of who holds or pays something: one of the two, by default the actor's own.

    Raises: NotFound, InvalidInput.
    """
    found = await organisation_id_of(db, actor, noun, row_id, code)
    if found is not None and name is not None:
        raise InvalidInput.at(
            f"/{noun}_name",
            "one_of_two",
            vi="Tên chỉ ghi cho đơn vị không có trong hệ thống.",
            en="The name is for one that is no organisation here.",
        )
    own = actor.organisation_id if name is None else None
    return {f"{noun}_id": found or own, f"{noun}_name": name}
