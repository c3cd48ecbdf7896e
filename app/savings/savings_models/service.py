"""Savings models: list, create, edit."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import diff_fields, record_event
from app.auth.actor import Actor
from app.core.errors import Forbidden, IdTaken, InvalidInput, NotFound, register_constraint
from app.core.postgres.creations import find_existing
from app.core.values.bodies import get_set_fields
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest
from app.core.values.time import check_day_order
from app.core.values.versions import apply_edit
from app.models.savings.savings_model import SavingsModel
from app.models.tenancy.organisation import Organisation
from app.savings.mechanisms import Details, dump_details
from app.savings.naming import build_search_text, generate_code
from app.savings.references import find_last_day_of_place, resolve_owning_organisation, resolve_place_ref
from app.savings.savings_models import queries
from app.savings.savings_models.errors import ModelCodeTaken
from app.savings.savings_models.schemas import ModelFilter, ModelIn, ModelOut, ModelPatch

_BODY_COLUMNS = {
    "name", "aliases", "mechanism", "products", "partners", "launched_on", "ended_on", "description",
}  # fmt: skip
_AUDITED_FIELDS = ("code", "mechanism", "details", "products", "place_code", "launched_on", "ended_on")


register_constraint("uq_savings_model_code", ModelCodeTaken)
register_constraint("savings_model_pkey", IdTaken)


async def list_models(
    db: AsyncSession, actor: Actor, filters: ModelFilter, page: PageRequest
) -> Page[ModelOut]:
    """List one page of savings models."""
    rows, cursor = await queries.read_models(db, actor, filters, page)
    return Page(items=[ModelOut.from_record(row) for row in rows], next_cursor=cursor)


async def require_model(db: AsyncSession, actor: Actor, model_id: UUID) -> SavingsModel:
    """Find one savings model. Raises: NotFound."""
    row = await queries.find_model(db, actor, model_id)
    if row is None:
        raise NotFound
    return row


async def create_model(db: AsyncSession, actor: Actor, body: ModelIn) -> SavingsModel:
    """Create a savings model; the same body with the same id again returns the existing model.

    Raises: InvalidInput, NotFound (organisation), OutsideScope, ModelCodeTaken, IdTaken.
    """
    check_day_order(body.launched_on, body.ended_on, "/ended_on")
    if body.details is not None and body.details.mechanism != body.mechanism:
        raise _other_mechanism_error()
    columns = body.model_dump(include=_BODY_COLUMNS)
    organisation = await resolve_owning_organisation(db, actor, body.organisation_id, body.organisation_code)
    row = SavingsModel(
        **columns,
        details=dump_details(body.details) if body.details is not None else {},
        **await resolve_model_place(db, actor, organisation, body.place_code, body.launched_on),
        network=actor.network,
        organisation_id=organisation.id,
        id=body.id or uuid7(),
        code=body.code or "",
    )
    return await store_model(
        db, actor, row, Event.MODEL_CREATED, [*columns, "details", "place_code"], body.id
    )


async def store_model(
    db: AsyncSession,
    actor: Actor,
    row: SavingsModel,
    event: Event,
    compared: list[str],
    client_id: UUID | None,
) -> SavingsModel:
    """Store a new model, with a generated code if it has none; a repeated request gets the existing one."""
    row.code = row.code or generate_code(f"MH-{row.place_code or row.network}"[:50], row.id)
    row.search_name = build_search_text(row.name, *row.aliases, row.code)
    if client_id is not None:
        existing = await find_existing(db, row, [*compared, "code", "network", "organisation_id"])
        if existing is not None:
            return existing
    db.add(row)
    await record_event(db, actor, event, row, diff_fields({}, _audit_fields(row)))
    await db.flush()
    return row


async def edit_model(
    db: AsyncSession, actor: Actor, model_id: UUID, version: int, body: ModelPatch
) -> SavingsModel:
    """Edit a savings model of the actor's own network and places.

    Raises: NotFound; Forbidden for a model that the actor only reads; StaleVersion; InvalidInput.
    """
    visible_model = await require_model(db, actor, model_id)
    if visible_model.network != actor.network or not actor.covers(
        visible_model.province_code, visible_model.commune_code
    ):
        raise Forbidden
    row = await queries.lock_model(db, model_id)
    if row is None:
        raise NotFound
    values = get_set_fields(body)
    if "details" in values:
        values["details"] = _dump_patch_details(row, body.details)
    check_day_order(
        values.get("launched_on", row.launched_on), values.get("ended_on", row.ended_on), "/ended_on"
    )
    if values.get("launched_on") is not None and row.place_code is not None:
        await _check_place_unmoved(db, actor, row, values["launched_on"])
    before = _audit_fields(row)
    apply_edit(row, version, values)
    row.search_name = build_search_text(row.name, *row.aliases, row.code)
    await record_event(db, actor, Event.MODEL_CHANGED, row, diff_fields(before, _audit_fields(row)))
    await db.flush()
    return row


async def resolve_model_place(
    db: AsyncSession,
    actor: Actor,
    organisation: Organisation,
    place_code: str | None,
    launched_on: date | None,
) -> dict[str, Any]:
    """Resolve the columns that say where a model runs; without a place, its organisation's area.

    Raises: InvalidInput for a place unknown on the day of launch, or needed; OutsideScope.
    """
    province_code, commune_code = organisation.province_code, organisation.commune_code
    if place_code is not None:
        day = launched_on or await find_last_day_of_place(db, place_code)
        place_ref = await resolve_place_ref(db, actor, place_code, day, "/place_code")
        province_code, commune_code = place_ref.province_code, place_ref.commune_code
    elif not actor.covers(province_code, commune_code):
        raise InvalidInput.at(
            "/place_code",
            "place_needed",
            vi="Cần ghi địa danh của mô hình.",
            en="Name the place in which the model runs.",
        )
    return {"place_code": place_code, "province_code": province_code, "commune_code": commune_code}


async def _check_place_unmoved(db: AsyncSession, actor: Actor, row: SavingsModel, day: date) -> None:
    """Check that the place code means the same unit on the new day of launch."""
    assert row.place_code is not None  # noqa: S101 - asked for models with a place only
    place_ref = await resolve_place_ref(db, actor, row.place_code, day, "/launched_on")
    if (place_ref.province_code, place_ref.commune_code) != (row.province_code, row.commune_code):
        raise InvalidInput.at(
            "/launched_on",
            "place_moved",
            vi="Vào ngày này mã địa danh của mô hình chỉ một nơi khác.",
            en="On this day the model's place code meant another place.",
        )


def _dump_patch_details(row: SavingsModel, details: Details) -> dict[str, Any]:
    if details.mechanism != row.mechanism:
        raise _other_mechanism_error()
    return dump_details(details)


def _other_mechanism_error() -> InvalidInput:
    return InvalidInput.at(
        "/details/mechanism",
        "other_mechanism",
        vi="Thông tin chi tiết thuộc cơ chế khác với cơ chế của mô hình.",
        en="These details belong to another mechanism than the model's.",
    )


def _audit_fields(row: SavingsModel) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _AUDITED_FIELDS}
