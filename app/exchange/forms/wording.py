"""Words that several forms share: the lines above a list, dates, and how law text is filled in."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.exchange.forms.cells import PLAIN, SUBTITLE, Look, Spot

FORM_NAME: Final = Look(size=9, bold=True, border=False)
FORM_BASIS: Final = Look(size=9, italic=True, border=False, upright="top")
NOTE: Final = Look(size=10, italic=True, border=False, across="left", upright="top")
REQUEST: Final = "Đề nghi cơ quan BHXH  thanh toán thù lao theo quy định."
"""As printed in the official forms, spelling included."""


@dataclass(frozen=True, slots=True)
class ListHead:
    """What stands above a list. number: of the year; day: of the list; collector: nhân viên thu."""

    organisation_name: str
    organisation_code: str
    number: int
    day: date
    collector_name: str | None = None
    collector_code: str | None = None


def day_text(day: date | None) -> str | None:
    """A day as forms print it: 02/03/1984."""
    return None if day is None else f"{day:%d/%m/%Y}"


def month_text(day: date) -> str:
    """A month as forms print it: 12/2026."""
    return f"{day:%m/%Y}"


def long_day(day: date) -> str:
    """ngày 21 tháng 11 năm 2026."""
    return f"ngày {day:%d} tháng {day:%m} năm {day.year}"


def issued(head: ListHead, at: str) -> Spot:
    """The line with the list's number and day."""
    return Spot(at, f"Số: {head.number}/{head.day.year} ; {long_day(head.day)}", SUBTITLE)


def sender(head: ListHead, labels: tuple[str, str, str, str]) -> tuple[Spot, ...]:
    """Who sends the list, in A1 to A4. labels: as the form prints them, without the dots."""
    values = (head.organisation_name, head.organisation_code, head.collector_name, head.collector_code)
    return tuple(
        Spot(f"A{row}", f"{label} {value or '.' * 38}", PLAIN)
        for row, (label, value) in enumerate(zip(labels, values, strict=True), 1)
    )


def numbered(row: int, first: str, second: str, columns: int) -> tuple[tuple[str, str | int], ...]:
    """The row under the headings: A, B, 1 … columns, each with its place."""
    words: list[str | int] = [first, second, *range(1, columns + 1)]
    return tuple((f"{chr(ord('A') + index)}{row}", word) for index, word in enumerate(words))
