"""The summary: one call to the database, added up here."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.auth.caller import Caller
from app.auth.permissions import Permission, permissions_of
from app.core.errors import InvalidInput
from app.core.time import today
from app.stats.rules import Sums, by_product, hidden
from app.stats.schemas import Cell, Enrolled, ModelCell, Money, PlaceCell, ProductMoney, SummaryOut, Units

_EARLIEST = date(1900, 1, 1)
_CELLS = "select places, roles, scopes, body from stats_cells($1, $2, $3, $4, $5, $6, $7, $8)"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: places (none: the caller's own), the units to report in, and the period."""

    places: tuple[str, ...]
    units: Units
    on: date | None
    date_from: date | None
    date_to: date | None


async def summary(caller: Caller, question: Question) -> SummaryOut:
    """The main figures for the caller's scope; small ones are hidden from who may not see people.

    Raises: Unauthenticated, Forbidden; InvalidInput when the period is upside down.
    """
    until = question.date_to or today()
    since = question.date_from or _EARLIEST
    if since > until:
        raise InvalidInput.at(
            "/query/to",
            "before_from",
            vi="Ngày kết thúc trước ngày bắt đầu.",
            en="The period ends before it begins.",
        )
    row = await caller.call(_CELLS, list(question.places), question.units.value, question.on, since, until)
    sees_people = Permission.MEMBER_READ in permissions_of(row["roles"], row["scopes"])
    return _composed(json.loads(row["body"]), row["places"], question, until, suppress=not sees_people)


def _composed(
    cells: Mapping[str, Any], places: list[str], question: Question, until: date, *, suppress: bool
) -> SummaryOut:
    total, per_product = Sums(), defaultdict[str | None, Sums](Sums)
    per_unit, per_model = defaultdict[str, Sums](Sums), defaultdict[str, Sums](Sums)
    for unit, model, product, kind, amount, entries in cells["money"]:
        for sums in (total, per_product[product], per_unit[unit], per_model[model or ""]):
            sums.add(kind, amount, entries)
    unit_groups, model_groups = defaultdict[str, int](int), defaultdict[str, int](int)
    for unit, model, groups in cells["groups"]:
        unit_groups[unit] += groups
        model_groups[model or ""] += groups
    enrolled = cells["enrolled"]
    few = hidden(cells["members"], suppress=suppress)
    return SummaryOut(
        units=question.units,
        places=places,
        date_from=question.date_from,
        date_to=until,
        groups=sum(unit_groups.values()),
        members=None if few else cells["members"],
        money=_money(total, hide=few),
        enrolled=_enrolled(((p, s, n) for _, p, s, n in enrolled), suppress=suppress),
        enrolled_persons=_shown(cells["enrolled_persons"], suppress=suppress),
        by_product=[
            ProductMoney(product=product, money=_money(sums, hide=few))
            for product, sums in sorted(per_product.items(), key=lambda item: item[0] or "~")
        ],
        by_place=[
            _place(unit, cells, per_unit[unit], unit_groups[unit], suppress=suppress)
            for unit in sorted(cells["units"])
        ],
        by_model=[
            _model(model, cells, per_model[model], model_groups[model], suppress=suppress)
            for model in sorted(per_model.keys() | model_groups.keys())
        ],
        suppressed=few,
    )


def _place(unit: str, cells: Mapping[str, Any], sums: Sums, groups: int, *, suppress: bool) -> PlaceCell:
    code, _, since = unit.partition("@")
    name, until = cells["units"][unit]
    return PlaceCell(
        **_cell(cells["members_by_unit"].get(unit, 0), sums, groups, suppress=suppress).model_dump(),
        place_code=code,
        place_name=name,
        valid_from=date.fromisoformat(since),
        valid_to=until,
        enrolled=_enrolled(((p, s, n) for u, p, s, n in cells["enrolled"] if u == unit), suppress=suppress),
    )


def _model(model: str, cells: Mapping[str, Any], sums: Sums, groups: int, *, suppress: bool) -> ModelCell:
    return ModelCell(
        **_cell(cells["members_by_model"].get(model, 0), sums, groups, suppress=suppress).model_dump(),
        model_id=UUID(model) if model else None,
        model_name=cells["models"].get(model),
    )


def _cell(members: int, sums: Sums, groups: int, *, suppress: bool) -> Cell:
    few = hidden(members, suppress=suppress)
    return Cell(groups=groups, members=None if few else members, money=_money(sums, hide=few), suppressed=few)


def _money(sums: Sums, *, hide: bool) -> Money:
    kinds = sums.by_kind
    figures = {
        "saved": sums.saved,
        "savings": kinds["saving"],
        "sales": kinds["sale"],
        "donations": kinds["donation"],
        "withdrawals": kinds["withdrawal"],
        "payments": kinds["hold_posted"],
        "entries": sums.entries,
    }
    return Money.model_validate(dict.fromkeys(figures) if hide else figures)


def _enrolled(cells: Iterable[tuple[str, str, int]], *, suppress: bool) -> list[Enrolled]:
    return [
        Enrolled(
            product=product,
            submitted=_shown(submitted, suppress=suppress),
            accepted=_shown(taken, suppress=suppress),
        )
        for product, (submitted, taken) in by_product(cells).items()
    ]


def _shown(persons: int, *, suppress: bool) -> int | None:
    return None if hidden(persons, suppress=suppress) else persons
