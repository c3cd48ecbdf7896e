"""Whom a text names: the person in whatever spelling, and no namesake."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.traces.rules import ErasedPerson, Glance, Text, is_named, select_named

MEMBER = "01a2275b-d74f-7db5-994a-77558bd5282f"


def make_person(
    name: str = "Trần Thị Đào", search_name: str = "tran thi dao", *, covered: bool = True
) -> ErasedPerson:
    return ErasedPerson.from_json({
        "member_id": MEMBER, "name": search_name, "full_name": name, "birth_date": "1984-03-02",
        "numbers": ["042184000123", "0932000001"], "covered": covered,
    })  # fmt: skip


class TestIsNamed:
    @pytest.mark.parametrize(
        "text",
        [
            "Trần Thị Đào", "TRẦN THỊ ĐÀO", "tran  thi dao", unicodedata.normalize("NFD", "bà Trần Thị Đào, tổ 3"),
            "042184000123", "42184000123", "042 184 000 123", "CCCD:042.184.000.123", "42184000123.0", "0932000001",
            "+84 932 000 001", "0932-000-001", MEMBER, f"{MEMBER} (0.95)", "Trần Thị Đào 02/03/1984 042999999999",
            "Trần Thị Đào\n2/3/1984\n042999999999", "Trần Thị Đào\n1984-03-02\n042999999999", "Trần Thị Đào\n12",
        ],
    )  # fmt: skip
    def test_by_number_id_and_name(self, text: str):
        assert is_named([make_person()], text)
        assert select_named([make_person()], text.encode())

    @pytest.mark.parametrize(
        "text",
        [
            "", "Trần Thị Đàon", "Trần Đào Thị", "Trần Thị Đào\n042999999999", "Trần Thị Đào\n02/04/1984\n042999999999",
            "1421840001234", "0932000002", MEMBER.replace("8", "9"), "Trần Thị Lan",
        ],
    )  # fmt: skip
    def test_but_nobody_else(self, text: str):
        assert not is_named([make_person()], text)

    def test_by_the_name_alone_where_their_place_is_covered(self):
        elsewhere = make_person(covered=False)
        assert not is_named([elsewhere], "Trần Thị Đào")
        assert is_named([elsewhere], "Trần Thị Đào 0932000001")

    @pytest.mark.parametrize(
        "spelled", ["Y Ňơ Niê", "Y No Nie", "y ňơ niê", unicodedata.normalize("NFD", "Y Ňơ Niê")]
    )
    def test_in_a_name_with_other_letters(self, spelled: str):
        assert is_named([make_person("Y Ňơ Niê", "y no nie")], spelled)


_WORDS = st.sampled_from(
    ["Trần", "thi", "THỊ", "Đào", "dao", "Dào", "042184000123", "84932000001", "1984", "02", "03", MEMBER]
)
_SEPARATORS = st.sampled_from([" ", "\n", ", ", "-", ""])


@given(st.lists(st.tuples(_WORDS, _SEPARATORS), max_size=12))
def test_a_glance_misses_nobody(parts: list[tuple[str, str]]):
    """Whoever a text is about is seen at a glance."""
    text, person = "".join(word + separator for word, separator in parts), make_person()
    if Text.read(text).names(person):
        assert Glance(text.encode()).may_name(person)
