"""From payments and refunds to the lines of D11-TS and its summaries."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.core.money import round_half_up
from app.exchange.forms.d11 import Earned, Sums
from app.exchange.forms.d11_summary import EarnedRow
from app.exchange.report_rules import Standing, Unit

_LINE_UNIT: Final[dict[str, Callable[[Standing], Unit]]] = {
    "a": lambda at: at.unit,
    "b": lambda at: at.office or at.province,
    "c": lambda at: at.province,
}
_METHODS: Final = {"missing_months": "Đóng một lần cho những năm còn thiếu"}


def earned_of(row: Any) -> Earned:
    """One line of the detail, from a row of d11_queries.detail."""
    return Earned(
        collector_code=row.collector_code,
        full_name=row.full_name,
        insurance_no=row.insurance_no,
        level=_level(row),
        method=_METHODS.get(row.method, f"{row.months} tháng"),
        first=bool(row.first),
        rate=None if row.rate is None else Decimal(row.rate) * 100,
        paid=row.paid,
        earned=row.earned,
        months_refunded=row.months_refunded,
        refunded=row.refunded,
        clawback=row.clawback,
    )


def _level(row: Any) -> int:
    """A month's contribution (mức đóng): of the chosen income, or of the card's price."""
    if row.monthly_income is not None and row.contribution_rate is not None:
        return round_half_up(row.monthly_income * Decimal(row.contribution_rate))
    return round_half_up(Decimal(row.amount_due) / row.months)


def summary_rows(cells: Iterable[Any], standings: Mapping[UUID, Standing], level: str) -> list[EarnedRow]:
    """The lines of D11a (level a: organisations), D11b (b: offices) or D11c (c: provinces).

    cells: rows of d11_queries.sums.
    """
    by_product: dict[str, dict[Unit, Sums]] = {"bhxh_tn": {}, "bhyt_hgd": {}}
    for cell in cells:
        units, unit = by_product[cell.product], _LINE_UNIT[level](standings[cell.organisation_id])
        units[unit] = units.get(unit, Sums()) + Sums(*(int(getattr(cell, f.name)) for f in fields(Sums)))
    voluntary, health = by_product["bhxh_tn"], by_product["bhyt_hgd"]
    return [
        _part("A. BHXH tự nguyện", _total(voluntary)),
        *_lines(voluntary),
        _part("B. BHTNLĐ tự nguyện", None),
        _part("C. BHYT", _total(health)),
        _part("I. Đối tượng hộ gia đình", _total(health)),
        *_lines(health),
        EarnedRow("total", "", "", "Tổng cộng", _total(voluntary) + _total(health)),
    ]


def _part(name: str, sums: Sums | None) -> EarnedRow:
    return EarnedRow("part", "", "", name, sums)


def _lines(units: Mapping[Unit, Sums]) -> list[EarnedRow]:
    ordered = sorted(units, key=lambda unit: (unit.code, unit.name))
    return [
        EarnedRow("line", str(no), unit.code, unit.name, units[unit]) for no, unit in enumerate(ordered, 1)
    ]


def _total(units: Mapping[Unit, Sums]) -> Sums:
    return sum(units.values(), Sums())
