"""From ended coverage to the lines of C21-TS."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.exchange.forms.c21 import StoppedCount, StoppedPerson
from app.exchange.forms.report_parts import roman
from app.exchange.report_rules import Standing, Unit

VOLUNTARY, HEALTH = "bhxh_tn", "bhyt_hgd"
_Sums = tuple[int, int]
_NOBODY: Final[_Sums] = (0, 0)


def people_of(stops: Iterable[Any], places: Mapping[str, str]) -> list[StoppedPerson]:
    """One line for each person and month; what stopped in that month is marked on it.

    stops: rows of c21_queries.stops. places: the full names of hamlets, communes and provinces.
    """
    found: dict[tuple[str, str], StoppedPerson] = {}
    for stop in stops:
        month = f"{stop.stopped_on:%m/%Y}"
        before = found.get((stop.person, month))
        found[stop.person, month] = StoppedPerson(
            commune_code=stop.commune_code,
            full_name=stop.full_name,
            insurance_no=stop.insurance_no or (before.insurance_no if before else None),
            voluntary=stop.product == VOLUNTARY or bool(before and before.voluntary),
            health=stop.product == HEALTH or bool(before and before.health),
            month=month,
            organisation_code=stop.organisation_code,
            address=_address(stop, places),
            phone=stop.phone or (before.phone if before else None),
        )
    return list(found.values())


def _address(stop: Any, places: Mapping[str, str]) -> str:
    parts = (stop.hamlet_code, stop.home_code, stop.home_province)
    return ", ".join(places[code] for code in parts if code in places)


def counts_of(
    people: Iterable[StoppedPerson], standings: Mapping[str, Standing], sheet: str
) -> list[StoppedCount]:
    """The lines of sheet b (communes), c (provinces, offices, communes) or d (provinces, offices)."""
    tree: dict[Unit, dict[Unit | None, dict[Unit, _Sums]]] = {}
    for person in people:
        at = standings[person.commune_code]
        communes = tree.setdefault(at.province, {}).setdefault(at.office, {})
        communes[at.unit] = _add(communes.get(at.unit, _NOBODY), (person.voluntary, person.health))
    if sheet == "b":
        every = {
            unit: sums for offices in tree.values() for of in offices.values() for unit, sums in of.items()
        }
        return [_line(str(no), unit, every[unit], False) for no, unit in enumerate(_sorted(every), 1)]
    lines: list[StoppedCount] = []
    for province in _sorted(tree):
        offices = tree[province]
        lines.append(_line("", province, _sum(_sum(of.values()) for of in offices.values()), True))
        for no, office in enumerate(sorted(offices, key=lambda unit: unit.code if unit else ""), 1):
            if office is not None:
                lines.append(_line(roman(no), office, _sum(offices[office].values()), sheet == "c"))
            if sheet == "c":
                communes = offices[office]
                lines += [
                    _line(str(n), one, communes[one], False) for n, one in enumerate(_sorted(communes), 1)
                ]
    return lines


def _sorted(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (unit.code, unit.name))


def _add(sums: _Sums, more: tuple[int | bool, int | bool]) -> _Sums:
    return sums[0] + more[0], sums[1] + more[1]


def _sum(many: Iterable[_Sums]) -> _Sums:
    total = _NOBODY
    for sums in many:
        total = _add(total, sums)
    return total


def _line(no: str, unit: Unit, sums: _Sums, strong: bool) -> StoppedCount:
    return StoppedCount(no, unit.code, unit.name, sums[0], sums[1], strong)
