"""Build the lines of B15-UQ from payments and targets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from app.forms.layouts.b15 import ProgressRow, TargetProgress
from app.forms.layouts.report_parts import to_roman
from app.forms.reports.rules import ReportUnit, UnitHierarchy
from app.savings.kinds import Product

_VOLUNTARY, _HEALTH = Product.BHXH_TN, Product.BHYT_HGD
_PRODUCT_BY_METRIC: Final = {"participants_bhxh_tn": _VOLUNTARY, "participants_bhyt_hgd": _HEALTH}
_PERIODS: Final = ("year", "quarter", "month")
_ZERO_PROGRESS: Final = TargetProgress(None, None, None, 0, 0, 0)


@dataclass(slots=True)
class Performance:
    """Results and targets of an organisation or a collector, by product."""

    results: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    targets: list[Any] = field(default_factory=list)

    def progress(self, product: str) -> TargetProgress:
        """Compute one product's part of a line. The target of those who go on is the whole less that of new ones."""
        total_target = compute_committed_target(
            target for target in self.targets if _PRODUCT_BY_METRIC.get(target.metric) == product
        )
        new = compute_committed_target(
            target
            for target in self.targets
            if target.metric == "new_participants" and target.product == product
        )
        again = None if total_target is None or new is None else max(total_target - new, 0)
        return TargetProgress(total_target, new, again, *self.results.get(product, (0, 0, 0)))


def compute_committed_target(targets: Iterable[Any]) -> int | None:
    """Compute the contract's target (chỉ tiêu cam kết) from all targets of one addressee, or None.

    It is the year's target; without one, the sum of its quarters, else of its months, that have begun. Of several for
    the same period and place, BHXH's own counts, then the latest; the addressee's own place counts before the sum of
    single places.
    """
    by_period: dict[str, list[Any]] = {}
    for target in targets:
        by_period.setdefault(target.period, []).append(target)
    for period in _PERIODS:
        if period in by_period:
            return _sum_targets(by_period[period])
    return None


def _sum_targets(targets: Sequence[Any]) -> int:
    best_by_period: dict[Any, dict[str | None, Any]] = {}
    for target in sorted(targets, key=lambda t: (t.by_bhxh, t.set_on is not None, t.set_on, t.created_at)):
        best_by_period.setdefault(target.period_from, {})[target.place_code] = target
    return sum(
        int(places[None].value) if None in places else sum(int(target.value) for target in places.values())
        for places in best_by_period.values()
    )


def build_performances(
    people: Iterable[Any], targets: Iterable[Any]
) -> dict[tuple[UUID, UUID | None], Performance]:
    """Group results and targets by organisation and collector; None is the whole organisation.

    people, targets: rows of `queries.read_participants` and `queries.read_targets`.
    """
    performances: dict[tuple[UUID, UUID | None], Performance] = {}
    for row in people:
        performance = performances.setdefault(
            (row.organisation_id, None if row.whole else row.collector_id), Performance()
        )
        performance.results[row.product] = (row.new, row.again, row.cumulative)
    for target in targets:
        key = (target.for_organisation_id or target.user_organisation_id, target.for_user_id)
        performances.setdefault(key, Performance()).targets.append(target)
        performances.setdefault((key[0], None), Performance())
    return performances


def build_collector_rows(
    performances: Mapping[tuple[UUID, UUID | None], Performance],
    hierarchies: Mapping[UUID, UnitHierarchy],
    names: Mapping[UUID, ReportUnit],
) -> list[ProgressRow]:
    """Build the lines of sheet a: organisations, each with its collectors."""
    rows: list[ProgressRow] = []
    organisations = _sort_ids({key[0]: hierarchies[key[0]].unit for key in performances})
    for no, organisation in enumerate(organisations, 1):
        rows.append(
            _build_row("part", to_roman(no), hierarchies[organisation].unit, performances[organisation, None])
        )
        collectors = {
            collector_id: names.get(collector_id, ReportUnit("", ""))
            for organisation_id, collector_id in performances
            if organisation_id == organisation and collector_id is not None
        }
        for number, collector_id in enumerate(_sort_ids(collectors), 1):
            rows.append(
                _build_row(
                    "line", str(number), collectors[collector_id], performances[organisation, collector_id]
                )
            )
    return [*rows, _build_total_row(rows)]


def build_organisation_rows(
    performances: Mapping[tuple[UUID, UUID | None], Performance],
    hierarchies: Mapping[UUID, UnitHierarchy],
    sheet: str,
) -> list[ProgressRow]:
    """Build the lines of sheet b (offices, organisations) or c (provinces, offices, organisations)."""
    by_organisation = {
        organisation_id: performance
        for (organisation_id, collector_id), performance in performances.items()
        if collector_id is None
    }
    if sheet == "b":
        rows = _rows_by_office(by_organisation, hierarchies, "")
        return [*rows, _build_total_row(rows)]
    rows = []
    provinces: dict[ReportUnit, dict[UUID, Performance]] = {}
    for organisation_id, performance in by_organisation.items():
        provinces.setdefault(hierarchies[organisation_id].province, {})[organisation_id] = performance
    for no, province in enumerate(sorted(provinces, key=_sort_key), 1):
        office_rows = _rows_by_office(provinces[province], hierarchies, f"{to_roman(no)}.")
        rows.append(
            _build_sum_row("part", to_roman(no), province, [row for row in office_rows if row.kind == "line"])
        )
        rows += [_as_line(row) for row in office_rows]
    return [*rows, _build_total_row(rows)]


def _rows_by_office(
    by_organisation: Mapping[UUID, Performance], hierarchies: Mapping[UUID, UnitHierarchy], prefix: str
) -> list[ProgressRow]:
    offices: dict[ReportUnit, dict[UUID, Performance]] = {}
    for organisation_id, performance in by_organisation.items():
        offices.setdefault(hierarchies[organisation_id].office or hierarchies[organisation_id].province, {})[
            organisation_id
        ] = performance
    rows: list[ProgressRow] = []
    for no, office in enumerate(sorted(offices, key=_sort_key), 1):
        ordered = _sort_ids(
            {organisation_id: hierarchies[organisation_id].unit for organisation_id in offices[office]}
        )
        lines = [
            _build_row("line", str(n), hierarchies[organisation_id].unit, by_organisation[organisation_id])
            for n, organisation_id in enumerate(ordered, 1)
        ]
        rows += [_build_sum_row("part", f"{prefix}{to_roman(no)}", office, lines), *lines]
    return rows


def _as_line(row: ProgressRow) -> ProgressRow:
    """Return the row as a plain line: an office below a province is not printed in bold."""
    return ProgressRow("line", row.no, row.name, row.code, row.voluntary, row.health)


def _build_row(kind: Any, no: str, unit: ReportUnit, performance: Performance) -> ProgressRow:
    return ProgressRow(
        kind, no, unit.name, unit.code, performance.progress(_VOLUNTARY), performance.progress(_HEALTH)
    )


def _build_sum_row(kind: Any, no: str, unit: ReportUnit, rows: Sequence[ProgressRow]) -> ProgressRow:
    voluntary, health = (
        _sum_progress(row.voluntary for row in rows),
        _sum_progress(row.health for row in rows),
    )
    return ProgressRow(kind, no, unit.name, unit.code, voluntary, health)


def _build_total_row(rows: Sequence[ProgressRow]) -> ProgressRow:
    return _build_sum_row("total", "", ReportUnit("", "Cộng:"), [row for row in rows if row.kind == "part"])


def _sum_progress(parts: Iterable[TargetProgress]) -> TargetProgress:
    total = _ZERO_PROGRESS
    for part in parts:
        total = TargetProgress(
            _add_optional(total.target, part.target),
            _add_optional(total.target_new, part.target_new),
            _add_optional(total.target_again, part.target_again),
            total.new + part.new,
            total.again + part.again,
            total.cumulative + part.cumulative,
        )
    return total


def _add_optional(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other


def _sort_key(unit: ReportUnit) -> tuple[str, str]:
    return unit.code, unit.name


def _sort_ids(units: Mapping[UUID, ReportUnit]) -> list[UUID]:
    return sorted(units, key=lambda one: (*_sort_key(units[one]), one))
