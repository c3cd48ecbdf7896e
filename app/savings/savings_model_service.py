"""Savings models: list, add, edit."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import changes, record
from app.auth.actor import Actor
from app.core.bodies import given
from app.core.creations import made_before
from app.core.errors import DomainError, Forbidden, IdTaken, InvalidInput, NotFound, register_constraint
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest
from app.core.versions import apply_edit
from app.models.organisation import Organisation
from app.models.savings_model import SavingsModel
from app.savings import savings_model_queries as queries
from app.savings.mechanisms import Details, stored
from app.savings.naming_rules import made_code, search_text
from app.savings.references import last_day_of, organisation_of, seat_on
from app.savings.savings_model_schemas import ModelFilter, ModelIn, ModelOut, ModelPatch

_AUDITED = ("code", "mechanism", "details", "products", "place_code", "launched_on", "ended_on")


class ModelCodeTaken(DomainError):
    """Another model of the network bears the code."""

    status, code = 409, "model_code_taken"
    vi = "Mã mô hình này đã được dùng."
    en = "Another savings model bears this code."


register_constraint("uq_savings_model_code", ModelCodeTaken)
register_constraint("savings_model_pkey", IdTaken)


async def list_models(
    db: AsyncSession, actor: Actor, wanted: ModelFilter, page: PageRequest
) -> Page[ModelOut]:
    """One page of savings models."""
    rows, cursor = await queries.list_models(db, actor, wanted, page)
    return Page(items=[ModelOut.of(row) for row in rows], next_cursor=cursor)


async def find_model(db: AsyncSession, actor: Actor, model_id: UUID) -> SavingsModel:
    """One savings model. Raises: NotFound."""
    row = await queries.read_model(db, actor, model_id)
    if row is None:
        raise NotFound
    return row


async def create_model(db: AsyncSession, actor: Actor, body: ModelIn) -> SavingsModel:
    """Add a savings model; the same body with the same id again gives the model that is there.

    Raises: InvalidInput, NotFound (organisation), OutsideScope, ModelCodeTaken, IdTaken.
    """
    check_days(body.launched_on, body.ended_on)
    if body.details is not None and body.details.mechanism != body.mechanism:
        raise _other_mechanism()
    columns = body.model_dump(
        include={
            "name",
            "aliases",
            "mechanism",
            "products",
            "partners",
            "launched_on",
            "ended_on",
            "description",
        }
    )
    organisation = await organisation_of(db, actor, body.organisation_id, body.organisation_code)
    row = SavingsModel(
        **columns,
        details=stored(body.details) if body.details is not None else {},
        **await place_columns(db, actor, organisation, body.place_code, body.launched_on),
        network=actor.network,
        organisation_id=organisation.id,
        id=body.id or uuid7(),
        code=body.code or "",
    )
    return await add_model(db, actor, row, Event.MODEL_CREATED, [*columns, "details", "place_code"], body.id)


async def add_model(
    db: AsyncSession,
    actor: Actor,
    row: SavingsModel,
    event: Event,
    compared: list[str],
    client_id: UUID | None,
) -> SavingsModel:
    """Store a new model, with a code if it has none yet, unless *client_id* says that it is there already."""
    row.code = row.code or made_code(f"MH-{row.place_code or row.network}"[:50], row.id)
    row.search_name = search_text(row.name, *row.aliases, row.code)
    if client_id is not None:
        before = await made_before(db, row, [*compared, "code", "network", "organisation_id"])
        if before is not None:
            return before
    db.add(row)
    await record(db, actor, event, row, changes({}, _audited(row)))
    await db.flush()
    return row


async def change_model(
    db: AsyncSession, actor: Actor, model_id: UUID, version: int, body: ModelPatch
) -> SavingsModel:
    """Edit a savings model of the actor's own network and places.

    Raises: NotFound; Forbidden for a model that the actor only reads; StaleVersion; InvalidInput.
    """
    seen = await find_model(db, actor, model_id)
    if seen.network != actor.network or not actor.covers(seen.province_code, seen.commune_code):
        raise Forbidden
    row = await queries.lock_model(db, model_id)
    if row is None:
        raise NotFound
    values = given(body)
    if "details" in values:
        values["details"] = _details_for(row, body.details)
    check_days(values.get("launched_on", row.launched_on), values.get("ended_on", row.ended_on))
    if values.get("launched_on") is not None and row.place_code is not None:
        await _check_still_there(db, actor, row, values["launched_on"])
    before = _audited(row)
    apply_edit(row, version, values)
    row.search_name = search_text(row.name, *row.aliases, row.code)
    await record(db, actor, Event.MODEL_CHANGED, row, changes(before, _audited(row)))
    await db.flush()
    return row


async def place_columns(
    db: AsyncSession,
    actor: Actor,
    organisation: Organisation,
    place_code: str | None,
    launched_on: date | None,
) -> dict[str, Any]:
    """The columns that say where a model runs; without a place it is of its organisation's area.

    Raises: InvalidInput for a place unknown on the day of launch, or needed; OutsideScope.
    """
    province_code, commune_code = organisation.province_code, organisation.commune_code
    if place_code is not None:
        day = launched_on or await last_day_of(db, place_code)
        seat = await seat_on(db, actor, place_code, day, "/place_code")
        province_code, commune_code = seat.province_code, seat.commune_code
    elif not actor.covers(province_code, commune_code):
        raise InvalidInput.at(
            "/place_code",
            "place_needed",
            vi="Cần ghi địa danh của mô hình.",
            en="Say in which place the model runs.",
        )
    return {"place_code": place_code, "province_code": province_code, "commune_code": commune_code}


def check_days(begins: date | None, ends: date | None) -> None:
    """Refuses an end before the beginning."""
    if begins is not None and ends is not None and ends < begins:
        raise InvalidInput.at(
            "/ended_on",
            "ends_before_beginning",
            vi="Ngày kết thúc trước ngày bắt đầu.",
            en="The end lies before the beginning.",
        )


async def _check_still_there(db: AsyncSession, actor: Actor, row: SavingsModel, day: date) -> None:
    """A code may have meant another unit on the new day of launch."""
    assert row.place_code is not None  # noqa: S101 - asked for models with a place only
    seat = await seat_on(db, actor, row.place_code, day, "/launched_on")
    if (seat.province_code, seat.commune_code) != (row.province_code, row.commune_code):
        raise InvalidInput.at(
            "/launched_on",
            "place_moved",
            vi="Vào ngày này mã địa danh của mô hình chỉ một nơi khác.",
            en="On this day the model's place code meant another place.",
        )


def _details_for(row: SavingsModel, details: Details) -> dict[str, Any]:
    if details.mechanism != row.mechanism:
        raise _other_mechanism()
    return stored(details)


def _other_mechanism() -> InvalidInput:
    return InvalidInput.at(
        "/details/mechanism",
        "other_mechanism",
        vi="Thông tin chi tiết thuộc cơ chế khác với cơ chế của mô hình.",
        en="These details belong to another mechanism than the model's.",
    )


def _audited(row: SavingsModel) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _AUDITED}
