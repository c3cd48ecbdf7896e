"""Text that people type: what is stored, refused and masked."""

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.core.values import search_key as search_keys
from app.core.values import text

NAME = TypeAdapter(text.Name)
NOTE = TypeAdapter(text.Note)
# Names as they are typed: letters of Viet Nam and of its neighbours' alphabets, marks of their own, spaces.
TYPED_NAMES = st.text(
    st.sampled_from(
        "aeiou yđĐ'-ăâêôơưàảãáạÀẢÃÁẠứỬỹñçøſßẞǕΣς한\u0300\u0301\u0302\u0309\u031b\u0323\u1100\u1161\u212a"
    ),
    max_size=60,
)


def error_code_of(kind: Any, value: object) -> str:
    """The code with which a value is refused."""
    with pytest.raises(ValidationError) as exc_info:
        TypeAdapter(kind).validate_python(value)
    return exc_info.value.errors()[0]["type"]


class TestName:
    def test_composed_trimmed_single_spaced(self):
        assert NAME.validate_python("  Nguye\u0302\u0303n\u00a0Thị   Đào ") == "Nguyễn Thị Đào"

    @pytest.mark.parametrize(
        "value",
        list("\x00\n\t\x1f\x7f\x85\u200b\u202e\u2066\ufeff\u00ad\u3164\u2028\ue000\ufe0f\uffff"),
    )
    def test_unseen_characters(self, value: str):
        assert error_code_of(text.Name, f"Đào{value}Thị") == "invisible_character"
        assert error_code_of(text.Name, f"Dao{value}Thi") == "invisible_character"

    def test_lone_surrogate_and_other_types(self):
        assert error_code_of(text.Name, "Đ\ud800") == "invisible_character"
        assert error_code_of(text.Name, 5) == "string_type"

    def test_length_counts_after_cleaning(self):
        assert error_code_of(text.Name, "   ") == "empty"
        assert error_code_of(text.Name, "a" * 201) == "too_long"
        assert len(NAME.validate_python(" " + "a" * 200 + " ")) == 200

    @pytest.mark.parametrize("kind", [text.Name, text.ShortText, text.Note])
    def test_marks_do_not_pile_up(self, kind: Any):
        assert TypeAdapter(kind).validate_python("Tha\u0323" + "\u0301\u0323" * 14)
        assert error_code_of(kind, "Tha\u0323" + "\u0301\u0323" * 15) == "too_many_marks"
        assert error_code_of(kind, "e\u0323\u0302" * 700 + "\u0323\u0301" * 20_000) == "too_many_marks"

    def test_every_letter_is_cleaned_alike_wherever_it_stands(self):
        for letter in map(chr, [*range(0x20, 0x7F), *range(0xC0, 0x300), *range(0x1E00, 0x1F00)]):
            typed = f"a{letter}{letter}e {letter}"
            assert NAME.validate_python(typed) == " ".join(unicodedata.normalize("NFC", typed).split())

    @given(TYPED_NAMES)
    def test_typed_names_are_composed(self, value: str):
        assert NAME.validate_python(f"a{value}") == " ".join(
            unicodedata.normalize("NFC", f"a{value}").split()
        )

    @given(st.text(max_size=300))
    def test_what_comes_out_is_storable_and_stable(self, value: str):
        try:
            cleaned = NAME.validate_python(value)
        except ValidationError:
            return
        assert unicodedata.is_normalized("NFC", cleaned)
        assert cleaned.isprintable()
        assert cleaned == cleaned.strip()
        assert 1 <= len(cleaned) <= 200
        assert NAME.validate_python(cleaned) == cleaned


class TestNote:
    def test_line_breaks_stay(self):
        assert NOTE.validate_python(" một\r\nhai\nba \n") == "một\nhai\nba"
        assert NOTE.validate_python("") == ""

    @pytest.mark.parametrize(
        "value", ["\x00", "\t", "\x0b", "\r", "\x1b", "\u202e", "\u2067", "\u2028", "\ufeff"]
    )
    def test_control_characters(self, value: str):
        assert error_code_of(text.Note, f"a{value}b") == "control_character"

    def test_too_long(self):
        assert error_code_of(text.Note, "é" * 2001) == "too_long"

    @given(st.text(max_size=100))
    def test_stable(self, value: str):
        try:
            cleaned = NOTE.validate_python(value)
        except ValidationError:
            return
        assert unicodedata.is_normalized("NFC", cleaned)
        assert "\x00" not in cleaned
        assert NOTE.validate_python(cleaned) == cleaned


class TestNumbers:
    @pytest.mark.parametrize("value", ["HT-HD-0001", "a", "18628", "x" * 64, "a.b_c-d"])
    def test_code(self, value: str):
        assert TypeAdapter(text.Code).validate_python(value) == value

    @pytest.mark.parametrize("value", ["", "-a", "a b", "mã", "a\n", "x" * 65, "a/b", "١"])
    def test_code_refused(self, value: str):
        assert error_code_of(text.Code, value) == "code"

    @pytest.mark.parametrize(
        "value", ["0912000111", "+84912000111", "84912000111", "0912 000 111", "0912.000.111"]
    )
    def test_phone(self, value: str):
        assert TypeAdapter(text.Phone).validate_python(value) == "0912000111"

    @pytest.mark.parametrize(
        "value", ["0212000111", "091200011", "09120001111", "٠912000111", "abc", "+1912000111"]
    )
    def test_phone_refused(self, value: str):
        assert error_code_of(text.Phone, value) == "phone"

    @pytest.mark.parametrize("value", ["042184000123", "183456789"])
    def test_person_number(self, value: str):
        assert TypeAdapter(text.PersonNumber).validate_python(value) == value
        assert text.is_old_id_card(value) == (len(value) == 9)

    @pytest.mark.parametrize(
        ("value", "code"),
        [
            ("0421840001", "national_id"),
            ("18345678", "national_id"),
            ("999184000123", "national_id_province"),
        ],
    )
    def test_person_number_refused(self, value: str, code: str):
        assert error_code_of(text.PersonNumber, value) == code

    def test_national_id(self):
        assert TypeAdapter(text.NationalId).validate_python("042184000123") == "042184000123"
        assert len(text.PROVINCE_CODES) == 63

    @pytest.mark.parametrize(
        ("value", "code"),
        [
            ("04218400012", "national_id"),
            ("0421840001234", "national_id"),
            ("04218400012a", "national_id"),
            ("٠٤٢184000123", "national_id"),
            ("042184000123\n", "national_id"),
            ("003184000123", "national_id_province"),
            ("999184000123", "national_id_province"),
        ],
    )
    def test_national_id_refused(self, value: str, code: str):
        assert error_code_of(text.NationalId, value) == code

    def test_insurance_numbers(self):
        assert TypeAdapter(text.SocialInsuranceNo).validate_python("4420123456") == "4420123456"
        assert TypeAdapter(text.HealthCardNo).validate_python("gd4420123456789") == "GD4420123456789"
        assert error_code_of(text.SocialInsuranceNo, "442012345") == "social_insurance_no"
        assert error_code_of(text.HealthCardNo, "GD9420123456789") == "health_card_no"

    @pytest.mark.parametrize(
        ("number", "birth", "sex", "expected"),
        [
            ("042184000123", date(1984, 3, 2), "female", []),
            ("042084000123", date(1984, 3, 2), "male", []),
            ("042384000123", date(2084, 3, 2), "female", []),
            ("042184000123", None, None, []),
            ("042184000123", date(1985, 3, 2), "female", ["national_id_birth_year"]),
            ("042184000123", date(2084, 3, 2), "female", ["national_id_birth_year"]),
            ("042184000123", date(1984, 3, 2), "male", ["national_id_sex"]),
            ("042984000123", date(1984, 3, 2), "male", ["national_id_birth_year", "national_id_sex"]),
        ],
    )
    def test_disagreement_is_a_warning(
        self, number: str, birth: date | None, sex: str | None, expected: list[str]
    ):
        assert text.national_id_warnings(number, birth, sex) == expected


class TestSearchAndMasks:
    def test_search_key(self):
        assert search_keys.search_key("  Nguyễn   Thị ĐÀO ") == "nguyen thi dao"
        assert search_keys.search_key("Ấp Ngã Bảy") == "ap nga bay"

    def test_search_key_of_every_letter(self):
        for letter in map(chr, range(0x3000)):
            typed = f"A{letter}e {letter}"
            assert search_keys.search_key(typed) == " ".join(search_keys.strip_diacritics(typed).split())

    @given(TYPED_NAMES | st.text(max_size=60))
    def test_search_key_has_plain_letters(self, value: str):
        assert search_keys.search_key(value) == " ".join(search_keys.strip_diacritics(value).split())

    @given(st.text(max_size=60))
    def test_search_key_ignores_form_and_case(self, value: str):
        key = search_keys.search_key(value)
        assert search_keys.search_key(key) == key
        assert search_keys.search_key(unicodedata.normalize("NFD", value)) == search_keys.search_key(
            unicodedata.normalize("NFC", value)
        )

    def test_masks(self):
        assert text.mask_id("042184000123") == "042******123"
        assert text.mask_id("1234567") == "*******"
        assert text.mask_phone("0912000111") == "*******111"
        assert text.mask_phone("12345") == "*****"
        assert text.mask_id(None) is None
        assert text.mask_phone(None) is None
