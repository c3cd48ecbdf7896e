"""Text that people type: NFC, trimmed, and free of characters that cannot be seen or stored."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from app.core.errors import field_problem

_PROVINCES = (
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 "
    "040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 "
    "083 084 086 087 089 091 092 093 094 095 096"
)
PROVINCE_CODES = frozenset(_PROVINCES.split())
"""Provinces of birth registration in a citizen's number; the mergers of 2025 retired none of them."""

_BIRTH_YEARS = {f"{number:03}": 1900 + number // 200 * 100 + number % 100 for number in range(600)}
"""The year that digits 4 to 6 of a citizen's number stand for: two values of digit 4 for each century."""
_SEXES = {str(digit): "female" if digit % 2 else "male" for digit in range(10)}
_SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
# Letters and marks that draw nothing although Unicode counts them as printable.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | frozenset(
    map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
)
_FORBIDDEN_IN_NOTE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff]"
)
# Words of letters that are NFC whatever stands beside them, with one space between: what `clean_line` leaves alone.
_CLEAN_LINE = re.compile("[!-~À-ſƠơƯưẠ-ỹ]+(?: [!-~À-ſƠơƯưẠ-ỹ]+)*")


_MAX_MARKS = 30
"""Marks on one letter: what Unicode's Stream-Safe Text Format (UAX 15) allows, and Vietnamese has two."""


def compose(value: str) -> str:
    """NFC. Refuses letters with piled-up marks, because putting those in order takes the square of their number."""
    if len(value) > _MAX_MARKS and not value.isascii():
        marks = 0
        for is_mark in map(unicodedata.combining, value):
            marks = marks + 1 if is_mark else 0
            if marks > _MAX_MARKS:
                vi, en = "Có chữ mang quá nhiều dấu.", "A letter has too many marks."
                raise field_problem("too_many_marks", vi=vi, en=en)
    return unicodedata.normalize("NFC", value)


def clean_line(value: str) -> str:
    """One line of text: NFC, trimmed, inner spaces single. Refuses characters that cannot be seen."""
    if _CLEAN_LINE.fullmatch(value):
        return value
    if not value.isascii():
        value = compose(value).translate(_SPACES)
    _refuse_replaced(value)
    if not value.isprintable() or not _BLANKS.isdisjoint(value):
        raise field_problem(
            "invisible_character",
            vi="Có ký tự điều khiển hoặc ký tự không nhìn thấy được.",
            en="There is a control character or one that cannot be seen.",
        )
    return " ".join(value.split())


def _refuse_replaced(value: str) -> None:
    """Refuse the character that stands for one that could not be read: what it was is lost."""
    if "\ufffd" in value:
        raise field_problem(
            "replaced_character",
            vi="Có ký tự bị hỏng (�); hãy nhập lại, hoặc lưu lại tệp dạng Unicode (UTF-8).",
            en="There is a character that was lost (�); type it again, or save the file as UTF-8.",
        )


def clean_note(value: str) -> str:
    """Free text of several lines: NFC, trimmed, line ends as `\\n`. Refuses other control characters."""
    value = compose(value.replace("\r\n", "\n")).strip(" \n")
    _refuse_replaced(value)
    if _FORBIDDEN_IN_NOTE.search(value):
        raise field_problem(
            "control_character",
            vi="Có ký tự điều khiển; chỉ được xuống dòng.",
            en="There is a control character; only line breaks are allowed.",
        )
    return value


def _with_length(clean: Callable[[str], str], min_length: int, max_length: int) -> AfterValidator:
    """Validate with `clean`, then a length from `min_length` to `max_length` code points."""

    def check(value: str) -> str:
        value = clean(value)
        if len(value) < min_length:
            raise field_problem("empty", vi="Không được để trống.", en="This must not be empty.")
        if len(value) > max_length:
            raise field_problem(
                "too_long",
                vi=f"Dài quá {max_length} ký tự.",
                en=f"This is longer than {max_length} characters.",
            )
        return value

    return AfterValidator(check)


def _matching(
    pattern: str, code: str, *, vi: str, en: str, normalise: Callable[[str], str] | None = None
) -> AfterValidator:
    """Validate that the whole text matches `pattern`, as it is or after `normalise`."""
    matches = re.compile(pattern).fullmatch

    def check(value: str) -> str:
        if matches(value):
            return value
        if normalise is not None and matches(value := normalise(value)):
            return value
        raise field_problem(code, vi=vi, en=en)

    return AfterValidator(check)


def _schema(**keywords: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **keywords})


Name = Annotated[str, _with_length(clean_line, 1, 200), _schema(minLength=1, maxLength=200)]
"""A name of a person, group or place (họ tên, tên gọi): 1 to 200 characters on one line."""

ShortText = Annotated[str, _with_length(clean_line, 1, 500), _schema(minLength=1, maxLength=500)]
"""A line of text such as an address or a reason: 1 to 500 characters."""

Note = Annotated[str, _with_length(clean_note, 0, 2000), _schema(maxLength=2000)]
"""Free text of several lines (ghi chú): at most 2,000 characters."""

BankReference = Annotated[
    str,
    _matching(
        r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}",
        "bank_reference",
        vi="Số giao dịch ngân hàng gồm 1 đến 64 chữ không dấu, chữ số, dấu chấm, gạch chéo, gạch dưới hoặc gạch ngang.",
        en="A bank reference has 1 to 64 plain letters, digits, dots, slashes, underscores or hyphens.",
    ),
    _schema(pattern="^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$"),
]
"""The number of a bank's transaction (số giao dịch): no words, in which somebody might be named."""

Code = Annotated[
    str,
    _matching(
        r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
        "code",
        vi="Mã gồm 1 đến 64 chữ không dấu, chữ số, dấu chấm, gạch dưới hoặc gạch ngang.",
        en="A code has 1 to 64 plain letters, digits, dots, underscores or hyphens.",
    ),
    _schema(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
]
"""A stable code of a place, group, model or organisation (mã)."""


def _normalise_phone(value: str) -> str:
    digits = value.strip().translate({32: None, 46: None, 45: None})
    if digits.startswith("+84"):
        return "0" + digits[3:]
    return "0" + digits[2:] if digits.startswith("84") else digits


Phone = Annotated[
    str,
    _matching(
        r"0[35789][0-9]{8}",
        "phone",
        vi="Số điện thoại di động Việt Nam gồm 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09.",
        en="A Vietnamese mobile number has 10 digits and begins with 03, 05, 07, 08 or 09.",
        normalise=_normalise_phone,
    ),
    _schema(examples=["0912000111"]),
]
"""A mobile number (số điện thoại); `+84` and `84` become `0`, spaces, dots and hyphens are dropped."""


def _check_province(value: str) -> str:
    if value[:3] not in PROVINCE_CODES:
        raise field_problem(
            "national_id_province",
            vi="Ba chữ số đầu của số định danh không phải mã tỉnh nơi đăng ký khai sinh.",
            en="The first three digits are not the code of a province of birth registration.",
        )
    return value


NationalId = Annotated[
    str,
    _matching(
        r"[0-9]{12}",
        "national_id",
        vi="Số định danh cá nhân (CCCD) gồm đúng 12 chữ số.",
        en="A personal identification number has exactly 12 digits.",
    ),
    AfterValidator(_check_province),
    _schema(pattern="^[0-9]{12}$"),
]
"""A citizen's number (số CCCD, số định danh): 12 digits; it has no check digit."""

PersonNumber = Annotated[
    str,
    _matching(
        r"[0-9]{12}|[0-9]{9}",
        "national_id",
        vi="Số định danh cá nhân (CCCD) gồm đúng 12 chữ số; CMND cũ gồm 9 chữ số.",
        en="A personal identification number has exactly 12 digits, an old identity card 9.",
    ),
    AfterValidator(lambda value: value if is_old_id_card(value) else _check_province(value)),
    _schema(pattern="^[0-9]{12}$|^[0-9]{9}$"),
]
"""A citizen's number, or the 9 digits of an old identity card (CMND), which only old records may bear."""


def is_old_id_card(value: str) -> bool:
    """Whether a `PersonNumber` is that of an old identity card."""
    return len(value) == 9


SocialInsuranceNo = Annotated[
    str,
    _matching(
        r"[0-9]{10}",
        "social_insurance_no",
        vi="Mã số BHXH gồm đúng 10 chữ số.",
        en="A social insurance number has exactly 10 digits.",
    ),
    _schema(pattern="^[0-9]{10}$"),
]
"""A person's lifelong number with social insurance (mã số BHXH)."""

HealthCardNo = Annotated[
    str,
    _matching(
        r"[A-Z]{2}[1-5][0-9]{12}|[0-9]{10}",
        "health_card_no",
        vi="Số thẻ BHYT gồm 2 chữ cái và 13 chữ số, hoặc chỉ 10 chữ số mã số BHXH.",
        en="A health card number has 2 letters and 13 digits, or only the 10 digits of the insurance number.",
        normalise=str.upper,
    ),
    _schema(examples=["GD4420123456789"]),
]
"""A health insurance card's number (số thẻ BHYT): the printed 15 characters, or the 10 digits alone."""


def mask_id(value: str | None) -> str | None:
    """Mask a number for lists: its first and last three characters stay ("042******123"), short ones are hidden."""
    if value is None:
        return None
    hidden_count = len(value) - 6
    return value[:3] + "*" * hidden_count + value[-3:] if hidden_count >= 3 else "*" * len(value)


def mask_phone(value: str | None) -> str | None:
    """Mask a phone number for lists: the last three digits stay ("*******111")."""
    if value is None:
        return None
    visible = value[-3:] if len(value) > 6 else ""
    return visible.rjust(len(value), "*")


def national_id_warnings(national_id: str, birth_date: date | None, sex: str | None) -> list[str]:
    """Warnings where a citizen's number disagrees with the person's data; not errors, because data are corrected later.

    sex: "male", "female" or None. Gives `national_id_birth_year` and `national_id_sex`.
    Source: Luật Căn cước 2023, Article 12: digit 4 is century and sex, digits 5 and 6 the year of birth.
    """
    warnings = []
    if birth_date and _BIRTH_YEARS.get(national_id[3:6]) != birth_date.year:
        warnings.append("national_id_birth_year")
    if sex in ("male", "female") and _SEXES[national_id[3]] != sex:
        warnings.append("national_id_sex")
    return warnings
