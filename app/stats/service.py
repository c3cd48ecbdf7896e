"""The summary of a caller's figures: one call to the database, added up here."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.auth.caller import Caller
from app.auth.permissions import Permission, permissions_of
from app.core.errors import FieldError, InvalidInput
from app.core.values.time import today
from app.stats.rules import MoneySums, is_suppressed
from app.stats.schemas import (
    Enrolled,
    ModelCell,
    Money,
    PlaceCell,
    ProductMoney,
    SummaryCell,
    SummaryOut,
    Units,
)

_EARLIEST = date(1900, 1, 1)
_CELLS_SQL = "select places, roles, scopes, body from stats_cells($1, $2, $3, $4, $5, $6, $7, $8)"


@dataclass(frozen=True, slots=True)
class SummaryQuery:
    """A request for a summary: places (none: the caller's own), the units to report in, and the period."""

    places: tuple[str, ...]
    units: Units
    on: date | None
    date_from: date | None
    date_to: date | None


async def read_stats_summary(caller: Caller, query: SummaryQuery) -> SummaryOut:
    """Read the main figures for the caller's scope; small ones are suppressed for actors who may not see people.

    Raises: Unauthenticated, Forbidden; InvalidInput when the period ends before it begins or a place is none.
    """
    until = query.date_to or today()
    since = query.date_from or _EARLIEST
    if since > until:
        raise InvalidInput.at(
            "/query/to",
            "before_from",
            vi="Ngày kết thúc trước ngày bắt đầu.",
            en="The period ends before it begins.",
        )
    row = await caller.call(_CELLS_SQL, list(query.places), query.units.value, query.on, since, until)
    cells = json.loads(row["body"])
    _require_places(query.places, cells.get("unknown") or ())
    sees_people = Permission.MEMBER_READ in permissions_of(row["roles"], row["scopes"])
    return _build_summary(cells, row["places"], query, until, suppress=not sees_people)


def _require_places(places: Sequence[str], unknown: Collection[str]) -> None:
    """Raises: InvalidInput that names each of the places that there are none of."""
    errors = [
        FieldError(
            f"/query/place/{number}",
            "place_unknown",
            vi=f"Không có đơn vị hành chính, thôn hoặc tổ nào mang mã “{code}”.",
            en=f"No administrative unit, hamlet or block has the code “{code}”.",
        )
        for number, code in enumerate(places)
        if code in unknown
    ]
    if errors:
        raise InvalidInput(errors=errors)


@dataclass(slots=True)
class _Money:
    """Money as a whole and by product, unit and savings model (`""`: of no model)."""

    total: MoneySums = field(default_factory=MoneySums)
    per_product: dict[str | None, MoneySums] = field(default_factory=lambda: defaultdict(MoneySums))
    per_unit: dict[str, MoneySums] = field(default_factory=lambda: defaultdict(MoneySums))
    per_model: dict[str, MoneySums] = field(default_factory=lambda: defaultdict(MoneySums))


@dataclass(slots=True)
class _Groups:
    """Numbers of groups by unit and savings model (`""`: of no model)."""

    per_unit: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    per_model: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def _sum_money(rows: Iterable[Sequence[Any]]) -> _Money:
    money = _Money()
    for unit, model, product, kind, amount, entries in rows:
        for sums in (
            money.total,
            money.per_product[product],
            money.per_unit[unit],
            money.per_model[model or ""],
        ):
            sums.add(kind, amount, entries)
    return money


def _sum_groups(rows: Iterable[Sequence[Any]]) -> _Groups:
    groups = _Groups()
    for unit, model, number in rows:
        groups.per_unit[unit] += number
        groups.per_model[model or ""] += number
    return groups


def _build_summary(
    cells: Mapping[str, Any], places: list[str], query: SummaryQuery, until: date, *, suppress: bool
) -> SummaryOut:
    money, groups = _sum_money(cells["money"]), _sum_groups(cells["groups"])
    suppressed = is_suppressed(cells["members"], suppress=suppress)
    return SummaryOut(
        units=query.units,
        places=places,
        date_from=query.date_from,
        date_to=until,
        groups=sum(groups.per_unit.values()),
        members=None if suppressed else cells["members"],
        money=_build_money(money.total, hide=suppressed),
        enrolled=_build_enrolled(cells, None, suppress=suppress),
        enrolled_persons=_suppress_small(_count_enrolled(cells), suppress=suppress),
        by_product=[
            ProductMoney(product=product, money=_build_money(sums, hide=suppressed))
            for product, sums in sorted(money.per_product.items(), key=lambda item: item[0] or "~")
        ],
        by_place=[
            _build_place_cell(unit, cells, money.per_unit[unit], groups.per_unit[unit], suppress=suppress)
            for unit in sorted(cells["units"])
        ],
        by_model=[
            _build_model_cell(code, cells, money.per_model[code], groups.per_model[code], suppress=suppress)
            for code in sorted(money.per_model.keys() | groups.per_model.keys())
        ],
        suppressed=suppressed,
    )


def _build_place_cell(
    unit: str, cells: Mapping[str, Any], sums: MoneySums, groups: int, *, suppress: bool
) -> PlaceCell:
    code, _, since = unit.partition("@")
    name, until = cells["units"][unit]
    return PlaceCell(
        **_build_cell(cells["members_by_unit"].get(unit, 0), sums, groups, suppress=suppress).model_dump(),
        place_code=code,
        place_name=name,
        valid_from=date.fromisoformat(since),
        valid_to=until,
        enrolled=_build_enrolled(cells, unit, suppress=suppress),
    )


def _build_model_cell(
    model: str, cells: Mapping[str, Any], sums: MoneySums, groups: int, *, suppress: bool
) -> ModelCell:
    return ModelCell(
        **_build_cell(cells["members_by_model"].get(model, 0), sums, groups, suppress=suppress).model_dump(),
        model_id=UUID(model) if model else None,
        model_name=cells["models"].get(model),
    )


def _build_cell(members: int, sums: MoneySums, groups: int, *, suppress: bool) -> SummaryCell:
    suppressed = is_suppressed(members, suppress=suppress)
    return SummaryCell(
        groups=groups,
        members=None if suppressed else members,
        money=_build_money(sums, hide=suppressed),
        suppressed=suppressed,
    )


def _build_money(sums: MoneySums, *, hide: bool) -> Money:
    kinds = sums.by_kind
    figures = {
        "saved": sums.net_savings,
        "savings": kinds["saving"],
        "sales": kinds["sale"],
        "donations": kinds["donation"],
        "withdrawals": kinds["withdrawal"],
        "payments": kinds["hold_posted"],
        "entries": sums.entries,
    }
    return Money.model_validate(dict.fromkeys(figures) if hide else figures)


def _build_enrolled(cells: Mapping[str, Any], of_unit: str | None, *, suppress: bool) -> list[Enrolled]:
    """Build the figures of each product, of one unit or of all; different people, so that units do not add up."""
    return [
        Enrolled(
            product=product,
            submitted=_suppress_small(submitted, suppress=suppress),
            accepted=_suppress_small(accepted, suppress=suppress),
        )
        for unit, product, submitted, accepted in sorted(
            cells["people_enrolled"], key=lambda cell: cell[1] or ""
        )
        if unit == of_unit and product is not None
    ]


def _count_enrolled(cells: Mapping[str, Any]) -> int:
    """Return the number of people with an enrolment of any product."""
    return sum(
        submitted
        for unit, product, submitted, _ in cells["people_enrolled"]
        if unit is None and product is None
    )


def _suppress_small(persons: int, *, suppress: bool) -> int | None:
    return None if is_suppressed(persons, suppress=suppress) else persons
