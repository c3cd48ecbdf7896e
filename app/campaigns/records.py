"""Steps that all records of this package share: find, create once, edit by their own network."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, not_, or_
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import diff_fields, record_event
from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.campaigns.errors import AlreadyCorrected
from app.campaigns.shapes import DatedRecordFilter, RecordFilter
from app.core.errors import Forbidden, NotFound
from app.core.postgres.creations import find_existing
from app.core.values.references import reference_not_found
from app.core.values.versions import apply_edit
from app.models.savings.group import Group
from app.models.savings.savings_model import SavingsModel
from app.models.tenancy.organisation import Organisation
from app.savings.savings_models.queries import build_organisation_conditions, build_place_condition

_Row = TypeVar("_Row", bound=SQLModel)

_CODE_FILTERS: dict[str, tuple[str, Any]] = {
    "model_code": ("model_id", SavingsModel),
    "group_code": ("group_id", Group),
    "for_group_code": ("for_group_id", Group),
    "for_organisation_code": ("for_organisation_id", Organisation),
}
"""Filters by code: the column that they mean, and whose code it is."""

_SERVER_COLUMNS = {"id", "created_by", "created_at", "updated_at", "version"}


def ownership_columns(actor: Actor) -> dict[str, Any]:
    """Return the columns that say whose a new record is."""
    return {"network": actor.network, "organisation_id": actor.organisation_id, "created_by": actor.id}


async def require_record(db: AsyncSession, actor: Actor, table: type[_Row], row_id: UUID) -> _Row:
    """Find one record that the actor sees. Raises: NotFound."""
    columns: Any = table
    row = (await db.exec(select_visible(actor, table, shared=True).where(columns.id == row_id))).first()
    if row is None:
        raise NotFound
    return row


async def create_record(
    db: AsyncSession, actor: Actor, row: _Row, event: Event, audited: Sequence[str], client_id: UUID | None
) -> _Row:
    """Create a record; one with the same id and content that exists already is returned instead.

    audited: the columns that the audit keeps; client_id: the id that the body gave. Raises: IdTaken.
    """
    if client_id is not None:
        compared = [name for name in type(row).model_fields if name not in _SERVER_COLUMNS]
        existing = await find_existing(db, row, compared)
        if existing is not None:
            return existing
    db.add(row)
    await record_event(db, actor, event, row, diff_fields({}, {name: getattr(row, name) for name in audited}))
    await db.flush()
    return row


async def lock_record(db: AsyncSession, actor: Actor, table: type[_Row], row_id: UUID) -> _Row:
    """Lock a record of the actor's own network and places for an edit.

    Raises: NotFound; Forbidden for one that the actor only reads.
    """
    visible_row: Any = await require_record(db, actor, table, row_id)
    owner_network = getattr(visible_row, "set_by_network", visible_row.network)
    if owner_network != actor.network or not actor.covers(
        visible_row.province_code, visible_row.commune_code
    ):
        raise Forbidden
    columns: Any = table
    stmt = select(table).where(columns.id == row_id).with_for_update(key_share=True)
    return (await db.exec(stmt.execution_options(populate_existing=True))).one()


async def edit_record(
    db: AsyncSession,
    actor: Actor,
    row: Any,
    version: int,
    values: Mapping[str, Any],
    event: Event,
    audited: Sequence[str],
) -> None:
    """Set values on a locked record and audit what changed. Raises: StaleVersion."""
    before = {name: getattr(row, name) for name in audited}
    apply_edit(row, version, values)
    await record_event(
        db, actor, event, row, diff_fields(before, {name: getattr(row, name) for name in audited})
    )
    await db.flush()


async def build_filter_conditions(
    db: AsyncSession, table: type[SQLModel], filters: RecordFilter
) -> list[ColumnElement[bool]]:
    """Build the conditions of the filters that every list has."""
    columns: Any = table
    conditions = [*build_organisation_conditions(table, filters.organisation_id, filters.organisation_code)]
    if filters.network is not None:
        conditions.append(columns.network == filters.network)
    if filters.place_code is not None:
        in_place_condition = await build_place_condition(db, table, filters.place_code)
        conditions.append(or_(in_place_condition, columns.place_code == filters.place_code))
    for name, (column, other) in _CODE_FILTERS.items():
        if (code := getattr(filters, name, None)) is not None:
            conditions.append(getattr(columns, column).in_(select(other.id).where(other.code == code)))
    return conditions


def build_date_conditions(table: Any, on: Any, filters: DatedRecordFilter) -> list[ColumnElement[bool]]:
    """Build the conditions of the filters by campaign and time. on: the column of the day."""
    conditions: list[ColumnElement[bool]] = []
    if filters.campaign_id is not None:
        conditions.append(table.campaign_id == filters.campaign_id)
    if filters.from_ is not None:
        conditions.append(func.coalesce(on, table.period_to) >= filters.from_)
    if filters.to is not None:
        conditions.append(func.coalesce(on, table.period_from) <= filters.to)
    return conditions


def is_uncorrected(table: Any) -> ColumnElement[bool]:
    """Build the condition for records that have no correction."""
    correction = aliased(table)
    return not_(exists().where(correction.corrects_id == table.id))


async def find_corrections(db: AsyncSession, table: Any, rows: Sequence[Any]) -> dict[UUID, UUID]:
    """Find the ids of the corrections of these records."""
    ids = [row.id for row in rows]
    stmt = select(table.corrects_id, table.id).where(table.corrects_id.in_(ids))
    return dict((await db.exec(stmt)).all()) if ids else {}


async def resolve_correctable(
    db: AsyncSession, actor: Actor, table: type[_Row], row_id: UUID | None
) -> _Row | None:
    """Resolve the record that a new one is to correct. Raises: NotFound, Forbidden, AlreadyCorrected."""
    if row_id is None:
        return None
    try:
        row: Any = await require_record(db, actor, table, row_id)
    except NotFound:
        raise reference_not_found("/corrects_id") from None
    if row.network != actor.network or not actor.covers(row.province_code, row.commune_code):
        raise Forbidden
    if await find_corrections(db, table, [row]):
        raise AlreadyCorrected
    result: _Row = row
    return result
