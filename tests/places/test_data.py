"""The vendored units: complete, consistent, and correct where the demonstration data needs them."""

import csv
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "app" / "places" / "data"
OLD, NEW = "1900-01-01", "2025-07-01"


def read_csv(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PLACES = read_csv("places.csv")
STEPS = read_csv("succession.csv")
OLD_UNITS = {row["code"]: row for row in PLACES if row["valid_to"]}
NEW_UNITS = {row["code"]: row for row in PLACES if row["valid_from"] == NEW}
SUCCESSORS: dict[str, list[dict[str, str]]] = defaultdict(list)
for step in STEPS:
    SUCCESSORS[step["old_code"]].append(step)


def find_old_district(name: str, province: str) -> str:
    (code,) = [
        row["code"]
        for row in OLD_UNITS.values()
        if row["level"] == "district"
        and row["name"] == name
        and OLD_UNITS[row["parent_code"]]["name"] == province
    ]
    return code


def communes_of(district: str) -> list[str]:
    return [row["code"] for row in OLD_UNITS.values() if row["parent_code"] == district]


class TestUnits:
    def test_counts(self):
        assert Counter((row["level"], row["valid_from"]) for row in PLACES) == {
            ("country", OLD): 1,
            ("province", OLD): 63,
            ("district", OLD): 696,
            ("commune", OLD): 10_035,
            ("province", NEW): 34,
            ("commune", NEW): 3_321,
        }

    def test_kinds_of_new_communes(self):
        kinds = Counter(row["kind"] for row in NEW_UNITS.values() if row["level"] == "commune")
        assert kinds == {"xã": 2_621, "phường": 687, "đặc khu": 13}

    def test_key_is_code_and_first_day(self):
        assert len({(row["code"], row["valid_from"]) for row in PLACES}) == len(PLACES)

    def test_eras_meet(self):
        assert {(row["valid_from"], row["valid_to"]) for row in PLACES if row["code"] != "VN"} == {
            (OLD, "2025-06-30"),
            (NEW, ""),
        }

    def test_every_parent_stands_at_the_time(self):
        level_above = {"province": {"country"}, "district": {"province"}, "commune": {"province", "district"}}
        for row in PLACES:
            if row["level"] == "country":
                continue
            units = OLD_UNITS if row["valid_to"] else NEW_UNITS
            parent = PLACES[0] if row["parent_code"] == "VN" else units[row["parent_code"]]
            assert parent["level"] in level_above[row["level"]]

    def test_codes_are_the_official_ones(self):
        lengths = {(row["level"], len(row["code"])) for row in PLACES if row["code"].isdigit()}
        assert lengths == {("province", 2), ("district", 3), ("commune", 5)}

    def test_names_are_nfc_and_without_kind(self):
        assert all(
            row["name"] == unicodedata.normalize("NFC", " ".join(row["name"].split())) for row in PLACES
        )
        doubled = {row["name"] for row in PLACES if row["name"].lower().startswith(row["kind"] + " ")}
        assert doubled == {"Phường Đúc"}  # of Huế: its name begins with this word

    def test_points_lie_in_the_country(self):
        points = [(float(row["latitude"]), float(row["longitude"])) for row in PLACES if row["latitude"]]
        assert len(points) > 13_800
        assert all(8 <= latitude <= 23.5 and 102 <= longitude <= 115 for latitude, longitude in points)


class TestSuccession:
    def test_every_old_province_and_commune_is_mapped(self):
        mapped = {row["code"] for row in OLD_UNITS.values() if row["level"] in ("province", "commune")}
        assert SUCCESSORS.keys() - mapped == {"318", "471", "498", "536", "755"}  # islands without communes
        assert mapped <= SUCCESSORS.keys()

    def test_every_new_unit_comes_from_something(self):
        assert {row["new_code"] for row in STEPS} == NEW_UNITS.keys()

    def test_levels_agree(self):
        for row in STEPS:
            old, new = OLD_UNITS[row["old_code"]], NEW_UNITS[row["new_code"]]
            assert (old["level"] == "province") == (new["level"] == "province")

    def test_commune_goes_where_its_province_goes(self):
        for code, steps in SUCCESSORS.items():
            if OLD_UNITS[code]["level"] != "commune":
                continue
            district = OLD_UNITS[OLD_UNITS[code]["parent_code"]]
            (province,) = SUCCESSORS[district["parent_code"]]
            assert {NEW_UNITS[row["new_code"]]["parent_code"] for row in steps} == {province["new_code"]}

    def test_exactly_one_default(self):
        assert {Counter(row["is_default"] for row in steps)["true"] for steps in SUCCESSORS.values()} == {1}

    def test_share_is_known_only_for_whole_units(self):
        assert sum(len(steps) > 1 for steps in SUCCESSORS.values()) == 442
        for steps in SUCCESSORS.values():
            assert {row["share"] for row in steps} == ({"1"} if len(steps) == 1 else {""})

    def test_code_used_again_is_its_own_predecessor(self):
        pairs = {(row["old_code"], row["new_code"]) for row in STEPS}
        again = OLD_UNITS.keys() & NEW_UNITS.keys()
        assert len(again) == 34 + 3_316
        assert {(code, code) for code in again} <= pairs

    def test_namesakes_keep_their_own_successors(self):
        """Xã Tân Thạnh of Cần Thơ and of Sóc Trăng, both Cần Thơ now, 75 km apart."""
        assert [row["new_code"] for row in SUCCESSORS["31268"]] == ["31288"]
        assert [row["new_code"] for row in SUCCESSORS["31666"]] == ["31666"]


class TestWhereTheModelsStand:
    @pytest.mark.parametrize(
        ("old_name", "new_name"),
        [
            ("Long An", "Tây Ninh"),
            ("Quảng Nam", "Đà Nẵng"),
            ("Quảng Bình", "Quảng Trị"),
            ("Bến Tre", "Vĩnh Long"),
            ("Trà Vinh", "Vĩnh Long"),
            ("Kiên Giang", "An Giang"),
            ("Hậu Giang", "Cần Thơ"),
            ("Hà Tĩnh", "Hà Tĩnh"),
            ("Lạng Sơn", "Lạng Sơn"),
            ("Đắk Lắk", "Đắk Lắk"),
            ("Phú Yên", "Đắk Lắk"),
        ],
    )
    def test_provinces(self, old_name: str, new_name: str):
        (old,) = [row for row in OLD_UNITS.values() if row["level"] == "province" and row["name"] == old_name]
        assert [NEW_UNITS[row["new_code"]]["name"] for row in SUCCESSORS[old["code"]]] == [new_name]

    @pytest.mark.parametrize(
        ("old", "old_name", "new", "new_name"),
        [
            ("18847", "Kỳ Nam", "18832", "Hoành Sơn"),
            ("18322", "Đức Lĩnh", "18322", "Mai Hoa"),
            ("18553", "Hương Trạch", "18547", "Phúc Trạch"),
            ("18628", "Tượng Sơn", "18628", "Thạch Lạc"),
            ("31343", "Hiệp Thành", "31340", "Ngã Bảy"),
            ("31341", "Lái Hiếu", "31340", "Ngã Bảy"),
            ("29455", "Hiệp Mỹ Tây", "29455", "Hiệp Mỹ"),
        ],
    )
    def test_communes(self, old: str, old_name: str, new: str, new_name: str):
        assert OLD_UNITS[old]["name"] == old_name
        assert [row["new_code"] for row in SUCCESSORS[old]] == [new]
        assert NEW_UNITS[new]["name"] == new_name

    @pytest.mark.parametrize(
        ("district", "province", "before", "after"),
        [
            ("Châu Thành", "Long An", 13, 4),
            ("U Minh Thượng", "Kiên Giang", 6, 2),
            ("Hòn Đất", "Kiên Giang", 14, 6),
            ("Tân Hiệp", "Kiên Giang", 11, 3),
            ("An Minh", "Kiên Giang", 11, 5),
            ("Lộc Bình", "Lạng Sơn", 20, 7),
            ("Thạch Hà", "Hà Tĩnh", 22, 8),
        ],
    )
    def test_districts(self, district: str, province: str, before: int, after: int):
        communes = communes_of(find_old_district(district, province))
        assert len(communes) == before
        assert len({row["new_code"] for code in communes for row in SUCCESSORS[code]}) == after

    def test_chau_thanh_became_four_named_communes(self):
        communes = communes_of(find_old_district("Châu Thành", "Long An"))
        new_codes = {row["new_code"] for code in communes for row in SUCCESSORS[code]}
        assert {NEW_UNITS[code]["name"] for code in new_codes} == {
            "An Lục Long",
            "Thuận Mỹ",
            "Tầm Vu",
            "Vĩnh Công",
        }
