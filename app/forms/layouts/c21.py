"""C21-TS: people who stopped and did not return (danh sách dừng tham gia BHXH, BHYT, BHTN chưa tham gia lại).

C21a: person by person; C21b: counted by commune; C21c: a province by its offices and their communes; C21d: the country
by provinces and offices. Compulsory insurance (column 2) and unemployment insurance (column 5) stay empty: no such
people are in the unions' registers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from app.forms.layouts.cells import (
    CENTERED,
    HEADING,
    NUMBERING,
    TEXT,
    Block,
    CellArea,
    CellStyle,
    Layout,
    PageSetup,
    Value,
)
from app.forms.layouts.report_parts import (
    BLANK,
    DATE_LINE,
    DISTRICT_SIGNER,
    OWN_OFFICE,
    REPORT_SIGNATURE,
    REPORT_TITLE,
    VIETNAM_SOCIAL_SECURITY,
    ReportHead,
    form_name_areas,
    format_period,
    format_signature_date,
    label_areas,
    numbering_areas,
    office_areas,
    with_size,
)
from app.forms.layouts.sheet import FormWorkbook


@dataclass(frozen=True, slots=True)
class StoppedPerson:
    """One person who stopped in one month; voluntary, health: which stopped.

    month: MM/YYYY, that of the first day without insurance (tháng dừng).
    """

    commune_code: str
    full_name: str
    insurance_no: str | None
    voluntary: bool
    health: bool
    month: str
    organisation_code: str
    address: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class StoppedCount:
    """The number of people who stopped, by place or office. no: its number on the sheet; strong: a line of sums."""

    no: str
    code: str
    name: str
    voluntary: int
    health: int
    strong: bool


_HEADING: Final = with_size(HEADING, 12, bold=True)
_NUMBERING: Final = with_size(NUMBERING, 10)
_CELL: Final = with_size(CENTERED, 11)
_TEXT: Final = with_size(TEXT, 11)
_COUNT: Final = replace(with_size(CENTERED, 12), number_format="#,##0")
_TITLES: Final = {
    "a": "DANH SÁCH DỪNG THAM GIA BHXH, BHYT, BHTN CHƯA THAM GIA LẠI",
    "b": "TỔNG HỢP DANH SÁCH GIẢM NGƯỜI THAM GIA BHXH, BHYT, BHTN CHƯA THAM GIA LẠI",
}
_PEOPLE_HEADINGS: Final = {
    "A7:A9": "STT", "B7:B9": "Mã xã", "C7:C9": "Họ và tên", "D7:D9": "Mã số BHXH", "E7:H7": "Loại hình tham gia",
    "E8:F8": "BHXH", "E9": "Bắt buộc", "F9": "Tự nguyện", "G8:G9": "BHYT", "H8:H9": "BHTN",
    "I7:I9": "Tháng dừng tham gia", "J7:J9": "Mã đơn vị tại thời điểm dừng", "K7:K9": "Địa chỉ",
    "L7:L9": "Số điện thoại",
}  # fmt: skip
_COUNT_HEADINGS: Final = {
    "A7:A9": "STT", "B7:B9": "Mã đơn vị", "C7:C9": "Tên đơn vị", "D7:G7": "Loại hình tham gia", "D8:E8": "BHXH",
    "D9": "Bắt buộc", "E9": "Tự nguyện", "F8:F9": "BHYT", "G8:G9": "BHTN",
}  # fmt: skip
_HEIGHTS: Final = {1: 18.75, 2: 18.75, 6: 9.0, 7: 27.0, 8: 31.5, 9: 31.5}
_WIDTHS: Final = {
    "b": (6.6, 12.6, 30.7, 11.1, 11.1, 11.1, 11.1),
    "c": (6.6, 12.6, 29.6, 12.1, 12.1, 12.1, 12.1),
    "d": (6.6, 12.6, 29.3, 12.0, 12.0, 12.0, 12.0),
}


def write_c21_people(book: FormWorkbook, head: ReportHead, rows: Iterable[StoppedPerson]) -> None:
    """Write the sheet C21a-TS."""
    sheet = book.add_sheet(
        Layout(
            title="C21a-TS",
            widths=(6.6, 8.4, 24.0, 13.5, 9.0, 9.0, 9.0, 9.0, 11.0, 14.0, 28.0, 12.5),
            heading=Block(
                areas=(
                    *office_areas(head),
                    *form_name_areas("C21a-TS", "J1:L1", "J2:L3"),
                    CellArea("A4:L4", _TITLES["a"], REPORT_TITLE, literal=True),
                    CellArea("A5:L5", format_period(head), REPORT_TITLE, literal=True),
                    CellArea("A6:L6", None, BLANK),
                    *label_areas(_HEADING, _PEOPLE_HEADINGS),
                    *numbering_areas(10, "A B C 1 2 3 4 5 6 7 8 9", _NUMBERING),
                ),
                rows=10,
                heights=_HEIGHTS | {7: 21.75, 8: 21.0},
            ),
            styles=(_CELL, _CELL, _TEXT, *([_CELL] * 7), _TEXT, _CELL),
            title_rows=(7, 10),
            page=PageSetup(margins=(0.43, 0.2, 0.55, 0.55)),
        )
    )
    sheet.add_rows(_person_values(no, row) for no, row in enumerate(rows, 1))


def _person_values(no: int, row: StoppedPerson) -> tuple[Value, ...]:
    return (
        no, row.commune_code, row.full_name, row.insurance_no, None, "x" if row.voluntary else None,
        "x" if row.health else None, None, row.month, row.organisation_code, row.address, row.phone,
    )  # fmt: skip


def write_c21_counts(
    book: FormWorkbook, head: ReportHead, variant: str, rows: Iterable[StoppedCount]
) -> None:
    """Write one of the sheets C21b-TS, C21c-TS, C21d-TS (variant: b, c or d)."""
    sheet = book.add_sheet(_build_count_layout(head, variant))
    for row in rows:
        sheet.add_row(
            (row.no, row.code, row.name, None, row.voluntary, row.health, None), _count_styles(row.strong)
        )
    sheet.add_block(_signature(head, variant))


def _build_count_layout(head: ReportHead, variant: str) -> Layout:
    return Layout(
        title=f"C21{variant}-TS",
        widths=_WIDTHS[variant],
        heading=Block(
            areas=(
                *(
                    (CellArea("A1", VIETNAM_SOCIAL_SECURITY, OWN_OFFICE),)
                    if variant == "d"
                    else office_areas(head)
                ),
                *form_name_areas(f"C21{variant}-TS", "D1:G1", "D2:G3"),
                CellArea("A4:G4", _TITLES["b"], with_size(REPORT_TITLE, 10, bold=True), literal=True),
                CellArea("A5:G5", format_period(head), REPORT_TITLE, literal=True),
                CellArea("A6:G6", None, BLANK),
                *label_areas(_HEADING, _COUNT_HEADINGS),
                *numbering_areas(10, "A B C 1 2 3 4", _NUMBERING),
            ),
            rows=10,
            heights=_HEIGHTS,
        ),
        styles=(_COUNT, _COUNT, with_size(TEXT, 12), *([_COUNT] * 4)),
        title_rows=(7, 10),
        page=PageSetup(landscape=False, margins=(0.45, 0.2, 0.75, 0.75)),
    )


def _count_styles(strong: bool) -> tuple[CellStyle, ...]:
    count, text = replace(_COUNT, bold=strong), with_size(TEXT, 12, bold=strong)
    return (count, count, text, *([count] * 4))


def _signature(head: ReportHead, variant: str) -> Block:
    columns, day = ("C", "G"), format_signature_date(head.made_on)
    if variant != "b":
        columns = ("D", "G")
    if variant == "d":
        day = f"{head.place}, {day}"
    signer = {
        "b": (DISTRICT_SIGNER, REPORT_SIGNATURE),
        "c": ("GIÁM ĐỐC BHXH TỈNH", with_size(REPORT_SIGNATURE, 11, bold=True)),
        "d": ("TB. QUẢN LÝ THU VÀ PHÁT TRIỂN NGƯỜI THAM GIA", REPORT_SIGNATURE),
    }[variant]
    left, right = columns
    return Block(
        areas=(
            CellArea(f"{left}2:{right}2", day, with_size(DATE_LINE, 11 if variant != "d" else 12)),
            CellArea(f"{left}3:{right}3", signer[0], signer[1], literal=True),
            CellArea(f"D4:{right}4", None, BLANK),
        ),
        rows=4,
        heights={1: 11.25, 3: 28.5},
    )
