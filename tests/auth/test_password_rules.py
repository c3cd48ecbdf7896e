"""Which new passwords are refused, and that each refusal has words."""

import unicodedata

import pytest

from app.auth.password_rules import (
    COMMON_PASSWORDS,
    MAX_PASSWORD_BYTES,
    MIN_CHARACTERS,
    PasswordWeakness,
    find_weakness,
)
from app.core.errors import InvalidInput
from app.tenancy.logins.account import check_password_strength

W = PasswordWeakness


class TestWeakness:
    @pytest.mark.parametrize(
        ("password", "expected"),
        [
            ("", W.TOO_SHORT),
            ("ngắn quá", W.TOO_SHORT),
            (unicodedata.normalize("NFD", "đườnglàng"), W.TOO_SHORT),
            ("é" * (MAX_PASSWORD_BYTES // 2) + "abc", W.TOO_LONG),
            ("\ud800" * 100, W.TOO_LONG),
            ("phunu.hatinh", W.IS_USERNAME),
            ("PhuNu.HaTinh", W.IS_USERNAME),
            ("matkhau123", W.COMMON),
            ("MatKhau2026", W.COMMON),
            ("aaaaaaaaaaaaaaaa", W.COMMON),
            ("ababababababab", W.COMMON),
            ("12345678901", W.DIGITS_ONLY),
            ("0912000111", W.DIGITS_ONLY),
            ("+84 912 000 111", W.DIGITS_ONLY),
            ("042184000123", W.DIGITS_ONLY),
            ("02/03/1984!!", W.DIGITS_ONLY),
            ("sdt0912000111", W.PHONE),
            ("0912.000.111abc", W.PHONE),
            ("84912000111lan", W.PHONE),
            ("qwertyuiop", W.SEQUENCE),
            ("Asdfghjkl12345", W.SEQUENCE),
            ("abcdefgh1234", W.SEQUENCE),
            ("a12345678901", W.SEQUENCE),
            ("987654321abc", W.SEQUENCE),
            ("zxcvbnm-2026", W.SEQUENCE),
            ("phunuphunu", W.REPEATED),
            ("matkhaumatkhau", W.REPEATED),
            ("Hoa Sen Hoa Sen", W.REPEATED),
            ("ab12ab12ab12ab12", W.REPEATED),
            ("nguyenthidao", W.OWN_NAME),
            ("Dao.Nguyen.1984", W.OWN_NAME),
            ("Đào Nguyễn 84 ơi", W.OWN_NAME),
            ("phunu2026hatinh!", W.OWN_NAME),
        ],
    )
    def test_is_named(self, password: str, expected: PasswordWeakness):
        assert find_weakness(password, "phunu.hatinh", "Nguyễn Thị Đào") is expected

    @pytest.mark.parametrize(
        "password",
        [
            "con đường làng quê",
            "cây dừa bên sông",
            "ansinh-demo-2026",
            "đườnglàngq",
            "đào nở ven sông Lam",
            "thi3uNhi&c4nhDong",
            "x7#kq9!2mz44",
            "hai con bò 0912000111",
            "9f8a1c2b7e4d5f60",
            "correct horse battery",
        ],
    )
    def test_others_may_be_chosen(self, password: str):
        assert find_weakness(password, "phunu.hatinh", "Nguyễn Thị Đào") is None

    def test_common_ones_are_written_as_they_are_compared(self):
        assert {word for word in COMMON_PASSWORDS if len(word) < MIN_CHARACTERS} == set()
        assert {word for word in COMMON_PASSWORDS if word != word.casefold()} == set()

    @pytest.mark.parametrize(
        "password", ["a" * 256, "ab" * 128, "abc " * 64, "\u0301" * 120, "a" * 128 + "b" * 128]
    )
    def test_long_ones_are_answered(self, password: str):
        assert find_weakness(password, "x" * 64, "x " * 100) is not None


class TestWords:
    def test_each_reason_is_told_in_both_languages(self):
        examples = {
            W.TOO_SHORT: "ngắn", W.TOO_LONG: "x" * 300, W.IS_USERNAME: "phunu.hatinh", W.COMMON: "matkhau123",
            W.DIGITS_ONLY: "12345678901", W.PHONE: "sdt0912000111", W.SEQUENCE: "qwertyuiop", W.REPEATED: "phunuphunu",
            W.OWN_NAME: "nguyenthidao",
        }  # fmt: skip
        assert set(examples) == set(PasswordWeakness)
        sentences = set()
        for reason, password in examples.items():
            with pytest.raises(InvalidInput) as exc_info:
                check_password_strength(password, "phunu.hatinh", "Nguyễn Thị Đào", "/password")
            (field,) = exc_info.value.errors
            assert (field.pointer, field.code) == ("/password", reason.value)
            assert password not in field.vi + field.en
            sentences |= {field.vi, field.en}
        assert len(sentences) == 2 * len(examples)
