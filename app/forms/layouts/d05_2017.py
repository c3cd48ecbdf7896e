"""D05-TS as in force from 2017-07-01 to 2026-04-30 (QĐ 595/QĐ-BHXH), for lists of those days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.forms.layouts.cells import (
    AMOUNT,
    CENTERED,
    NUMBERING,
    SIGNATURE,
    SIGNATURE_HINT,
    SUM_LABEL,
    TEXT,
    TITLE,
    Block,
    CellArea,
    CellStyle,
    Layout,
    Value,
)
from app.forms.layouts.texts import (
    D05_SENDER_LABELS,
    FORM_BASIS_STYLE,
    FORM_NAME_STYLE,
    REMUNERATION_REQUEST,
    ListHead,
    format_month,
    issue_line,
    sender_lines,
    sum_areas,
)

_BASIS: Final = "(Ban hành kèm theo Quyết định số: 595/QĐ-BHXH ngày 14/4/2017 của BHXH Việt Nam)"
_WIDTHS: Final = (6, 30, 14, 14, 11, 9, 15, 15, 15, 20, 18)
_HEADINGS: Final = (
    CellArea("A9:A11", "STT"),
    CellArea("B9:B11", "Họ và tên"),
    CellArea("C9:C11", "Mã số BHXH"),
    CellArea("D9:D11", "Mức thu nhập tháng đóng BHXH"),
    CellArea("E9:F9", "Phương thức đóng"),
    CellArea("E10:E11", "Từ tháng"),
    CellArea("F10:F11", "Số tháng"),
    CellArea("G9:I9", "Số tiền đóng"),
    CellArea("G10:G11", "Tổng số"),
    CellArea("H10:I10", "Trong đó"),
    CellArea("H11", "Người tham gia đóng"),
    CellArea("I11", "NSNN hỗ trợ"),
    CellArea("J9:J11", "Loại"),
    CellArea("K9:K11", "Ghi chú"),
)
_NUMBERS: Final[tuple[str | int, ...]] = ("A", "B", "C", 1, 2, 3, "4=5+6", 5, 6, 7, 8)
_STYLES: Final = (
    CENTERED,
    TEXT,
    CENTERED,
    AMOUNT,
    CENTERED,
    CENTERED,
    AMOUNT,
    AMOUNT,
    AMOUNT,
    CENTERED,
    TEXT,
)


@dataclass(frozen=True, slots=True)
class D05Participant2017:
    """One row. Amounts in đồng: amount_due = participant_pays + support."""

    full_name: str
    social_insurance_no: str | None
    monthly_income: int
    from_month: date
    months: int
    amount_due: int
    participant_pays: int
    support: int
    change: str
    note: str | None

    def cells(self, position: int) -> tuple[Value, ...]:
        """Return the row's cells. position: the running number (STT)."""
        return (
            position, self.full_name, self.social_insurance_no, self.monthly_income, format_month(self.from_month),
            self.months, self.amount_due, self.participant_pays, self.support, self.change, self.note,
        )  # fmt: skip


def build_d05_2017_layout(head: ListHead) -> Layout:
    """Build the sheet up to its first row."""
    heading = Block(
        areas=(
            *sender_lines(head, D05_SENDER_LABELS),
            CellArea("I1:K1", "Mẫu D05-TS", FORM_NAME_STYLE),
            CellArea("I2:K3", _BASIS, FORM_BASIS_STYLE),
            CellArea("A6:K6", "DANH SÁCH NGƯỜI THAM GIA BẢO HIỂM XÃ HỘI TỰ NGUYỆN", TITLE),
            issue_line(head, "A7:K7"),
            *_HEADINGS,
            *(
                CellArea(f"{chr(ord('A') + index)}12", number, NUMBERING)
                for index, number in enumerate(_NUMBERS)
            ),
        ),
        rows=12,
        heights={6: 26.25, 7: 18, 9: 20, 10: 20, 11: 34, 12: 16.5},
    )
    return Layout("D05-TS", _WIDTHS, heading, _STYLES, title_rows=(9, 12))


def build_d05_2017_footer(totals: Mapping[str, int]) -> Block:
    """Build the sum and the signatures. totals: amount_due, participant_pays, support, in đồng."""
    sums = {"G": "amount_due", "H": "participant_pays", "I": "support"}
    return Block(
        areas=(
            *sum_areas("ACDEFGHIJK", {column: totals[name] for column, name in sums.items()}),
            CellArea("B1", "Cộng", SUM_LABEL),
            CellArea("A3:F3", REMUNERATION_REQUEST, CellStyle(size=12, border=False, horizontal="left")),
            CellArea("G3:K3", "TỔ CHỨC LẬP DANH SÁCH", SIGNATURE),
            CellArea("G4:K4", "(Ký, ghi rõ họ tên, đóng dấu)", SIGNATURE_HINT),
        ),
        rows=4,
        heights={1: 21, 3: 23.25, 4: 15.75},
    )
