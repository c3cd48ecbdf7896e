"""Summary of a savings model and its replicas: units, groups, members, money."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.values.small_counts import is_small_count
from app.core.values.time import today
from app.models.savings.savings_model import SavingsModel
from app.places import queries as places
from app.savings.model_summaries import queries
from app.savings.model_summaries.rules import format_percent, format_ratio, hide_small_cells
from app.savings.model_summaries.schemas import (
    MembersByProductOut,
    ModelReachOut,
    ModelSummaryOut,
    SavedOut,
    UnitsOut,
)
from app.savings.references import find_last_day_of_place
from app.savings.savings_models.place_reach import CommuneOnDay, resolve_units_on
from app.savings.savings_models.queries import read_model_family
from app.savings.savings_models.service import require_model


async def summarise_model(db: AsyncSession, actor: Actor, model_id: UUID) -> ModelSummaryOut:
    """Summarise a model with its replicas, within what the actor sees.

    From an actor who sees aggregates only, numbers of people from 1 to 4 are hidden, with the numbers that reveal them.
    Raises: NotFound.
    """
    model = await require_model(db, actor, model_id)
    day = today()
    family = await read_model_family(db, actor, model.id)
    groups = await queries.count_groups_by_commune(db, actor, family, day)
    counts = await queries.count_members(db, actor, family, day)
    communes = {(row.commune_code, row.since) for row in groups}
    sums = await queries.sum_savings(db, actor, family)
    cells = {name: int(getattr(counts, name)) for name in MembersByProductOut.model_fields}
    sees_people = actor.has_permission(Permission.GROUP_READ)
    is_hidden = is_small_count(counts.members) and not sees_people
    return ModelSummaryOut(
        model_id=model.id,
        code=model.code,
        on=day,
        replicas=len(family) - 1,
        units=await _summarise_units(db, model, communes, day),
        groups=_count_groups(groups),
        members=None if is_hidden else counts.members,
        members_by_product=MembersByProductOut(**(cells if sees_people else hide_small_cells(cells))),
        average_group_size=None
        if is_hidden
        else format_ratio(int(counts.memberships), _count_groups(groups)),
        saved=None if is_hidden else _to_saved(sums),
    )


def _count_groups(rows: Sequence[Row[Any]]) -> int:
    return sum(row.groups for row in rows)


async def _summarise_units(
    db: AsyncSession, model: SavingsModel, communes: set[CommuneOnDay], day: date
) -> UnitsOut:
    today_units = await resolve_units_on(db, communes, day)
    then = now = None
    if model.place_code is not None:
        launch = model.launched_on or await find_last_day_of_place(db, model.place_code)
        units = await _resolve_model_communes(db, model, launch)
        successors = await places.resolve_successors(db, units, happened_on=launch, on=day)
        then = _to_reach(launch, await resolve_units_on(db, communes, launch), units)
        now = _to_reach(day, today_units, set(successors.values()))
    return UnitsOut(reached=len(set(today_units.values())), then=then, now=now)


async def _resolve_model_communes(db: AsyncSession, model: SavingsModel, day: date) -> set[str]:
    """Resolve the communes of the model's place on a day; a place below a commune counts as its commune."""
    if model.commune_code is not None:
        return {model.commune_code}
    assert model.place_code is not None  # noqa: S101 - asked for models with a place only
    return set(await places.read_descendant_communes(db, model.place_code, day))


def _to_reach(day: date, units_by_commune: Mapping[CommuneOnDay, str], units: set[str]) -> ModelReachOut:
    reached = len(units.intersection(units_by_commune.values()))
    return ModelReachOut(
        on=day, reached=reached, units=len(units), percent=format_percent(reached, len(units))
    )


def _to_saved(sums: Mapping[str, int]) -> SavedOut:
    saving, sale, donation = (sums.get(kind, 0) for kind in ("saving", "sale", "donation"))
    return SavedOut(
        total=saving + sale + donation,
        saving=saving,
        sale=sale,
        donation=donation,
        withdrawal=sums.get("withdrawal", 0),
        premium=sums.get("hold_posted", 0),
    )
