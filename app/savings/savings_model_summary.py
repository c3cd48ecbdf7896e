"""What became of a savings model and its replicas: units, groups, members, money."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.time import today
from app.models.savings_model import SavingsModel
from app.places import queries as places
from app.savings import savings_model_summary_queries as queries
from app.savings.reach_queries import Sited, units_on
from app.savings.references import last_day_of
from app.savings.savings_model_queries import model_family
from app.savings.savings_model_service import find_model
from app.savings.savings_model_summary_rules import hidden_cells, is_small, percent, ratio
from app.savings.savings_model_summary_schemas import (
    MembersByProductOut,
    ModelReachOut,
    ModelSummaryOut,
    SavedOut,
    UnitsOut,
)


async def summarise_model(db: AsyncSession, actor: Actor, model_id: UUID) -> ModelSummaryOut:
    """The summary of a model with its replicas, of what the actor sees.

    An actor who sees aggregates only is not told numbers of people from 1 to 4, nor what follows from them.
    Raises: NotFound.
    """
    model = await find_model(db, actor, model_id)
    day = today()
    family = await model_family(db, actor, model.id)
    groups = await queries.sited_groups(db, actor, family, day)
    counted = await queries.count_members(db, actor, family, day)
    sited = {(row.commune_code, row.since) for row in groups}
    sums = await queries.sum_saved(db, actor, family)
    cells = {name: int(getattr(counted, name)) for name in MembersByProductOut.model_fields}
    whole = actor.may(Permission.GROUP_READ)
    few = is_small(counted.members) and not whole
    return ModelSummaryOut(
        model_id=model.id,
        code=model.code,
        on=day,
        replicas=len(family) - 1,
        units=await _units(db, model, sited, day),
        groups=_groups(groups),
        members=None if few else counted.members,
        members_by_product=MembersByProductOut(**(cells if whole else hidden_cells(cells))),
        average_group_size=None if few else ratio(int(counted.memberships), _groups(groups)),
        saved=None if few else _saved(sums),
    )


def _groups(rows: Sequence[Row[Any]]) -> int:
    return sum(row.groups for row in rows)


async def _units(db: AsyncSession, model: SavingsModel, sited: set[Sited], day: date) -> UnitsOut:
    today_units = await units_on(db, sited, day)
    then = now = None
    if model.place_code is not None:
        launch = model.launched_on or await last_day_of(db, model.place_code)
        units = await _units_of(db, model, launch)
        heirs = await places.heirs(db, units, happened_on=launch, on=day)
        then = _reach(launch, await units_on(db, sited, launch), units)
        now = _reach(day, today_units, set(heirs.values()))
    return UnitsOut(reached=len(set(today_units.values())), then=then, now=now)


async def _units_of(db: AsyncSession, model: SavingsModel, day: date) -> set[str]:
    """The communes of the model's place on a day; a place below a commune counts as its commune."""
    if model.commune_code is not None:
        return {model.commune_code}
    assert model.place_code is not None  # noqa: S101 - asked for models with a place only
    return set(await places.descendant_communes(db, model.place_code, day))


def _reach(day: date, sited: Mapping[Sited, str], units: set[str]) -> ModelReachOut:
    reached = len(units.intersection(sited.values()))
    return ModelReachOut(on=day, reached=reached, units=len(units), percent=percent(reached, len(units)))


def _saved(sums: Mapping[str, int]) -> SavedOut:
    saving, sale, donation = (sums.get(kind, 0) for kind in ("saving", "sale", "donation"))
    return SavedOut(
        total=saving + sale + donation,
        saving=saving,
        sale=sale,
        donation=donation,
        withdrawal=sums.get("withdrawal", 0),
        premium=sums.get("hold_posted", 0),
    )
