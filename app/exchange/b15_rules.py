"""From payments and targets to the lines of B15-UQ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from app.exchange.forms.b15 import Progress, ProgressRow
from app.exchange.forms.report_parts import roman
from app.exchange.report_rules import Standing, Unit

VOLUNTARY, HEALTH = "bhxh_tn", "bhyt_hgd"
_TOTAL_OF: Final = {"participants_bhxh_tn": VOLUNTARY, "participants_bhyt_hgd": HEALTH}
_PERIODS: Final = ("year", "quarter", "month")
_NOBODY: Final = Progress(None, None, None, 0, 0, 0)


@dataclass(slots=True)
class Doer:
    """An organisation or a collector: what was done and what was to be done, by product."""

    done: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    targets: list[Any] = field(default_factory=list)

    def progress(self, product: str) -> Progress:
        """Its part of a line. The target of those who go on is what the new ones leave of the whole."""
        whole = target_of(t for t in self.targets if _TOTAL_OF.get(t.metric) == product)
        new = target_of(t for t in self.targets if t.metric == "new_participants" and t.product == product)
        again = None if whole is None or new is None else max(whole - new, 0)
        return Progress(whole, new, again, *self.done.get(product, (0, 0, 0)))


def target_of(targets: Iterable[Any]) -> int | None:
    """The contract's target (chỉ tiêu cam kết) out of all that were set for somebody, or None.

    The year's; without one the sum of its quarters, else of its months, that have begun. Of several for the same
    period and place BHXH's own counts, then the latest; the addressee's own place before the sum of single places.
    """
    by_period: dict[str, list[Any]] = {}
    for target in targets:
        by_period.setdefault(target.period, []).append(target)
    for period in _PERIODS:
        if period in by_period:
            return _sum_of(by_period[period])
    return None


def _sum_of(targets: Sequence[Any]) -> int:
    best: dict[Any, dict[str | None, Any]] = {}
    for target in sorted(targets, key=lambda t: (t.by_bhxh, t.set_on is not None, t.set_on, t.created_at)):
        best.setdefault(target.period_from, {})[target.place_code] = target
    return sum(
        int(places[None].value) if None in places else sum(int(target.value) for target in places.values())
        for places in best.values()
    )


def doers_of(people: Iterable[Any], targets: Iterable[Any]) -> dict[tuple[UUID, UUID | None], Doer]:
    """By organisation and collector; None is the whole organisation.

    people, targets: rows of b15_queries.
    """
    found: dict[tuple[UUID, UUID | None], Doer] = {}
    for row in people:
        doer = found.setdefault((row.organisation_id, None if row.whole else row.collector_id), Doer())
        doer.done[row.product] = (row.new, row.again, row.cumulative)
    for target in targets:
        whose = (target.for_organisation_id or target.user_organisation_id, target.for_user_id)
        found.setdefault(whose, Doer()).targets.append(target)
        found.setdefault((whose[0], None), Doer())
    return found


def collector_rows(
    doers: Mapping[tuple[UUID, UUID | None], Doer],
    standings: Mapping[UUID, Standing],
    names: Mapping[UUID, Unit],
) -> list[ProgressRow]:
    """The lines of sheet a: organisations, each with its collectors."""
    rows: list[ProgressRow] = []
    organisations = _in_order({key[0]: standings[key[0]].unit for key in doers})
    for no, organisation in enumerate(organisations, 1):
        rows.append(_row("part", roman(no), standings[organisation].unit, doers[organisation, None]))
        own = {
            who: names.get(who, Unit("", "")) for of, who in doers if of == organisation and who is not None
        }
        for number, who in enumerate(_in_order(own), 1):
            rows.append(_row("line", str(number), own[who], doers[organisation, who]))
    return [*rows, _total(rows)]


def organisation_rows(
    doers: Mapping[tuple[UUID, UUID | None], Doer], standings: Mapping[UUID, Standing], sheet: str
) -> list[ProgressRow]:
    """The lines of sheet b (offices, organisations) or c (provinces, offices, organisations)."""
    wholes = {of: doer for (of, who), doer in doers.items() if who is None}
    if sheet == "b":
        rows = _by_office(wholes, standings, "")
        return [*rows, _total(rows)]
    rows = []
    provinces: dict[Unit, dict[UUID, Doer]] = {}
    for of, doer in wholes.items():
        provinces.setdefault(standings[of].province, {})[of] = doer
    for no, province in enumerate(sorted(provinces, key=_order), 1):
        below = _by_office(provinces[province], standings, f"{roman(no)}.")
        rows.append(_summed("part", roman(no), province, [row for row in below if row.kind == "line"]))
        rows += [_as_line(row) for row in below]
    return [*rows, _total(rows)]


def _by_office(
    wholes: Mapping[UUID, Doer], standings: Mapping[UUID, Standing], prefix: str
) -> list[ProgressRow]:
    offices: dict[Unit, dict[UUID, Doer]] = {}
    for of, doer in wholes.items():
        offices.setdefault(standings[of].office or standings[of].province, {})[of] = doer
    rows: list[ProgressRow] = []
    for no, office in enumerate(sorted(offices, key=_order), 1):
        ordered = _in_order({of: standings[of].unit for of in offices[office]})
        lines = [_row("line", str(n), standings[of].unit, wholes[of]) for n, of in enumerate(ordered, 1)]
        rows += [_summed("part", f"{prefix}{roman(no)}", office, lines), *lines]
    return rows


def _as_line(row: ProgressRow) -> ProgressRow:
    """An office below a province is printed in plain letters."""
    return ProgressRow("line", row.no, row.name, row.code, row.voluntary, row.health)


def _row(kind: Any, no: str, unit: Unit, doer: Doer) -> ProgressRow:
    return ProgressRow(kind, no, unit.name, unit.code, doer.progress(VOLUNTARY), doer.progress(HEALTH))


def _summed(kind: Any, no: str, unit: Unit, rows: Sequence[ProgressRow]) -> ProgressRow:
    voluntary, health = _sum(row.voluntary for row in rows), _sum(row.health for row in rows)
    return ProgressRow(kind, no, unit.name, unit.code, voluntary, health)


def _total(rows: Sequence[ProgressRow]) -> ProgressRow:
    return _summed("total", "", Unit("", "Cộng:"), [row for row in rows if row.kind == "part"])


def _sum(parts: Iterable[Progress]) -> Progress:
    total = _NOBODY
    for part in parts:
        total = Progress(
            _plus(total.target, part.target),
            _plus(total.target_new, part.target_new),
            _plus(total.target_again, part.target_again),
            total.new + part.new,
            total.again + part.again,
            total.cumulative + part.cumulative,
        )
    return total


def _plus(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other


def _order(unit: Unit) -> tuple[str, str]:
    return unit.code, unit.name


def _in_order(units: Mapping[UUID, Unit]) -> list[UUID]:
    return sorted(units, key=lambda one: (*_order(units[one]), one))
