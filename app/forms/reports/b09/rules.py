"""Build the lines of B09-TS from payments and coverage by commune and support group."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.forms.layouts.b09 import GROUPS, SupportedRow
from app.forms.reports.rules import ReportUnit, UnitHierarchy

_LETTERS: Final = dict(zip(GROUPS, "abcd", strict=True))
_LINE_BY_SUPPORT_GROUP: Final = {
    "poor": "poor",
    "island": "poor",
    "near_poor": "near_poor",
    "ethnic_minority": "ethnic_minority",
}
_Sums = tuple[int, int, int]
_ZERO_SUMS: Final[_Sums] = (0, 0, 0)


def build_supported_rows(
    rows: Iterable[Any], hierarchies: Mapping[str, UnitHierarchy], sheet: str
) -> list[SupportedRow]:
    """Build the lines of sheet a (communes) or b (offices, communes), each commune with its four groups.

    rows: of `queries.read_supported`. People without a support group are counted with the others ("khác").
    """
    communes: dict[str, dict[str, _Sums]] = {}
    for row in rows:
        groups = communes.setdefault(row.commune_code, dict.fromkeys(GROUPS, _ZERO_SUMS))
        line = _LINE_BY_SUPPORT_GROUP.get(row.support_group or "", "other")
        groups[line] = _add_sums(groups[line], (int(row.people), int(row.due), int(row.state)))
    total = _total_sums(_total_sums(groups.values()) for groups in communes.values())
    return [
        _build_row("part", "I", "BHXH tự nguyện", total),
        *(
            _rows_by_office(communes, hierarchies)
            if sheet == "b"
            else _rows_by_commune(communes, hierarchies)
        ),
        SupportedRow("part", "II", "BHTNLĐ tự nguyện", None, None, None),
        _build_row("total", "", "Cộng", total),
    ]


def _rows_by_office(
    communes: Mapping[str, dict[str, _Sums]], hierarchies: Mapping[str, UnitHierarchy]
) -> list[SupportedRow]:
    offices: dict[ReportUnit, dict[str, dict[str, _Sums]]] = {}
    for code, groups in communes.items():
        hierarchy = hierarchies[code]
        offices.setdefault(hierarchy.office or hierarchy.province, {})[code] = groups
    rows: list[SupportedRow] = []
    for no, office in enumerate(sorted(offices, key=lambda unit: (unit.code, unit.name)), 1):
        own = offices[office]
        rows.append(
            _build_row(
                "office",
                str(no),
                office.name,
                _total_sums(_total_sums(groups.values()) for groups in own.values()),
            )
        )
        rows += _rows_by_commune(own, hierarchies)
    return rows


def _rows_by_commune(
    communes: Mapping[str, dict[str, _Sums]], hierarchies: Mapping[str, UnitHierarchy]
) -> list[SupportedRow]:
    rows: list[SupportedRow] = []
    for no, code in enumerate(sorted(communes), 1):
        groups = communes[code]
        rows.append(_build_row("commune", str(no), hierarchies[code].unit.name, _total_sums(groups.values())))
        rows += [_build_row("group", _LETTERS[group], GROUPS[group], groups[group]) for group in GROUPS]
    return rows


def _build_row(kind: Any, no: str, name: str, sums: _Sums) -> SupportedRow:
    people, due, state = sums
    return SupportedRow(kind, no, name, people, due, state)


def _add_sums(one: _Sums, other: _Sums) -> _Sums:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _total_sums(all_sums: Iterable[_Sums]) -> _Sums:
    total = _ZERO_SUMS
    for sums in all_sums:
        total = _add_sums(total, sums)
    return total
