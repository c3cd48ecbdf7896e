"""Build the lines of C21-TS from ended coverage."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from app.core.values.time import first_day
from app.forms.layouts.c21 import StoppedCount, StoppedPerson
from app.forms.layouts.report_parts import to_roman
from app.forms.reports.rules import ReportUnit, UnitHierarchy
from app.insurance.law.coverage import find_stop_month
from app.savings.kinds import Product

_VOLUNTARY, _HEALTH = Product.BHXH_TN, Product.BHYT_HGD
_Sums = tuple[int, int]
_Offices = dict[ReportUnit | None, dict[ReportUnit, _Sums]]
"""The sums of the communes under each office; under None those of the province itself."""
_ZERO_SUMS: Final[_Sums] = (0, 0)


def build_stopped_people(stops: Iterable[Any], place_names: Mapping[str, str]) -> list[StoppedPerson]:
    """Build one line for each person and month; the insurance that stopped in that month is marked.

    stops: rows of `queries.read_stopped_coverage`. place_names: the full names of hamlets, communes and provinces.
    """
    people: dict[tuple[str, str], StoppedPerson] = {}
    for stop in stops:
        month = _format_stop_month(stop)
        previous = people.get((stop.person, month))
        people[stop.person, month] = StoppedPerson(
            commune_code=stop.commune_code,
            full_name=stop.full_name,
            insurance_no=stop.insurance_no or (previous.insurance_no if previous else None),
            voluntary=stop.product == _VOLUNTARY or bool(previous and previous.voluntary),
            health=stop.product == _HEALTH or bool(previous and previous.health),
            month=month,
            organisation_code=stop.organisation_code,
            address=_format_address(stop, place_names),
            phone=stop.phone or (previous.phone if previous else None),
        )
    return list(people.values())


def list_stopped_members(stops: Iterable[Any]) -> list[set[UUID]]:
    """List the members whom each line of `build_stopped_people` names: one person may be in several registers."""
    members: dict[tuple[str, str], set[UUID]] = {}
    for stop in stops:
        members.setdefault((stop.person, _format_stop_month(stop)), set()).add(stop.member_id)
    return list(members.values())


def _format_stop_month(stop: Any) -> str:
    return f"{first_day(find_stop_month(stop.last_day)):%m/%Y}"


def _format_address(stop: Any, place_names: Mapping[str, str]) -> str:
    parts = (stop.hamlet_code, stop.home_code, stop.home_province)
    return ", ".join(place_names[code] for code in parts if code in place_names)


def build_stopped_counts(
    people: Iterable[StoppedPerson], hierarchies: Mapping[str, UnitHierarchy], sheet: str
) -> list[StoppedCount]:
    """Build the lines of sheet b (communes), c (provinces, offices, communes) or d (provinces, offices)."""
    tree = _sum_by_unit(people, hierarchies)
    if sheet == "b":
        offices = [office for province in tree.values() for office in province.values()]
        return _build_commune_counts({unit: sums for communes in offices for unit, sums in communes.items()})
    return [
        line
        for province in _sort_units(tree)
        for line in _build_province_counts(province, tree[province], sheet)
    ]


def _sum_by_unit(
    people: Iterable[StoppedPerson], hierarchies: Mapping[str, UnitHierarchy]
) -> dict[ReportUnit, _Offices]:
    """Sum the people of each commune, under its office and province."""
    tree: dict[ReportUnit, _Offices] = {}
    for person in people:
        hierarchy = hierarchies[person.commune_code]
        communes = tree.setdefault(hierarchy.province, {}).setdefault(hierarchy.office, {})
        communes[hierarchy.unit] = _add_sums(
            communes.get(hierarchy.unit, _ZERO_SUMS), (person.voluntary, person.health)
        )
    return tree


def _build_province_counts(province: ReportUnit, offices: _Offices, sheet: str) -> Iterator[StoppedCount]:
    """Build the lines of a province: itself, its offices and, on sheet c, their communes."""
    office_sums = {office: _total_sums(communes.values()) for office, communes in offices.items()}
    yield _build_count("", province, _total_sums(office_sums.values()), True)
    for no, office in enumerate(sorted(offices, key=lambda unit: unit.code if unit else ""), 1):
        if office is not None:
            yield _build_count(to_roman(no), office, office_sums[office], sheet == "c")
        if sheet == "c":
            yield from _build_commune_counts(offices[office])


def _build_commune_counts(communes: Mapping[ReportUnit, _Sums]) -> list[StoppedCount]:
    return [
        _build_count(str(no), unit, communes[unit], False) for no, unit in enumerate(_sort_units(communes), 1)
    ]


def _sort_units(units: Iterable[ReportUnit]) -> list[ReportUnit]:
    return sorted(units, key=lambda unit: (unit.code, unit.name))


def _add_sums(sums: _Sums, addend: tuple[int | bool, int | bool]) -> _Sums:
    return sums[0] + addend[0], sums[1] + addend[1]


def _total_sums(all_sums: Iterable[_Sums]) -> _Sums:
    total = _ZERO_SUMS
    for sums in all_sums:
        total = _add_sums(total, sums)
    return total


def _build_count(no: str, unit: ReportUnit, sums: _Sums, strong: bool) -> StoppedCount:
    return StoppedCount(no, unit.code, unit.name, sums[0], sums[1], strong)
