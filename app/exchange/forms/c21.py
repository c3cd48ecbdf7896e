"""C21-TS: who stopped and did not return (danh sách dừng tham gia BHXH, BHYT, BHTN chưa tham gia lại).

a: person by person; b: counted by commune; c: a province by its offices and their communes; d: the country by
provinces and offices. Compulsory insurance (column 2) and unemployment insurance (column 5) stay empty: no such
people are in the unions' registers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from app.exchange.forms.cells import HEAD, MIDDLE, NUMBERING, WORDS, Block, Layout, Look, Page, Spot, Value
from app.exchange.forms.report_parts import (
    BLANK,
    DATED,
    OFFICE_OWN,
    SIGNED,
    TITLE,
    VIET_NAM,
    Head,
    day_words,
    form_name,
    numbering,
    offices,
    period_words,
    printed,
    sized,
)
from app.exchange.forms.sheet import Book


@dataclass(frozen=True, slots=True)
class StoppedPerson:
    """One person who stopped in one month. month: MM/YYYY, the last month insured; voluntary, health: what stopped."""

    commune_code: str
    full_name: str
    insurance_no: str | None
    voluntary: bool
    health: bool
    month: str
    organisation_code: str
    address: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class StoppedCount:
    """How many stopped in a place or an office's places. no: its number on the sheet; strong: a line of sums."""

    no: str
    code: str
    name: str
    voluntary: int
    health: int
    strong: bool


_LETTERS: Final = sized(HEAD, 12, bold=True)
_NUMBERING: Final = sized(NUMBERING, 10)
_CELL: Final = sized(MIDDLE, 11)
_WORDS: Final = sized(WORDS, 11)
_COUNT: Final = replace(sized(MIDDLE, 12), number="#,##0")
_TITLES: Final = {
    "a": "DANH SÁCH DỪNG THAM GIA BHXH, BHYT, BHTN CHƯA THAM GIA LẠI",
    "b": "TỔNG HỢP DANH SÁCH GIẢM NGƯỜI THAM GIA BHXH, BHYT, BHTN CHƯA THAM GIA LẠI",
}
_PEOPLE: Final = {
    "A7:A9": "STT", "B7:B9": "Mã xã", "C7:C9": "Họ và tên", "D7:D9": "Mã số BHXH", "E7:H7": "Loại hình tham gia",
    "E8:F8": "BHXH", "E9": "Bắt buộc", "F9": "Tự nguyện", "G8:G9": "BHYT", "H8:H9": "BHTN",
    "I7:I9": "Tháng dừng tham gia", "J7:J9": "Mã đơn vị tại thời điểm dừng", "K7:K9": "Địa chỉ",
    "L7:L9": "Số điện thoại",
}  # fmt: skip
_COUNTS: Final = {
    "A7:A9": "STT", "B7:B9": "Mã đơn vị", "C7:C9": "Tên đơn vị", "D7:G7": "Loại hình tham gia", "D8:E8": "BHXH",
    "D9": "Bắt buộc", "E9": "Tự nguyện", "F8:F9": "BHYT", "G8:G9": "BHTN",
}  # fmt: skip
_HEIGHTS: Final = {1: 18.75, 2: 18.75, 6: 9.0, 7: 27.0, 8: 31.5, 9: 31.5}
_WIDTHS: Final = {
    "b": (6.6, 12.6, 30.7, 11.1, 11.1, 11.1, 11.1),
    "c": (6.6, 12.6, 29.6, 12.1, 12.1, 12.1, 12.1),
    "d": (6.6, 12.6, 29.3, 12.0, 12.0, 12.0, 12.0),
}


def write_people(book: Book, head: Head, rows: Iterable[StoppedPerson]) -> None:
    """The sheet C21a-TS."""
    sheet = book.sheet(
        Layout(
            title="C21a-TS",
            widths=(6.6, 8.4, 24.0, 13.5, 9.0, 9.0, 9.0, 9.0, 11.0, 14.0, 28.0, 12.5),
            heading=Block(
                spots=(
                    *offices(head),
                    *form_name("C21a-TS", "J1:L1", "J2:L3"),
                    Spot("A4:L4", _TITLES["a"], TITLE, printed=True),
                    Spot("A5:L5", period_words(head), TITLE, printed=True),
                    Spot("A6:L6", None, BLANK),
                    *printed(_LETTERS, _PEOPLE),
                    *numbering(10, "A B C 1 2 3 4 5 6 7 8 9", _NUMBERING),
                ),
                rows=10,
                heights=_HEIGHTS | {7: 21.75, 8: 21.0},
            ),
            looks=(_CELL, _CELL, _WORDS, *([_CELL] * 7), _WORDS, _CELL),
            repeated=(7, 10),
            page=Page(margins=(0.43, 0.2, 0.55, 0.55)),
        )
    )
    sheet.extend(_person(no, row) for no, row in enumerate(rows, 1))


def _person(no: int, row: StoppedPerson) -> tuple[Value, ...]:
    return (
        no, row.commune_code, row.full_name, row.insurance_no, None, "x" if row.voluntary else None,
        "x" if row.health else None, None, row.month, row.organisation_code, row.address, row.phone,
    )  # fmt: skip


def write_counts(book: Book, head: Head, variant: str, rows: Iterable[StoppedCount]) -> None:
    """One of the sheets C21b-TS, C21c-TS, C21d-TS (variant: b, c or d)."""
    national = variant == "d"
    sheet = book.sheet(
        Layout(
            title=f"C21{variant}-TS",
            widths=_WIDTHS[variant],
            heading=Block(
                spots=(
                    *((Spot("A1", VIET_NAM, OFFICE_OWN),) if national else offices(head)),
                    *form_name(f"C21{variant}-TS", "D1:G1", "D2:G3"),
                    Spot("A4:G4", _TITLES["b"], sized(TITLE, 10, bold=True), printed=True),
                    Spot("A5:G5", period_words(head), TITLE, printed=True),
                    Spot("A6:G6", None, BLANK),
                    *printed(_LETTERS, _COUNTS),
                    *numbering(10, "A B C 1 2 3 4", _NUMBERING),
                ),
                rows=10,
                heights=_HEIGHTS,
            ),
            looks=(_COUNT, _COUNT, sized(WORDS, 12), *([_COUNT] * 4)),
            repeated=(7, 10),
            page=Page(landscape=False, margins=(0.45, 0.2, 0.75, 0.75)),
        )
    )
    for row in rows:
        sheet.add(
            (row.no, row.code, row.name, None, row.voluntary, row.health, None), _count_looks(row.strong)
        )
    sheet.block(_signature(head, variant))


def _count_looks(strong: bool) -> tuple[Look, ...]:
    count, words = replace(_COUNT, bold=strong), sized(WORDS, 12, bold=strong)
    return (count, count, words, *([count] * 4))


def _signature(head: Head, variant: str) -> Block:
    place, day = ("C", "G"), day_words(head.made_on)
    if variant != "b":
        place = ("D", "G")
    if variant == "d":
        day = f"{head.place}, {day}"
    signer = {
        "b": ("GIÁM ĐỐC BHXH CƠ SỞ/\nTP QUẢN LÝ THU VÀ PHÁT TRIỂN NGƯỜI THAM GIA", SIGNED),
        "c": ("GIÁM ĐỐC BHXH TỈNH", sized(SIGNED, 11, bold=True)),
        "d": ("TB. QUẢN LÝ THU VÀ PHÁT TRIỂN NGƯỜI THAM GIA", SIGNED),
    }[variant]
    left, right = place
    return Block(
        spots=(
            Spot(f"{left}2:{right}2", day, sized(DATED, 11 if variant != "d" else 12)),
            Spot(f"{left}3:{right}3", signer[0], signer[1], printed=True),
            Spot(f"D4:{right}4", None, BLANK),
        ),
        rows=4,
        heights={1: 11.25, 3: 28.5},
    )
