"""From payments and coverage by commune and support group to the lines of B09-TS."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.exchange.forms.b09 import GROUPS, SupportedRow
from app.exchange.report_rules import Standing, Unit

_LETTERS: Final = dict(zip(GROUPS, "abcd", strict=True))
_LINE_OF: Final = {
    "poor": "poor",
    "island": "poor",
    "near_poor": "near_poor",
    "ethnic_minority": "ethnic_minority",
}
_Sums = tuple[int, int, int]
_NOTHING: Final[_Sums] = (0, 0, 0)


def supported_rows(cells: Iterable[Any], standings: Mapping[str, Standing], sheet: str) -> list[SupportedRow]:
    """The lines of sheet a (communes) or b (offices, communes), each commune with its four groups.

    cells: rows of b09_queries.supported. Who has no support group stands with the others ("khác").
    """
    communes: dict[str, dict[str, _Sums]] = {}
    for cell in cells:
        groups = communes.setdefault(cell.commune_code, dict.fromkeys(GROUPS, _NOTHING))
        line = _LINE_OF.get(cell.support_group or "", "other")
        groups[line] = _add(groups[line], (int(cell.people), int(cell.due), int(cell.state)))
    total = _sum(_sum(groups.values()) for groups in communes.values())
    return [
        _row("part", "I", "BHXH tự nguyện", total),
        *(_by_office(communes, standings) if sheet == "b" else _by_commune(communes, standings)),
        SupportedRow("part", "II", "BHTNLĐ tự nguyện", None, None, None),
        _row("total", "", "Cộng", total),
    ]


def _by_office(
    communes: Mapping[str, dict[str, _Sums]], standings: Mapping[str, Standing]
) -> list[SupportedRow]:
    offices: dict[Unit, dict[str, dict[str, _Sums]]] = {}
    for code, groups in communes.items():
        at = standings[code]
        offices.setdefault(at.office or at.province, {})[code] = groups
    rows: list[SupportedRow] = []
    for no, office in enumerate(sorted(offices, key=lambda unit: (unit.code, unit.name)), 1):
        own = offices[office]
        rows.append(
            _row("office", str(no), office.name, _sum(_sum(groups.values()) for groups in own.values()))
        )
        rows += _by_commune(own, standings)
    return rows


def _by_commune(
    communes: Mapping[str, dict[str, _Sums]], standings: Mapping[str, Standing]
) -> list[SupportedRow]:
    rows: list[SupportedRow] = []
    for no, code in enumerate(sorted(communes), 1):
        groups = communes[code]
        rows.append(_row("commune", str(no), standings[code].unit.name, _sum(groups.values())))
        rows += [_row("group", _LETTERS[group], GROUPS[group], groups[group]) for group in GROUPS]
    return rows


def _row(kind: Any, no: str, name: str, sums: _Sums) -> SupportedRow:
    people, due, state = sums
    return SupportedRow(kind, no, name, people, due, state)


def _add(one: _Sums, other: _Sums) -> _Sums:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _sum(many: Iterable[_Sums]) -> _Sums:
    total = _NOTHING
    for sums in many:
        total = _add(total, sums)
    return total
