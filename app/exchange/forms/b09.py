"""B09-TS: participants and the state's support, by commune and support group (bảng tổng hợp người tham gia BHXH,
BHTNLĐ tự nguyện; ngân sách nhà nước hỗ trợ).

B09a: an office by its communes; B09b: a province by its offices and their communes. Part II (work accidents) stays
empty: the unions do not collect for it. What the state treasury transferred (columns 5 and 6) is not known here and
is written by hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from app.exchange.forms.cells import AMOUNT, MIDDLE, NUMBERING, WORDS, Block, Layout, Look, Page, Spot, Value
from app.exchange.forms.report_parts import (
    DATED,
    TITLE,
    Head,
    between,
    day_words,
    form_name,
    numbering,
    offices,
    printed,
    sized,
)
from app.exchange.forms.sheet import Book

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
_MIDDLE, _WORDS = replace(sized(MIDDLE, 11), wrap=False), sized(WORDS, 11)
_AMOUNT: Final = sized(AMOUNT, 11)


def write_supported(book: Book, head: Head, variant: str, rows: Iterable[SupportedRow]) -> None:
    """One of the sheets Mẫu B09a-TS, Mẫu B09b-TS (variant: a or b)."""
    sheet = book.sheet(
        Layout(
            title=f"Mẫu B09{variant}-TS",
            widths=(5.1, 43.1, 11.6, 17.3, 15.0, 17.0, 14.7, 17.4),
            heading=Block(
                spots=(
                    *offices(head),
                    *form_name(f"B09{variant}-TS", "G1:H1", "G2:H2"),
                    Spot("A4:H4", _TITLES[variant], TITLE, printed=True),
                    Spot("A5:H5", between(head), sized(TITLE, 11, bold=True), printed=True),
                    *printed(sized(MIDDLE, 11), _HEADINGS),
                    *numbering(9, "A B 1 2 3=2-4 4 5 6=5-4", replace(sized(NUMBERING, 10), wrap=False)),
                ),
                rows=9,
                heights={1: 15.75, 2: 24.0, 3: 7.5, 4: 20.25, 5: 20.25, 6: 6.0, 7: 24.75, 8: 33.0, 9: 18.75},
            ),
            looks=_looks("group"),
            repeated=(7, 9),
            page=Page(margins=(0.43, 0.2, 0.12, 0.12)),
        )
    )
    for row in rows:
        sheet.add(_values(row), _looks(row.kind))
    sheet.block(_signature(head))


def _values(row: SupportedRow) -> tuple[Value, ...]:
    own = None if row.due is None or row.state is None else row.due - row.state
    return (row.no or None, row.name, row.people, row.due, own, row.state, None, None)


def _looks(kind: str) -> tuple[Look, ...]:
    bold = kind in ("part", "office", "total")
    amount, number = replace(_AMOUNT, bold=bold), replace(_MIDDLE, bold=bold)
    name = replace(_WORDS if kind in ("part", "office", "group") else sized(MIDDLE, 11), bold=bold)
    return (number, name, *([amount] * 6))


def _signature(head: Head) -> Block:
    return Block(
        spots=(
            Spot("F2:H2", day_words(head.made_on), DATED),
            Spot("F3:H3", "GIÁM ĐỐC", TITLE, printed=True),
            Spot("F4:H4", "(Ký, ghi rõ họ tên, đóng dấu)", DATED, printed=True),
        ),
        rows=4,
        heights={1: 12.75, 2: 15.75, 3: 15.75, 4: 15.75},
    )
