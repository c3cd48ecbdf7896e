"""What every record of this package goes through: found, stored once, edited by its own network."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, not_, or_
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import changes, record
from app.auth.actor import Actor
from app.auth.scope import scoped
from app.campaigns.shapes import DatedFilter, PlaceFilter
from app.core.creations import made_before
from app.core.errors import Conflict, Forbidden, NotFound
from app.core.versions import apply_edit
from app.models.group import Group
from app.models.organisation import Organisation
from app.models.savings_model import SavingsModel
from app.savings.references import absent
from app.savings.savings_model_queries import in_place, of_organisation

Row = TypeVar("Row", bound=SQLModel)

_CODED: dict[str, tuple[str, Any]] = {
    "model_code": ("model_id", SavingsModel),
    "group_code": ("group_id", Group),
    "for_group_code": ("for_group_id", Group),
    "for_organisation_code": ("for_organisation_id", Organisation),
}
"""Filters by code: the column that they mean, and whose code it is."""

_OURS = {"id", "created_by", "created_at", "updated_at", "version"}


class AlreadyCorrected(Conflict):
    """A record has at most one correction; a further one corrects the correction."""

    code = "already_corrected"
    vi = "Bản ghi này đã được đính chính; hãy đính chính bản mới nhất."
    en = "This record was corrected before; correct the newest one."


def owned(actor: Actor) -> dict[str, Any]:
    """The columns that say whose a new record is."""
    return {"network": actor.network, "organisation_id": actor.organisation_id, "created_by": actor.id}


async def find(db: AsyncSession, actor: Actor, table: type[Row], row_id: UUID) -> Row:
    """One record that the actor sees. Raises: NotFound."""
    columns: Any = table
    row = (await db.exec(scoped(actor, table, shared=True).where(columns.id == row_id))).first()
    if row is None:
        raise NotFound
    return row


async def store(
    db: AsyncSession, actor: Actor, row: Row, event: Event, noted: Sequence[str], client_id: UUID | None
) -> Row:
    """Add a record; one with the same id and content that is there already is given instead.

    noted: the columns that the audit keeps; client_id: the id that the body gave. Raises: IdTaken.
    """
    if client_id is not None:
        given = [name for name in type(row).model_fields if name not in _OURS]
        before = await made_before(db, row, given)
        if before is not None:
            return before
    db.add(row)
    await record(db, actor, event, row, changes({}, {name: getattr(row, name) for name in noted}))
    await db.flush()
    return row


async def locked(db: AsyncSession, actor: Actor, table: type[Row], row_id: UUID) -> Row:
    """A record of the actor's own network and places, locked for an edit.

    Raises: NotFound; Forbidden for one that the actor only reads.
    """
    seen: Any = await find(db, actor, table, row_id)
    setter = getattr(seen, "set_by_network", seen.network)
    if setter != actor.network or not actor.covers(seen.province_code, seen.commune_code):
        raise Forbidden
    columns: Any = table
    stmt = select(table).where(columns.id == row_id).with_for_update(key_share=True)
    return (await db.exec(stmt.execution_options(populate_existing=True))).one()


async def edit(
    db: AsyncSession,
    actor: Actor,
    row: Any,
    version: int,
    values: Mapping[str, Any],
    event: Event,
    noted: Sequence[str],
) -> None:
    """Set values on a locked record and note what changed. Raises: StaleVersion."""
    before = {name: getattr(row, name) for name in noted}
    apply_edit(row, version, values)
    await record(db, actor, event, row, changes(before, {name: getattr(row, name) for name in noted}))
    await db.flush()


async def chosen(db: AsyncSession, table: type[SQLModel], wanted: PlaceFilter) -> list[ColumnElement[bool]]:
    """The conditions of the filters that every list has."""
    columns: Any = table
    found = [*of_organisation(table, wanted.organisation_id, wanted.organisation_code)]
    if wanted.network is not None:
        found.append(columns.network == wanted.network)
    if wanted.place_code is not None:
        here = await in_place(db, table, wanted.place_code)
        found.append(or_(here, columns.place_code == wanted.place_code))
    for name, (column, other) in _CODED.items():
        if (code := getattr(wanted, name, None)) is not None:
            found.append(getattr(columns, column).in_(select(other.id).where(other.code == code)))
    return found


def happened(table: Any, on: Any, wanted: DatedFilter) -> list[ColumnElement[bool]]:
    """The conditions of the filters by campaign and time. on: the column of the day."""
    found: list[ColumnElement[bool]] = []
    if wanted.campaign_id is not None:
        found.append(table.campaign_id == wanted.campaign_id)
    if wanted.from_day is not None:
        found.append(func.coalesce(on, table.period_to) >= wanted.from_day)
    if wanted.to_day is not None:
        found.append(func.coalesce(on, table.period_from) <= wanted.to_day)
    return found


def uncorrected(table: Any) -> ColumnElement[bool]:
    """The condition for records in whose place no correction stands."""
    correction = aliased(table)
    return not_(exists().where(correction.corrects_id == table.id))


async def corrections(db: AsyncSession, table: Any, rows: Sequence[Any]) -> dict[UUID, UUID]:
    """Which of these records were corrected, and by which."""
    ids = [row.id for row in rows]
    stmt = select(table.corrects_id, table.id).where(table.corrects_id.in_(ids))
    return dict((await db.exec(stmt)).all()) if ids else {}


async def correctable(db: AsyncSession, actor: Actor, table: type[Row], row_id: UUID | None) -> Row | None:
    """The record that a new one is to correct. Raises: NotFound, Forbidden, AlreadyCorrected."""
    if row_id is None:
        return None
    try:
        row: Any = await find(db, actor, table, row_id)
    except NotFound:
        raise absent("/corrects_id") from None
    if row.network != actor.network or not actor.covers(row.province_code, row.commune_code):
        raise Forbidden
    if await corrections(db, table, [row]):
        raise AlreadyCorrected
    found: Row = row
    return found
