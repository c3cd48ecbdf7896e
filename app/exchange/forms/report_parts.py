"""What the reports' sheets share: the offices above the title, the period in words, the signature, the looks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from app.exchange.forms.cells import MIDDLE, NUMBERING, Look, Spot, Value

_ROMAN: Final = (
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)
MINISTRY: Final = "BỘ TÀI CHÍNH"
VIET_NAM: Final = "BẢO HIỂM XÃ HỘI VIỆT NAM"

OFFICE: Final = Look(size=12, across=None, wrap=False, border=False)
OFFICE_OWN: Final = replace(OFFICE, bold=True)
TITLE: Final = Look(size=12, bold=True, wrap=False, border=False)
DATED: Final = Look(size=12, italic=True, wrap=False, border=False)
SIGNED: Final = Look(size=10, bold=True, border=False)
_FORM_NAME: Final = Look(size=9, bold=True, border=False)
_FORM_BASIS: Final = Look(size=8, italic=True, border=False, upright="top")
_BASIS: Final = "(Ban hành kèm theo Quyết định số: 366/QĐ-BHXH\nngày 29/4/2026 của BHXH Việt Nam)"
BLANK: Final = Look(size=12, wrap=False, border=False)
RATE: Final = replace(MIDDLE, number="General")
"""A rate of remuneration in percent, with the decimals that it has: 9, 3.77."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a report says beside its rows.

    above, name: the offices over the title, the superior one first; first, last: the period's days; made_on: the day
    of the list (ngày lập). unit: mã đơn vị, where the sheet is about one organisation; place: where it is signed.
    """

    above: str
    name: str
    first: date
    last: date
    made_on: date
    unit_code: str = ""
    unit_name: str = ""
    place: str = "…"


def roman(number: int) -> str:
    """A number as the forms count their parts: I, II, …"""
    text = ""
    for value, letters in _ROMAN:
        while number >= value:
            text, number = text + letters, number - value
    return text


def period_words(head: Head) -> str:
    """The period in words: a month, a quarter, a year, or from one month to another."""
    first, last = head.first, head.last
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months == 1:
        return f"Tháng {first.month:02} năm {first.year}"
    if months == 3 and first.month % 3 == 1:
        return f"Quý {roman((first.month + 2) // 3)} năm {first.year}"
    if months == 12 and first.month == 1:
        return f"Năm {first.year}"
    return between(head)


def between(head: Head) -> str:
    """The period from its first month to its last."""
    return f"Từ tháng {head.first.month:02} năm {head.first.year} đến tháng {head.last.month:02} năm {head.last.year}"


def day_words(day: date) -> str:
    """A day as signatures are dated."""
    return f"Ngày {day.day:02} tháng {day.month:02} năm {day.year}"


def printed(look: Look, cells: Mapping[str, Value]) -> tuple[Spot, ...]:
    """The form's own words at their places."""
    return tuple(Spot(at, value, look, printed=True) for at, value in cells.items())


def numbering(row: int, words: str, look: Look = NUMBERING, *, digits: bool = True) -> tuple[Spot, ...]:
    """The row under the headings, from the words of its cells in order: "A B 1 2 3=1+2".

    digits: whether this form has its digits as numbers; some have them as text.
    """
    return tuple(
        Spot(f"{letter(column)}{row}", int(word) if digits and word.isdigit() else word, look, printed=True)
        for column, word in enumerate(words.split(), 1)
    )


def offices(head: Head) -> tuple[Spot, ...]:
    """The two lines above the title."""
    return (Spot("A1", head.above.upper(), OFFICE), Spot("A2", head.name.upper(), OFFICE_OWN))


def form_name(name: str, at: str, basis_at: str) -> tuple[Spot, ...]:
    """The form's name and basis in the corner (a text box in the official file)."""
    return (
        Spot(at, f"Mẫu {name}", _FORM_NAME, printed=True),
        Spot(basis_at, _BASIS, _FORM_BASIS, printed=True),
    )


def sized(look: Look, size: float, *, bold: bool = False) -> Look:
    """The same look in other letters."""
    return replace(look, size=size, bold=bold)


def letter(column: int) -> str:
    """The letters of a column by its number, 1 for A."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
