"""Names, kinds and codes of places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.places.rules import (
    PLACE_KINDS,
    AddedKind,
    Level,
    PlaceQuery,
    build_place_code,
    check_parent_level,
    format_full_name,
    parse_place_queries,
)
from tests.places.test_data import PLACES


class TestKinds:
    def test_every_kind_in_the_data_is_known(self):
        assert {row["kind"] for row in PLACES} <= set(PLACE_KINDS)

    def test_users_add_only_hamlets_and_blocks(self):
        assert {kind.level for kind in AddedKind} == {Level.HAMLET, Level.BLOCK}
        assert not set(AddedKind) & {row["kind"] for row in PLACES}


class TestReadings:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Đức  LĨNH", [PlaceQuery("duc linh", "đức lĩnh", None)]),
            ("phường 1", [PlaceQuery("phuong 1", "phường 1", None), PlaceQuery("1", "1", "phường")]),
            ("xà phiên", [PlaceQuery("xa phien", "xà phiên", None), PlaceQuery("phien", "phiên", "xã")]),
            ("xã", [PlaceQuery("xa", "xã", None)]),
            (
                "Tổ dân phố 3",
                [
                    PlaceQuery("to dan pho 3", "tổ dân phố 3", None),
                    PlaceQuery("dan pho 3", "dân phố 3", "tổ"),
                    PlaceQuery("3", "3", "tổ dân phố"),
                ],
            ),
            ("  ", []),
            ("\u0301", []),
        ],
    )
    def test_kind_may_be_typed(self, text: str, expected: list[PlaceQuery]):
        assert parse_place_queries(text) == expected

    @given(st.text())
    def test_any_text_can_be_read(self, text: str):
        assert all(reading.key for reading in parse_place_queries(text))


class TestFullName:
    def test_kind_is_written_before_the_name(self):
        assert format_full_name("đặc khu", "Côn Đảo") == "Đặc khu Côn Đảo"
        assert format_full_name("phường", "Phường Đúc") == "Phường Phường Đúc"
        assert format_full_name("quốc gia", "Việt Nam") == "Việt Nam"


class TestStanding:
    @pytest.mark.parametrize(
        ("level", "parent"),
        [
            (Level.HAMLET, Level.COMMUNE),
            (Level.BLOCK, Level.COMMUNE),
            (Level.BLOCK, Level.HAMLET),
        ],
    )
    def test_fits(self, level: Level, parent: Level):
        check_parent_level(level, parent)

    @pytest.mark.parametrize("parent", [Level.COUNTRY, Level.PROVINCE, Level.DISTRICT, Level.HAMLET])
    def test_hamlet_elsewhere_is_refused(self, parent: Level):
        with pytest.raises(InvalidInput) as exc_info:
            check_parent_level(Level.HAMLET, parent)
        assert exc_info.value.errors[0].pointer == "/parent_code"


class TestCode:
    def test_name_is_readable_in_it(self):
        assert build_place_code("18322", "thôn", "Thanh Bình") == "18322.thon-thanh-binh"
        assert build_place_code("18322", "tổ liên gia", "số 2/3") == "18322.to-lien-gia-so-2-3"

    @given(st.text(max_size=200))
    def test_any_name_gives_a_valid_code(self, name: str):
        code = build_place_code("18322", "thôn", name)
        assert len(code) <= 28
        assert code.startswith("18322.thon")
        assert all(char.isascii() and (char.isalnum() or char in ".-") for char in code)
        assert code[-1] not in ".-"
