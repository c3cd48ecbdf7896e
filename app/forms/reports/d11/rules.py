"""Build the lines of D11-TS and its summaries from payments and refunds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.core.values.money import round_half_up
from app.forms.layouts.d11 import RemunerationLine, RemunerationSums
from app.forms.layouts.d11_summary import RemunerationRow
from app.forms.reports.rules import ReportUnit, UnitHierarchy
from app.savings.kinds import Product

_UNIT_BY_LEVEL: Final[dict[str, Callable[[UnitHierarchy], ReportUnit]]] = {
    "a": lambda at: at.unit,
    "b": lambda at: at.office or at.province,
    "c": lambda at: at.province,
}
_METHODS: Final = {"missing_months": "Đóng một lần cho những năm còn thiếu"}


def build_remuneration_line(row: Any) -> RemunerationLine:
    """Build one line of the detail from a row of `queries.read_remuneration_detail`."""
    return RemunerationLine(
        collector_code=row.collector_code,
        full_name=row.full_name,
        insurance_no=row.insurance_no,
        level=_monthly_contribution(row),
        method=_METHODS.get(row.method, f"{row.months} tháng"),
        first=bool(row.first),
        rate=None if row.rate is None else Decimal(row.rate) * 100,
        paid=row.paid,
        earned=row.earned,
        months_refunded=row.months_refunded,
        refunded=row.refunded,
        clawback=row.clawback,
    )


def _monthly_contribution(row: Any) -> int:
    """Compute a month's contribution (mức đóng): of the chosen income, or of the card's price."""
    if row.monthly_income is not None and row.contribution_rate is not None:
        return round_half_up(row.monthly_income * Decimal(row.contribution_rate))
    return round_half_up(Decimal(row.amount_due) / row.months)


def build_remuneration_rows(
    rows: Iterable[Any], hierarchies: Mapping[UUID, UnitHierarchy], level: str
) -> list[RemunerationRow]:
    """Build the lines of D11a (level a: organisations), D11b (b: offices) or D11c (c: provinces).

    rows: of `queries.read_remuneration_sums`.
    """
    by_product: dict[str, dict[ReportUnit, RemunerationSums]] = {product: {} for product in Product}
    for row in rows:
        units, unit = by_product[row.product], _UNIT_BY_LEVEL[level](hierarchies[row.organisation_id])
        units[unit] = units.get(unit, RemunerationSums()) + RemunerationSums(
            *(int(getattr(row, field.name)) for field in fields(RemunerationSums))
        )
    voluntary, health = by_product[Product.BHXH_TN], by_product[Product.BHYT_HGD]
    return [
        _build_part_row("A. BHXH tự nguyện", _sum_units(voluntary)),
        *_build_unit_rows(voluntary),
        _build_part_row("B. BHTNLĐ tự nguyện", None),
        _build_part_row("C. BHYT", _sum_units(health)),
        _build_part_row("I. Đối tượng hộ gia đình", _sum_units(health)),
        *_build_unit_rows(health),
        RemunerationRow("total", "", "", "Tổng cộng", _sum_units(voluntary) + _sum_units(health)),
    ]


def _build_part_row(name: str, sums: RemunerationSums | None) -> RemunerationRow:
    return RemunerationRow("part", "", "", name, sums)


def _build_unit_rows(units: Mapping[ReportUnit, RemunerationSums]) -> list[RemunerationRow]:
    ordered = sorted(units, key=lambda unit: (unit.code, unit.name))
    return [
        RemunerationRow("line", str(no), unit.code, unit.name, units[unit])
        for no, unit in enumerate(ordered, 1)
    ]


def _sum_units(units: Mapping[ReportUnit, RemunerationSums]) -> RemunerationSums:
    return sum(units.values(), RemunerationSums())
