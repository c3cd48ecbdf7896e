"""B09-TS: participants and the state's support, by commune and support group.

Bảng tổng hợp người tham gia BHXH, BHTNLĐ tự nguyện; ngân sách nhà nước hỗ trợ.

B09a: an office by its communes; B09b: a province by its offices and their communes. Part II (work accidents) stays
empty: the unions do not collect for it. The state treasury's transfers (columns 5 and 6) are not known
here and are written by hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from app.forms.layouts.cells import (
    AMOUNT,
    CENTERED,
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
    DATE_LINE,
    REPORT_TITLE,
    ReportHead,
    form_name_areas,
    format_month_range,
    format_signature_date,
    label_areas,
    numbering_areas,
    office_areas,
    with_size,
)
from app.forms.layouts.sheet import FormWorkbook

GROUPS: Final = {
    "poor": "Người thuộc hộ nghèo, người đang sinh sống tại xã đảo, đặc khu",
    "near_poor": "Người thuộc hộ cận nghèo",
    "ethnic_minority": "Người dân tộc thiểu số",
    "other": "Khác",
}
"""The form's four lines under a commune; those of poor households and of islands are one."""


@dataclass(frozen=True, slots=True)
class SupportedRow:
    """One line. kind: a part of the form, an office, a commune, a support group within it, or the sum.

    people: insured on the period's last day; due, state: đồng of the payments in the period.
    """

    kind: Literal["part", "office", "commune", "group", "total"]
    no: str
    name: str
    people: int | None
    due: int | None
    state: int | None


_TITLES: Final = {
    "a": "BẢNG TỔNG HỢP NGƯỜI THAM GIA BHXH, BHTNLĐ TỰ NGUYỆN; NGÂN SÁCH NHÀ NƯỚC HỖ TRỢ",
    "b": "BẢNG TỔNG HỢP NGƯỜI THAM GIA THAM GIA BHXH, BHTNLĐ TỰ NGUYỆN; NGÂN SÁCH NHÀ NƯỚC HỖ TRỢ",
}
_HEADINGS: Final = {
    "A7:A8": "STT", "B7:B8": "Tên đơn vị", "C7:C8": "Số người tham gia",
    "D7:D8": "Số tiền phải đóng theo đăng ký của người tham gia", "E7:E8": "Số tiền do người tham gia đóng",
    "F7:F8": "Số tiền ngân sách nhà nước hỗ trợ đóng theo quy định",
    "G7:G8": "Số tiền ngân sách nhà nước đã chuyển", "H7:H8": "Số tiền ngân sách nhà nước chưa chuyển",
}  # fmt: skip
_CENTERED, _TEXT = replace(with_size(CENTERED, 11), wrap=False), with_size(TEXT, 11)
_AMOUNT: Final = with_size(AMOUNT, 11)


def write_b09_sheet(book: FormWorkbook, head: ReportHead, variant: str, rows: Iterable[SupportedRow]) -> None:
    """Write one of the sheets Mẫu B09a-TS, Mẫu B09b-TS (variant: a or b)."""
    sheet = book.add_sheet(_build_layout(head, variant))
    for row in rows:
        sheet.add_row(_row_values(row), _row_styles(row.kind))
    sheet.add_block(_signature(head))


def _build_layout(head: ReportHead, variant: str) -> Layout:
    return Layout(
        title=f"Mẫu B09{variant}-TS",
        widths=(5.1, 43.1, 11.6, 17.3, 15.0, 17.0, 14.7, 17.4),
        heading=Block(
            areas=(
                *office_areas(head),
                *form_name_areas(f"B09{variant}-TS", "G1:H1", "G2:H2"),
                CellArea("A4:H4", _TITLES[variant], REPORT_TITLE, literal=True),
                CellArea(
                    "A5:H5",
                    format_month_range(head),
                    with_size(REPORT_TITLE, 11, bold=True),
                    literal=True,
                ),
                *label_areas(with_size(CENTERED, 11), _HEADINGS),
                *numbering_areas(9, "A B 1 2 3=2-4 4 5 6=5-4", replace(with_size(NUMBERING, 10), wrap=False)),
            ),
            rows=9,
            heights={1: 15.75, 2: 24.0, 3: 7.5, 4: 20.25, 5: 20.25, 6: 6.0, 7: 24.75, 8: 33.0, 9: 18.75},
        ),
        styles=_row_styles("group"),
        title_rows=(7, 9),
        page=PageSetup(margins=(0.43, 0.2, 0.12, 0.12)),
    )


def _row_values(row: SupportedRow) -> tuple[Value, ...]:
    participant_pays = None if row.due is None or row.state is None else row.due - row.state
    return (row.no or None, row.name, row.people, row.due, participant_pays, row.state, None, None)


def _row_styles(kind: str) -> tuple[CellStyle, ...]:
    bold = kind in ("part", "office", "total")
    amount, centered = replace(_AMOUNT, bold=bold), replace(_CENTERED, bold=bold)
    name = replace(_TEXT if kind in ("part", "office", "group") else with_size(CENTERED, 11), bold=bold)
    return (centered, name, *([amount] * 6))


def _signature(head: ReportHead) -> Block:
    return Block(
        areas=(
            CellArea("F2:H2", format_signature_date(head.made_on), DATE_LINE),
            CellArea("F3:H3", "GIÁM ĐỐC", REPORT_TITLE, literal=True),
            CellArea("F4:H4", "(Ký, ghi rõ họ tên, đóng dấu)", DATE_LINE, literal=True),
        ),
        rows=4,
        heights={1: 12.75, 2: 15.75, 3: 15.75, 4: 15.75},
    )
