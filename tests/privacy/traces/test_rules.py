"""What is a person's for sure: by number and name in their columns. What only looks like the person is a doubt."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.traces.rules import ErasedPerson, Glance, Record, Sought

MEMBER = "01a2275b-d74f-7db5-994a-77558bd5282f"
NUMBER, INSURANCE, CARD = "042184000123", "7912345678", "GD4420123456789"


def make_person(name: str = "Trần Thị Đào", search_name: str = "tran thi dao", **fields: Any) -> ErasedPerson:
    """Whose file is of an organisation of their place."""
    numbers = fields.setdefault("numbers", [NUMBER, INSURANCE, CARD])
    return ErasedPerson.from_json({
        "member_id": MEMBER, "name": search_name, "full_name": name, "own": numbers, "phone": "0932000001",
        "covered": True, **fields,
    })  # fmt: skip


def make_sought(**fields: Any) -> Sought:
    return Sought((make_person(**fields),))


class TestTheirs:
    @pytest.mark.parametrize("names", [(), ("",), ("Trần Thị Đào",), ("TRẦN  THỊ ĐÀO ",),
                                       (unicodedata.normalize("NFD", "trần thị đào"),)])  # fmt: skip
    @pytest.mark.parametrize(
        "column",
        [
            {"ids": (MEMBER.upper(),)}, {"citizen_numbers": (NUMBER,)}, {"citizen_numbers": ("42184000123",)},
            {"citizen_numbers": (" 042 184 000 123",)}, {"insurance_numbers": (INSURANCE,)},
            {"insurance_numbers": ("GD 4 42 01 2345 6789",)}, {"insurance_numbers": ("4420123456789",)},
        ],
    )  # fmt: skip
    def test_by_number_and_name_wherever_the_file_is(self, names: tuple[str, ...], column: dict[str, Any]):
        assert make_person(covered=False).owns(Record(names=names, **column))

    @pytest.mark.parametrize(
        "record",
        [
            Record(names=("Trần Thị Đạo",), citizen_numbers=(NUMBER,)),
            Record(names=("Tran Thi Dao",), citizen_numbers=(NUMBER,)),
            Record(names=("Phạm Văn Khác",), citizen_numbers=(NUMBER,)),
            Record(names=("Trần Thị Đào", "Phạm Văn Khác"), citizen_numbers=(NUMBER,)),
            Record(names=("Trần Thị Đào",)),
            Record(names=("Trần Thị Đào",), citizen_numbers=("042184000124",)),
            Record(names=("Trần Thị Đào",), citizen_numbers=(f"mẹ {NUMBER}",)),
            Record(names=("Trần Thị Đào",), citizen_numbers=(INSURANCE,)),
            Record(names=("Trần Thị Đào",), insurance_numbers=(NUMBER,)),
        ],
    )
    def test_by_nothing_less(self, record: Record):
        assert not make_person().owns(record)

    def test_a_phone_is_no_old_identity_card(self):
        """Which has nine digits, as a phone without its zero."""
        person = make_person(numbers=["932000001"])
        assert person.owns(Record(citizen_numbers=("932000001",)))
        assert not person.owns(Record(insurance_numbers=("0932000001",)))
        assert person.mask is None

    def test_a_number_that_another_has_as_well_says_nothing_for_sure(self):
        person = make_person(own=[INSURANCE])
        assert not person.owns(Record(names=("Trần Thị Đào",), citizen_numbers=(NUMBER,)))
        assert Sought((person,)).mask(f"CCCD {NUMBER}", "1") == f"CCCD {NUMBER}"
        assert person.resembles((NUMBER,))


class TestDoubts:
    @pytest.mark.parametrize(
        "text",
        [
            "Trần Thị Đào", "TRẦN THỊ ĐÀO", "tran  thi dao", unicodedata.normalize("NFD", "Trần Thị Đào"), "Trần Thị Đạo",
            "bà Trần Thị Đào", "Bà Trần Thị Đào", "Trần Thị Đào nộp hộ", "Tran Thi Dao nop", "Trần Thị Đào, tổ 3",
            '{"full_name": "Trần Thị Đào"}', "Mẹ: Trần Thị Đào",
        ],
    )  # fmt: skip
    def test_the_name_where_their_place_is_known(self, text: str):
        assert make_person().resembles((text,))
        assert not make_person(covered=False).resembles((text,))
        assert make_person(covered=False).resembles((text, "+84 932 000 001"))

    @pytest.mark.parametrize(
        "text",
        [
            NUMBER,
            "CCCD:042.184.000.123",
            "42184000123.0",
            "tổ 5 042184000123-2",
            MEMBER,
            CARD,
            "x 7912345678",
        ],
    )
    def test_a_number_wherever_it_stands(self, text: str):
        assert make_person(covered=False).resembles(("Phạm Văn Khác", text))

    @pytest.mark.parametrize(
        "text",
        [
            "Trần Thị Đào Anh", "Nguyễn Trần Thị Đào", "TRẦN THỊ ĐÀO ANH", "Trần Thị Đàon", "Trần Đào Thị", "0932000001",
            "1421840001234", "FT042184000123778", MEMBER.replace("8", "9"), "GD4420123456780", "",
        ],
    )  # fmt: skip
    def test_not_a_longer_name_or_number_or_a_phone_alone(self, text: str):
        assert not make_person().resembles((text,))

    @pytest.mark.parametrize("spelled", ["Y Ňơ Niê", "Y No Nie", unicodedata.normalize("NFD", "y ňơ niê")])
    def test_a_name_with_other_letters(self, spelled: str):
        assert make_person("Y Ňơ Niê", "y no nie").resembles((spelled,))


MASKED = [
    ("CCCD 042184000123, tổ 3", "CCCD ~, tổ 3"),
    ("042184000123-2", "~-2"),
    ("CCCD 042 184 000 123 nộp", "CCCD ~ nộp"),
    ("042.184.000.123", "~"),
    ("thẻ GD4420123456789, GD 4 42 01 2345 6789", "thẻ ~, ~"),
    ("BHXH 7912345678", "BHXH ~"),
    ("nộp 7.912.345.678 đ", None),
    ("FT042184000123778, FT042184000123", None),
    ("20 042 184 000 123 1", None),
    ("Trần Thị Đào, 0932000001, CMND 932000001", None),
]
"""Texts and what is left of them, masked at `~`: the same here and in the database."""


@pytest.mark.parametrize(("text", "left"), MASKED)
async def test_whole_numbers_are_masked(text: str, left: str | None, owner: Any):
    expected = (left or text).replace("~", "…")
    assert make_sought().mask(text, "1") == expected
    numbers = [NUMBER, INSURANCE, CARD, "932000001"]
    assert await owner.fetchval("select masked_text($1, $2)", text, numbers) == expected


@pytest.mark.parametrize(
    ("before", "after", "is_masked"),
    [
        *((text, left.replace("~", "…"), True) for text, left in MASKED if left),
        (f"10% _ … \\ {NUMBER}", "10% _ … \\ …", True),
        (f"nộp {NUMBER}", "nộp", False),
        (f"nộp {NUMBER}", f"nộp {NUMBER}", False),
        (f"{NUMBER} nộp", "nộp …", False),
        (f"Lan {NUMBER}", "Huệ …", False),
        (f"nộp {NUMBER}", "nộp 5", False),
        (NUMBER, NUMBER[:-1] + "9…", False),
    ],
)
async def test_the_ledger_lets_numbers_be_masked_and_nothing_else(
    owner: Any, before: str, after: str, is_masked: bool
):
    assert await owner.fetchval("select masks_digits($1, $2)", before, after) == is_masked


@pytest.mark.parametrize(
    ("text", "is_noted"),
    [("Bà Tran  Thị ĐẠO nộp", True), ("CMND 932.000.001", True), ("Trần Thị Lan", False), (None, False)],
)
async def test_the_database_notes_what_looks_like_them(owner: Any, text: str | None, is_noted: bool):
    noted = await owner.fetchval("select resembles_person($1, 'tran thi dao', '{932000001}')", text)
    assert noted == is_noted


_WORDS = st.sampled_from([
    "Trần", "thi", "THỊ", "Đào", "dao", "Dào", NUMBER, "84932000001", CARD, "1984", "02", "03", MEMBER,
])  # fmt: skip
_SEPARATORS = st.sampled_from([" ", "\n", ", ", "-", ""])


@given(st.lists(st.tuples(_WORDS, _SEPARATORS), max_size=12))
def test_a_glance_misses_nobody(parts: list[tuple[str, str]]):
    """Whoever a text may be about is seen at a glance."""
    text, person = "".join(word + separator for word, separator in parts), make_person()
    if person.resembles((text,)):
        assert Glance(text.encode()).may_name(person)
