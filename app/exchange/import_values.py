"""What people write into the cells of a table, as the values that the API means. Pure.

A cell is a text (of CSV), or what a workbook holds: a text, a number, a truth value or a date. Whatever cannot be
understood stays as it is, so that validation names it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from app.core.text import search_key
from app.insurance.enrolment_rules import Method, Support
from app.savings.kinds import Product

Cell = str | int | float | bool | date | None

_DAY = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_MONTH = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-01)?(?:[T ]00:00(?::00)?)?")
_MONEY = re.compile(
    r"(\d{1,18}|\d{1,3}(?:[.,\s]\d{3}){1,5})(?:[.,]0{1,2})?\s*(?:đ|đồng|vnd|vnđ)?", re.IGNORECASE
)
_COUNT = re.compile(r"(\d{1,4})(?:[.,]0+)?\s*(?:tháng|thang|months?)?", re.IGNORECASE)
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def text_of(cell: Cell) -> str:
    """A cell as a person reads it, without the spaces around it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return unguarded(str(cell).replace("\xa0", " ").strip())


def guarded(text: str) -> str:
    """A text that no spreadsheet runs as a formula: after an apostrophe, which `unguarded` takes away."""
    return f"'{text}" if text.startswith(_RISKY) else text


def unguarded(text: str) -> str:
    """A text without the apostrophe that keeps a spreadsheet from reading it as a number or a formula."""
    return text[1:] if text.startswith("'") and (text[1:2].isdigit() or text[1:].startswith(_RISKY)) else text


def day(cell: Cell) -> object:
    """2/3/1984, 02-03-1984, 1984-03-02 or a date, as 1984-03-02."""
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    text = text_of(cell)
    if found := _DAY.fullmatch(text):
        return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    if found := _ISO_DAY.fullmatch(text):
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    return text


def month(cell: Cell) -> object:
    """12/2026, 2026-12 or a date, as 2026-12."""
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m}"
    text = text_of(cell)
    if found := _MONTH.fullmatch(text):
        return f"{found[2]}-{int(found[1]):02}"
    if found := _ISO_MONTH.fullmatch(text):
        return f"{found[1]}-{int(found[2]):02}"
    return text


def money(cell: Cell) -> object:
    """1.500.000, 1,500,000 đ or 1500000 as whole đồng."""
    text = text_of(cell)
    found = _MONEY.fullmatch(text)
    return int(re.sub(r"\D", "", found[1])) if found else text


def count(cell: Cell) -> object:
    """12 or "12 tháng" as 12."""
    text = text_of(cell)
    found = _COUNT.fullmatch(text)
    return int(found[1]) if found else text


def digits(length: int, lost: int) -> Callable[[Cell], object]:
    """A number of *length* digits, with the zeros at its front that a spreadsheet took (at most *lost*)."""

    def read(cell: Cell) -> object:
        text = re.sub(r"[\s.-]", "", text_of(cell))
        as_number = not isinstance(cell, str) or text.isdigit()
        if as_number and text.isdigit() and length - lost <= len(text) < length:
            return text.zfill(length)
        return text

    return read


def chosen(words: Mapping[str, str | None]) -> Callable[[Cell], object]:
    """One of *words*, however it is accented or capitalised; the value itself is always understood."""
    known: dict[str, str | None] = {search_key(word): value for word, value in words.items()}
    known |= {value: value for value in words.values() if value is not None}

    def read(cell: Cell) -> object:
        text = text_of(cell)
        return known.get(search_key(text), text)

    return read


def support_by_rate(cell: Cell) -> str | None:
    """Whom the state supports with so many percent of voluntary insurance (D05-TS, column 8): 50 is the poor's.

    Source: NĐ 159/2025/NĐ-CP, Article 5: 50, 40, 30 and 20 percent.
    """
    text = text_of(cell).rstrip("% ").replace(",", ".")
    try:
        rate = float(text)
    except ValueError:
        return None
    if not 0 < rate <= 100:
        return None
    return _BY_RATE.get(round(rate * 100 if rate < 1 else rate))


def method_of(months: object) -> str | None:
    """The method that covers so many months; what none covers is paid for months that are missing."""
    if not isinstance(months, int):
        return None
    return _BY_MONTHS.get(months, Method.MISSING_MONTHS.value)


_BY_RATE: Final = {
    50: Support.POOR.value, 40: Support.NEAR_POOR.value, 30: Support.ETHNIC_MINORITY.value, 20: Support.OTHER.value,
}  # fmt: skip
_BY_MONTHS: Final = {
    1: Method.MONTHS_1.value, 3: Method.MONTHS_3.value, 6: Method.MONTHS_6.value, 12: Method.MONTHS_12.value,
    24: Method.YEARS_2.value, 36: Method.YEARS_3.value, 48: Method.YEARS_4.value, 60: Method.YEARS_5.value,
}  # fmt: skip
_PRODUCTS: Final = {
    "BHXH tự nguyện": Product.BHXH_TN.value, "BHXH TN": Product.BHXH_TN.value, "BHXH": Product.BHXH_TN.value,
    "BHYT hộ gia đình": Product.BHYT_HGD.value, "BHYT HGĐ": Product.BHYT_HGD.value,
    "BHYT": Product.BHYT_HGD.value,
}  # fmt: skip
_METHODS: Final = {
    "hằng tháng": Method.MONTHS_1.value, "hàng tháng": Method.MONTHS_1.value, "1 tháng": Method.MONTHS_1.value,
    "3 tháng": Method.MONTHS_3.value, "6 tháng": Method.MONTHS_6.value, "12 tháng": Method.MONTHS_12.value,
    "1 năm": Method.MONTHS_12.value, "2 năm": Method.YEARS_2.value, "3 năm": Method.YEARS_3.value,
    "4 năm": Method.YEARS_4.value, "5 năm": Method.YEARS_5.value, "năm còn thiếu": Method.MISSING_MONTHS.value,
    "những năm còn thiếu": Method.MISSING_MONTHS.value, "tháng còn thiếu": Method.MISSING_MONTHS.value,
}  # fmt: skip
_SUPPORT: Final = {
    "hộ nghèo": Support.POOR.value, "nghèo": Support.POOR.value, "hộ cận nghèo": Support.NEAR_POOR.value,
    "cận nghèo": Support.NEAR_POOR.value, "dân tộc thiểu số": Support.ETHNIC_MINORITY.value,
    "DTTS": Support.ETHNIC_MINORITY.value, "xã đảo, đặc khu": Support.ISLAND.value,
    "xã đảo": Support.ISLAND.value, "đặc khu": Support.ISLAND.value, "khác": Support.OTHER.value,
    "không": None,
}  # fmt: skip
_SEXES: Final = {"nữ": "female", "nam": "male", "F": "female", "M": "male"}

READ: Final[Mapping[str, Callable[[Cell], Any]]] = {
    "birth_date": day,
    "sex": chosen(_SEXES),
    "national_id": digits(12, 2),
    "social_insurance_no": digits(10, 2),
    "phone": digits(10, 1),
    "product": chosen(_PRODUCTS),
    "method": chosen(_METHODS),
    "months": count,
    "monthly_income": money,
    "from_month": month,
    "support_group": chosen(_SUPPORT),
    "commune_code": digits(5, 2),
}
"""How the cell of each field is read; of every other field it is a text."""
