"""D05-TS, danh sách tham gia BHXH tự nguyện, as in force from 2026-05-01 (QĐ 366/QĐ-BHXH)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.forms.layouts.cells import (
    AMOUNT,
    CENTERED,
    NUMBERING,
    PERCENTAGE,
    PLAIN,
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
    NOTE_STYLE,
    REMUNERATION_REQUEST,
    ListHead,
    column_numbers,
    format_day,
    format_month,
    issue_line,
    sender_lines,
    sum_areas,
)

_SMALL_HEADING: Final = CellStyle(size=9, bold=True)
_BASIS: Final = "(Ban hành kèm theo Quyết định số: 366/QĐ-BHXH ngày 29/4/2026 của BHXH Việt Nam)"
_WIDTHS: Final = (5.6, 24, 11.5, 10.5, 8, 6.3, 11, 11.5, 11.5, 8, 7, 10, 7, 10, 12, 16.5, 15)
_HEIGHTS: Final = {
    1: 15.0, 2: 15.0, 3: 15.0, 4: 15.0, 5: 15.0, 6: 26.25, 7: 18.0, 8: 14.25, 9: 19.5, 10: 20.25, 11: 21.0,
    12: 38.25, 13: 45.75, 14: 16.5,
}  # fmt: skip
_STYLES: Final = (
    CENTERED,
    TEXT,
    CENTERED,
    CENTERED,
    CENTERED,
    CENTERED,
    AMOUNT,
    AMOUNT,
    AMOUNT,
    PERCENTAGE,
    PERCENTAGE,
    AMOUNT,
    PERCENTAGE,
    AMOUNT,
    CENTERED,
    CENTERED,
    TEXT,
)
_HEADINGS: Final = (
    CellArea("A9:A13", "STT"),
    CellArea("B9:B13", "Họ và tên"),
    CellArea("C9:C13", "Mã số BHXH"),
    CellArea("D9:D13", "Ngày/ tháng/ năm sinh"),
    CellArea("E9:F10", "Phương thức đóng"),
    CellArea("E11:E13", "Từ tháng/ năm"),
    CellArea("F11:F13", "Số tháng"),
    CellArea("G9:G13", "Mức thu nhập tháng đóng BHXH"),
    CellArea("H9:N9", "Số tiền đóng"),
    CellArea("H10:H13", "Số tiền phải đóng theo quy định"),
    CellArea("I10:N10", "Trong đó"),
    CellArea("I11:I13", "Người tham gia đóng"),
    CellArea("J11:N11", "Hỗ trợ"),
    CellArea("J12:J13", "Tỷ lệ NSNN hỗ trợ theo quy định (%)"),
    CellArea("K12:L12", "NSNN hỗ trợ thêm"),
    CellArea("K13", "Tỷ lệ (%)", _SMALL_HEADING),
    CellArea("L13", "Số tiền", _SMALL_HEADING),
    CellArea("M12:N12", "Hỗ trợ khác"),
    CellArea("M13", "Tỷ lệ (%)", _SMALL_HEADING),
    CellArea("N13", "Số tiền", _SMALL_HEADING),
    CellArea("O9:O13", "Hình thức nhận kết quả"),
    CellArea("P9:P13", "Loại tăng, giảm, điều chỉnh"),
    CellArea("Q9:Q13", "Ghi chú"),
)
_NOTE_TEXT: Final = (
    "Ghi chú: Trường hợp kê khai biểu mẫu điện tử thì các trường thông tin đã được kết nối với Cơ sở dữ liệu Quốc gia"
    " về đăng ký doanh nghiệp, Cơ sở dữ liệu Quốc gia về bảo hiểm, các cơ sở dữ liệu chuyên nghành khác, ... trên Cổng"
    " dịch vụ công Quốc gia thì thông tin được tự động điền vào tờ khai điện tử. Đơn vị, tổ chức chỉ điền thông tin"
    " chưa có trong cơ sở dữ liệu."
)


@dataclass(frozen=True, slots=True)
class D05Participant:
    """One row: one payment of one person. Amounts in đồng, rates in percent, as the payment fixed them.

    participant_pays (column 7) = amount_due − state support − extra_amount − other_amount.
    """

    full_name: str
    social_insurance_no: str | None
    birth_date: date | None
    from_month: date
    months: int
    monthly_income: int
    amount_due: int
    participant_pays: int
    support_rate: Decimal | None
    extra_rate: Decimal | None
    extra_amount: int | None
    other_rate: Decimal | None
    other_amount: int | None
    receive_as: str
    change: str
    note: str | None

    def cells(self, position: int) -> tuple[Value, ...]:
        """Return the row's cells. position: the running number (STT)."""
        return (
            position, self.full_name, self.social_insurance_no, format_day(self.birth_date),
            format_month(self.from_month), self.months, self.monthly_income, self.amount_due, self.participant_pays,
            self.support_rate, self.extra_rate, self.extra_amount, self.other_rate, self.other_amount,
            self.receive_as, self.change, self.note,
        )  # fmt: skip


def build_d05_layout(head: ListHead) -> Layout:
    """Build the sheet up to its first row."""
    heading = Block(
        areas=(
            *sender_lines(head, D05_SENDER_LABELS),
            CellArea("L1:Q1", "Mẫu D05-TS", FORM_NAME_STYLE),
            CellArea("L2:Q3", _BASIS, FORM_BASIS_STYLE),
            CellArea("A6:Q6", "DANH SÁCH THAM GIA BẢO HIỂM XÃ HỘI TỰ NGUYỆN", TITLE),
            issue_line(head, "A7:Q7"),
            *_HEADINGS,
            *(CellArea(ref, number, NUMBERING) for ref, number in column_numbers(14, "A", "B", 15)),
        ),
        rows=14,
        heights=dict(_HEIGHTS),
    )
    return Layout("D05-TS", _WIDTHS, heading, _STYLES, title_rows=(9, 14))


def build_d05_footer(totals: Mapping[str, int]) -> Block:
    """Build the sum and the signatures. totals: amount_due, participant_pays, extra_amount, other_amount, in đồng."""
    sums = {"H": "amount_due", "I": "participant_pays", "L": "extra_amount", "N": "other_amount"}
    return Block(
        areas=(
            *sum_areas("ACDEFGHIJKLMNOPQ", {column: totals[name] for column, name in sums.items()}),
            CellArea("B1", "Cộng", SUM_LABEL),
            CellArea("A3:I3", REMUNERATION_REQUEST, CellStyle(size=12, border=False, horizontal="left")),
            CellArea("J3:Q3", "TỔ CHỨC LẬP DANH SÁCH", SIGNATURE),
            CellArea("A4:I4", None, PLAIN),
            CellArea("J4:Q4", "(Ký, ghi rõ họ tên, đóng dấu)", SIGNATURE_HINT),
            CellArea("A10:Q10", _NOTE_TEXT, NOTE_STYLE),
        ),
        rows=10,
        heights={1: 21, 2: 11.25, 3: 23.25, 4: 15.75, 10: 30},
    )
