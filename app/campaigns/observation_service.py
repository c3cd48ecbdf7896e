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
from app.auth.scope import scoped
from app.campaigns.number_rules import Qualifier
from app.campaigns.observation_checks import check_figure
from app.campaigns.observation_out import ObservationOut, figure_of
from app.campaigns.observation_rules import findings, is_small
from app.campaigns.observation_schemas import ObservationFilter, ObservationIn
from app.campaigns.records import (
    AlreadyCorrected,
    chosen,
    correctable,
    corrections,
    owned,
    store,
    uncorrected,
)
from app.campaigns.references import campaign_id_of, group_id_of, model_id_of, place_columns
from app.campaigns.shapes import NumberIn, check_correction
from app.core.errors import IdTaken, NotFound, register_constraint
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.models.observation import Observation

_NOTED = (
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
_PLAIN = {
    "metric", "product", "nature", "observed_on", "period_from", "period_to", "value", "unit", "parts_are_all",
    "cautions", "note", "correction_reason",
}  # fmt: skip
_EQUALS = ("metric", "product", "nature", "model_id", "campaign_id", "group_id")

register_constraint("observation_pkey", IdTaken)
register_constraint("uq_observation_corrects", AlreadyCorrected)


def readable(actor: Actor) -> SelectOfScalar[Observation]:
    """The observations that the actor may see; who sees aggregates only sees no counts of fewer than five people."""
    stmt = scoped(actor, Observation, shared=True)
    if not actor.may(Permission.CAMPAIGN_READ):
        own = col(Observation.organisation_id) == actor.organisation_id
        stmt = stmt.where(or_(col(Observation.small).is_(False), own))
    return stmt


async def list_observations(
    db: AsyncSession, actor: Actor, wanted: ObservationFilter, page: PageRequest
) -> Page[ObservationOut]:
    """One page of observations."""
    stmt = readable(actor).where(*await chosen(db, Observation, wanted))
    for name in _EQUALS:
        if (value := getattr(wanted, name)) is not None:
            stmt = stmt.where(getattr(Observation, name) == value)
    if wanted.flag is not None:
        stmt = stmt.where(col(Observation.flags).contains([wanted.flag.value]))
    day, source = col(Observation.observed_on), col(Observation.source_date)
    if wanted.from_day is not None:
        stmt = stmt.where(func.coalesce(day, Observation.period_to, source) >= wanted.from_day)
    if wanted.to_day is not None:
        stmt = stmt.where(func.coalesce(day, Observation.period_from, source) <= wanted.to_day)
    if not wanted.corrected:
        stmt = stmt.where(uncorrected(Observation))
    rows, cursor = await paged(db, stmt, columns=[col(Observation.id)], page=page)
    corrected = await corrections(db, Observation, rows)
    items = [ObservationOut.of(row, corrected.get(row.id), wanted.decimals) for row in rows]
    return Page(items=items, next_cursor=cursor)


async def read_observation(
    db: AsyncSession, actor: Actor, observation_id: UUID, decimals: int | None
) -> ObservationOut:
    """One observation. decimals: of derived numbers. Raises: NotFound."""
    row = (await db.exec(readable(actor).where(Observation.id == observation_id))).first()
    if row is None:
        raise NotFound
    return await shown(db, row, decimals)


async def shown(db: AsyncSession, row: Observation, decimals: int | None = None) -> ObservationOut:
    """An observation with what follows from it and the id of its correction."""
    return ObservationOut.of(row, (await corrections(db, Observation, [row])).get(row.id), decimals)


async def record_observation(db: AsyncSession, actor: Actor, body: ObservationIn) -> Observation:
    """Record a figure as printed, flagged where it is inconsistent; the same id and body again record nothing.

    Raises: InvalidInput, NotFound (model, campaign, group, the corrected one), Forbidden, OutsideScope,
    AlreadyCorrected, IdTaken.
    """
    check_figure(body)
    row = Observation(**await _columns(db, actor, body), **_figures(body))
    figure = figure_of(row)
    row.flags = sorted({finding.flag.value for finding in findings(figure)})
    row.small = is_small(figure)
    event = Event.OBSERVATION_RECORDED if row.corrects_id is None else Event.OBSERVATION_CORRECTED
    return await store(db, actor, row, event, _NOTED, body.id)


async def _columns(db: AsyncSession, actor: Actor, body: ObservationIn) -> dict[str, Any]:
    """What a new observation is about, all that it refers to found."""
    day = body.observed_on or body.period_to or body.source.date
    place = await place_columns(db, actor, body.place_code, day)
    await _check_correction(db, actor, body)
    return {
        **owned(actor),
        **body.model_dump(include=_PLAIN),
        **place,
        "id": body.id or uuid7(),
        "model_id": await model_id_of(db, actor, body.model_id, body.model_code),
        "campaign_id": await campaign_id_of(db, actor, body.campaign_id),
        "group_id": await group_id_of(db, actor, "group", body.group_id, body.group_code),
        "source_kind": body.source.kind,
        "source_title": body.source.title,
        "source_date": body.source.date,
        "corrects_id": body.corrects_id,
    }


async def _check_correction(db: AsyncSession, actor: Actor, body: ObservationIn) -> None:
    """Refuse to correct what is not there or was corrected, except by this very body sent again."""
    check_correction(body.corrects_id, body.correction_reason)
    try:
        await correctable(db, actor, Observation, body.corrects_id)
    except AlreadyCorrected:
        if body.id is None or await db.get(Observation, body.id) is None:
            raise


def _figures(body: ObservationIn) -> dict[str, Any]:
    """The columns of the numbers."""
    comparison = body.comparison
    return {
        "qualifier": body.qualifier or (Qualifier.EXACT if body.value is not None else Qualifier.UNSPECIFIED),
        "printed": body.text,
        **_number("numerator", body.numerator),
        **_number("denominator", body.denominator),
        "parts": [part.model_dump(mode="json") for part in body.parts],
        "base": comparison.base if comparison else "none",
        "base_on": comparison.on if comparison else None,
        "base_value": comparison.value if comparison else None,
        "base_printed": comparison.text if comparison else None,
        "difference": comparison.difference if comparison else None,
        "difference_kind": comparison.difference_kind if comparison else None,
    }


def _number(name: str, number: NumberIn | None) -> dict[str, Any]:
    return {
        name: number.value if number else None,
        f"{name}_unit": number.unit if number else None,
        f"{name}_qualifier": number.qualifier if number else None,
    }
