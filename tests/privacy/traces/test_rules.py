"""Whom a text names: the person in whatever spelling, and no namesake. What may be somebody else's is a doubt."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.traces.rules import Belonging, ErasedPerson, Glance, Record, Sought

MEMBER = "01a2275b-d74f-7db5-994a-77558bd5282f"
COMMUNE = "01234"
THEIRS, DOUBTFUL, NOT_THEIRS = Belonging.THEIRS, Belonging.DOUBTFUL, Belonging.NOT_THEIRS


def make_person(name: str = "Trần Thị Đào", search_name: str = "tran thi dao", **fields: Any) -> ErasedPerson:
    """Whose file is of an organisation of their commune."""
    return ErasedPerson.from_json({
        "member_id": MEMBER, "name": search_name, "full_name": name, "birth_date": "1984-03-02",
        "numbers": ["042184000123", "GD4420123456789"], "phone": "0932000001", "commune": COMMUNE, "alone": True,
        "covered": True, "near": True, **fields,
    })  # fmt: skip


def make_sought(**fields: Any) -> Sought:
    return Sought((make_person(**fields),))


def judge(*texts: str, of: ErasedPerson | None = None, **fields: Any) -> Belonging:
    return Sought((of or make_person(),)).judge(Record(texts, **fields))


class TestByNumber:
    @pytest.mark.parametrize(
        "text",
        [
            "042184000123", "42184000123", "042 184 000 123", "CCCD:042.184.000.123", "42184000123.0", MEMBER,
            MEMBER.upper(), f"{MEMBER} (0.95)", "GD4420123456789", "GD 4 42 01 2345 6789", "4420123456789",
        ],
    )  # fmt: skip
    def test_it_is_theirs_whatever_else_is_said(self, text: str):
        elsewhere = make_person(covered=False, near=False)
        assert judge("Ai Khác", text, "042999999999", of=elsewhere, born="1950-01-01", commune="9") is THEIRS

    @pytest.mark.parametrize(
        "text", ["1421840001234", "FT042184000123778", MEMBER.replace("8", "9"), "GD4420123456780", ""]
    )
    def test_a_part_of_another_number_is_none(self, text: str):
        assert judge(text) is NOT_THEIRS

    @pytest.mark.parametrize("phone", ["0932000001", "+84 932 000 001", "0932-000-001", "84932000001"])
    def test_a_phone_counts_with_the_name_alone(self, phone: str):
        """A household has one phone."""
        assert judge("Nguyễn Văn Chồng", phone) is NOT_THEIRS
        assert judge("Trần Thị Đào", phone, of=make_person(covered=False, near=False)) is THEIRS
        assert judge("Trần Thị Đào", phone, born="1950-01-01") is DOUBTFUL
        assert judge("Trần Thị Đào", phone, "042999999999") is DOUBTFUL


class TestByName:
    @pytest.mark.parametrize(
        "text",
        [
            "Trần Thị Đào", "TRẦN THỊ ĐÀO", "tran  thi dao", unicodedata.normalize("NFD", "Trần Thị Đào"),
            "“Trần Thị Đào” không có", "Trần Thị Đào, tổ 3", '{"full_name": "Trần Thị Đào"}',
        ],
    )  # fmt: skip
    def test_as_a_whole_field(self, text: str):
        assert judge(text) is THEIRS
        assert judge(text, "12", "REF-1", born="02/03/1984", commune=COMMUNE.lstrip("0")) is THEIRS

    @pytest.mark.parametrize(
        "text",
        [
            "Trần Thị Đào Anh", "Nguyễn Trần Thị Đào", "TRẦN THỊ ĐÀO ANH", "Trần Thị Đàon", "Trần Đào Thị",
            "Trần Thị Lan", "Lê A, Trần Thị Đào Anh",
        ],
    )  # fmt: skip
    def test_but_no_part_of_a_longer_name(self, text: str):
        assert judge(text) is NOT_THEIRS

    @pytest.mark.parametrize("text", ["bà Trần Thị Đào", "tran thi dao anh", "Trần Thị Đào nộp hộ"])
    def test_beside_other_words_it_is_a_doubt(self, text: str):
        assert judge(text) is DOUBTFUL

    @pytest.mark.parametrize(
        "other",
        ["042999999999", "TE1791234567890", "GD4791234567890", "123456789", "0987654321", "042 999 999 999"],
    )
    def test_another_number_speaks_against_it(self, other: str):
        assert judge("Trần Thị Đào", other) is NOT_THEIRS
        assert judge("Trần Thị Đào", other, born="1984-03-02") is DOUBTFUL

    def test_but_the_number_of_something_else_does_not(self):
        assert judge("Trần Thị Đào", references=("REF-0123456789",)) is THEIRS

    @pytest.mark.parametrize("born", ["2016-05-05", "02/04/1984", "1950", "05051950"])
    def test_another_day_of_birth_ends_it(self, born: str):
        assert judge("Trần Thị Đào", born=born) is NOT_THEIRS
        assert judge("Trần Thị Đào", born=born, of=make_person(birth_date=None)) is THEIRS

    @pytest.mark.parametrize(
        "born", ["", "?", "1984", "03/1984", "2/3/1984", "1984-03-02 00:00:00", "02031984"]
    )
    def test_the_same_day_or_none_does_not(self, born: str):
        assert judge("Trần Thị Đào", born=born) is THEIRS

    def test_another_commune_ends_it(self):
        assert judge("Trần Thị Đào", commune="99999") is NOT_THEIRS
        assert judge("Trần Thị Đào", commune="99999", born="1984-03-02") is DOUBTFUL

    def test_without_a_commune_only_a_file_of_the_commune_is_sure(self):
        wide = make_person(near=False)
        assert judge("Trần Thị Đào", of=wide, born="1984-03-02") is DOUBTFUL
        assert judge("Trần Thị Đào", of=wide, commune=COMMUNE) is THEIRS
        assert judge("Trần Thị Đào", of=make_person(near=False, covered=False)) is NOT_THEIRS

    def test_a_known_namesake_in_the_commune_makes_it_a_doubt(self):
        shared = make_person(alone=False)
        assert judge("Trần Thị Đào", of=shared) is DOUBTFUL
        assert judge("Trần Thị Đào", of=shared, born="1984-03-02") is THEIRS

    @pytest.mark.parametrize(
        "spelled", ["Y Ňơ Niê", "Y No Nie", "y ňơ niê", unicodedata.normalize("NFD", "Y Ňơ Niê")]
    )
    def test_in_a_name_with_other_letters(self, spelled: str):
        assert judge(spelled, of=make_person("Y Ňơ Niê", "y no nie")) is THEIRS


def test_a_doubt_is_noted_with_its_place():
    sought = make_sought()
    assert not sought.is_named(Record(("bà Trần Thị Đào",)), "7")
    assert sought.is_named(Record(("Trần Thị Đào",)), "8")
    assert not sought.narrow(b"x").is_named(Record(("Ai",)), "9")
    assert sought.doubts == {"7"}


_WORDS = st.sampled_from([
    "Trần", "thi", "THỊ", "Đào", "dao", "Dào", "042184000123", "84932000001", "GD4420123456789", "1984", "02", "03",
    MEMBER,
])  # fmt: skip
_SEPARATORS = st.sampled_from([" ", "\n", ", ", "-", ""])


@given(st.lists(st.tuples(_WORDS, _SEPARATORS), max_size=12))
def test_a_glance_misses_nobody(parts: list[tuple[str, str]]):
    """Whoever a text is about, or may be, is seen at a glance."""
    text, person = "".join(word + separator for word, separator in parts), make_person()
    if Record((text,)).judge(person):
        assert Glance(text.encode()).may_name(person)
