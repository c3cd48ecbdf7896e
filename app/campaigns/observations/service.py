"""Observations: list, read, record, correct."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.events import Event
from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.auth.scope import select_visible
from app.campaigns.errors import AlreadyCorrected
from app.campaigns.numbers import Qualifier
from app.campaigns.observations.checks import check_observation
from app.campaigns.observations.responses import ObservationOut, to_figure
from app.campaigns.observations.rules import has_small_count, inspect_figure
from app.campaigns.observations.schemas import ObservationFilter, ObservationIn
from app.campaigns.records import (
    build_filter_conditions,
    create_record,
    find_corrections,
    is_uncorrected,
    ownership_columns,
    resolve_correctable,
)
from app.campaigns.references import (
    resolve_campaign_id,
    resolve_group_id,
    resolve_model_id,
    resolve_record_place,
)
from app.campaigns.shapes import NumberIn, check_correction
from app.core.errors import IdTaken, NotFound, register_constraint
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.models.campaigns.observation import Observation

_AUDITED_FIELDS = (
    "metric",
    "product",
    "place_code",
    "model_id",
    "campaign_id",
    "value",
    "unit",
    "flags",
    "corrects_id",
)
_COPIED_FIELDS = {
    "metric", "product", "nature", "observed_on", "period_from", "period_to", "value", "unit", "parts_are_all",
    "cautions", "note", "correction_reason",
}  # fmt: skip
_EQUALITY_FILTERS = ("metric", "product", "nature", "model_id", "campaign_id", "group_id")

register_constraint("observation_pkey", IdTaken)
register_constraint("uq_observation_corrects", AlreadyCorrected)


def select_readable_observations(actor: Actor) -> SelectOfScalar[Observation]:
    """Select the observations that the actor may see; viewers of aggregates see no counts of fewer than five people."""
    stmt = select_visible(actor, Observation, shared=True)
    if not actor.has_permission(Permission.USER_READ):
        own = col(Observation.organisation_id) == actor.organisation_id
        stmt = stmt.where(or_(col(Observation.small).is_(False), own))
    return stmt


async def list_observations(
    db: AsyncSession, actor: Actor, filters: ObservationFilter, page: PageRequest
) -> Page[ObservationOut]:
    """List one page of observations."""
    stmt = select_readable_observations(actor).where(*await build_filter_conditions(db, Observation, filters))
    for name in _EQUALITY_FILTERS:
        if (value := getattr(filters, name)) is not None:
            stmt = stmt.where(getattr(Observation, name) == value)
    if filters.flag is not None:
        stmt = stmt.where(col(Observation.flags).contains([filters.flag.value]))
    day, source = col(Observation.observed_on), col(Observation.source_date)
    if filters.from_ is not None:
        stmt = stmt.where(func.coalesce(day, Observation.period_to, source) >= filters.from_)
    if filters.to is not None:
        stmt = stmt.where(func.coalesce(day, Observation.period_from, source) <= filters.to)
    if not filters.corrected:
        stmt = stmt.where(is_uncorrected(Observation))
    rows, cursor = await fetch_page(db, stmt, columns=[col(Observation.id)], page=page)
    correction_ids = await find_corrections(db, Observation, rows)
    items = [ObservationOut.from_record(row, correction_ids.get(row.id), filters.decimals) for row in rows]
    return Page(items=items, next_cursor=cursor)


async def read_observation(
    db: AsyncSession, actor: Actor, observation_id: UUID, decimals: int | None
) -> ObservationOut:
    """Read one observation. decimals: of derived numbers. Raises: NotFound."""
    row = (await db.exec(select_readable_observations(actor).where(Observation.id == observation_id))).first()
    if row is None:
        raise NotFound
    return await observation_to_response(db, row, decimals)


async def observation_to_response(
    db: AsyncSession, row: Observation, decimals: int | None = None
) -> ObservationOut:
    """Build the response for an observation, with derived numbers and the id of its correction."""
    return ObservationOut.from_record(
        row, (await find_corrections(db, Observation, [row])).get(row.id), decimals
    )


async def record_observation(db: AsyncSession, actor: Actor, body: ObservationIn) -> Observation:
    """Record a figure as printed, flagged where it is inconsistent; the same request again returns the existing one.

    Raises: InvalidInput, NotFound (model, campaign, group, the corrected one), Forbidden, OutsideScope,
    AlreadyCorrected, IdTaken.
    """
    check_observation(body)
    row = Observation(**await _build_columns(db, actor, body), **_build_number_columns(body))
    figure = to_figure(row)
    row.flags = sorted({finding.flag.value for finding in inspect_figure(figure)})
    row.small = has_small_count(figure)
    event = Event.OBSERVATION_RECORDED if row.corrects_id is None else Event.OBSERVATION_CORRECTED
    return await create_record(db, actor, row, event, _AUDITED_FIELDS, body.id)


async def _build_columns(db: AsyncSession, actor: Actor, body: ObservationIn) -> dict[str, Any]:
    """Build the columns of a new observation, with its references resolved."""
    day = body.observed_on or body.period_to or body.source.date
    place = await resolve_record_place(db, actor, body.place_code, day)
    await _check_correction(db, actor, body)
    return {
        **ownership_columns(actor),
        **body.model_dump(include=_COPIED_FIELDS),
        **place,
        "id": body.id or uuid7(),
        "model_id": await resolve_model_id(db, actor, body.model_id, body.model_code),
        "campaign_id": await resolve_campaign_id(db, actor, body.campaign_id),
        "group_id": await resolve_group_id(db, actor, "group", body.group_id, body.group_code),
        "source_kind": body.source.kind,
        "source_title": body.source.title,
        "source_date": body.source.date,
        "corrects_id": body.corrects_id,
    }


async def _check_correction(db: AsyncSession, actor: Actor, body: ObservationIn) -> None:
    """Refuse to correct an observation that is absent or already corrected, unless by the same request."""
    check_correction(body.corrects_id, body.correction_reason)
    try:
        await resolve_correctable(db, actor, Observation, body.corrects_id)
    except AlreadyCorrected:
        if body.id is None or await db.get(Observation, body.id) is None:
            raise


def _build_number_columns(body: ObservationIn) -> dict[str, Any]:
    """Build the columns of the numbers."""
    comparison = body.comparison
    return {
        "qualifier": body.qualifier or (Qualifier.EXACT if body.value is not None else Qualifier.UNSPECIFIED),
        "printed": body.text,
        **_number_to_columns("numerator", body.numerator),
        **_number_to_columns("denominator", body.denominator),
        "parts": [part.model_dump(mode="json") for part in body.parts],
        "base": comparison.base if comparison else "none",
        "base_on": comparison.on if comparison else None,
        "base_value": comparison.value if comparison else None,
        "base_printed": comparison.text if comparison else None,
        "difference": comparison.difference if comparison else None,
        "difference_kind": comparison.difference_kind if comparison else None,
    }


def _number_to_columns(name: str, number: NumberIn | None) -> dict[str, Any]:
    return {
        name: number.value if number else None,
        f"{name}_unit": number.unit if number else None,
        f"{name}_qualifier": number.qualifier if number else None,
    }
