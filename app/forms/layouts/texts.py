"""Texts that several forms share: the lines above a list, and dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.forms.layouts.cells import HEADING, PLAIN, SUBTITLE, SUM, CellArea, CellStyle

FORM_NAME_STYLE: Final = CellStyle(size=9, bold=True, border=False)
FORM_BASIS_STYLE: Final = CellStyle(size=9, italic=True, border=False, vertical="top")
NOTE_STYLE: Final = CellStyle(size=10, italic=True, border=False, horizontal="left", vertical="top")
REMUNERATION_REQUEST: Final = "Đề nghi cơ quan BHXH  thanh toán thù lao theo quy định."
"""As printed in the official forms, spelling included."""
D05_SENDER_LABELS: Final = ("Tên tổ chức:", "Mã tổ chức :", "Họ và tên nhân viên thu:", "Mã nhân viên thu:")
"""The same in both decisions' form D05-TS, as printed."""


@dataclass(frozen=True, slots=True)
class ListHead:
    """The texts above a list. number: of the year; day: of the list; collector_…: nhân viên thu."""

    organisation_name: str
    organisation_code: str
    number: int
    day: date
    collector_name: str | None = None
    collector_code: str | None = None


def format_day(day: date | None) -> str | None:
    """Format a day as forms print it: 02/03/1984."""
    return None if day is None else f"{day:%d/%m/%Y}"


def format_month(day: date) -> str:
    """Format a month as forms print it: 12/2026."""
    return f"{day:%m/%Y}"


def format_long_day(day: date) -> str:
    """Format a day in words: ngày 21 tháng 11 năm 2026."""
    return f"ngày {day:%d} tháng {day:%m} năm {day.year}"


def issue_line(head: ListHead, ref: str) -> CellArea:
    """Build the line with the list's number and day."""
    return CellArea(ref, f"Số: {head.number}/{head.day.year} ; {format_long_day(head.day)}", SUBTITLE)


def sender_lines(head: ListHead, labels: tuple[str, str, str, str]) -> tuple[CellArea, ...]:
    """Build the lines about the sender of the list, in A1 to A4. labels: as the form prints them, without the dots."""
    values = (head.organisation_name, head.organisation_code, head.collector_name, head.collector_code)
    return tuple(
        CellArea(f"A{row}", f"{label} {value or '.' * 38}", PLAIN)
        for row, (label, value) in enumerate(zip(labels, values, strict=True), 1)
    )


def sum_areas(columns: str, sums: Mapping[str, int]) -> list[CellArea]:
    """Build the line of sums below a list. sums: by column; the other columns stay empty."""
    return [
        CellArea(f"{column}1", sums[column], SUM) if column in sums else CellArea(f"{column}1", None, HEADING)
        for column in columns
    ]


def column_numbers(row: int, first: str, second: str, columns: int) -> tuple[tuple[str, str | int], ...]:
    """Number the columns under the headings: A, B, 1 … columns, each with its cell reference."""
    numbers: list[str | int] = [first, second, *range(1, columns + 1)]
    return tuple((f"{chr(ord('A') + index)}{row}", number) for index, number in enumerate(numbers))
