"""D05-TS, danh sách tham gia BHXH tự nguyện, as in force from 2026-05-01 (QĐ 366/QĐ-BHXH)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.exchange.forms.cells import (
    AMOUNT,
    HEAD,
    MIDDLE,
    NUMBERING,
    PLAIN,
    SHARE,
    SIGN_HERE,
    SIGNED,
    SUM,
    SUM_WORD,
    TITLE,
    WORDS,
    Block,
    Layout,
    Look,
    Page,
    Spot,
    Value,
)
from app.exchange.forms.wording import (
    FORM_BASIS,
    FORM_NAME,
    NOTE,
    REQUEST,
    ListHead,
    day_text,
    issued,
    month_text,
    numbered,
    sender,
)

_SMALL_HEAD: Final = Look(size=9, bold=True)
_LABELS: Final = ("Tên tổ chức:", "Mã tổ chức :", "Họ và tên nhân viên thu:", "Mã nhân viên thu:")
_BASIS: Final = "(Ban hành kèm theo Quyết định số: 366/QĐ-BHXH ngày 29/4/2026 của BHXH Việt Nam)"
_WIDTHS: Final = (5.6, 24, 11.5, 10.5, 8, 6.3, 11, 11.5, 11.5, 8, 7, 10, 7, 10, 12, 16.5, 15)
_HEIGHTS: Final = {
    1: 15.0, 2: 15.0, 3: 15.0, 4: 15.0, 5: 15.0, 6: 26.25, 7: 18.0, 8: 14.25, 9: 19.5, 10: 20.25, 11: 21.0,
    12: 38.25, 13: 45.75, 14: 16.5,
}  # fmt: skip
_LOOKS: Final = (
    MIDDLE, WORDS, MIDDLE, MIDDLE, MIDDLE, MIDDLE, AMOUNT, AMOUNT, AMOUNT, SHARE, SHARE, AMOUNT, SHARE, AMOUNT,
    MIDDLE, MIDDLE, WORDS,
)  # fmt: skip
_HEADINGS: Final = (
    Spot("A9:A13", "STT"),
    Spot("B9:B13", "Họ và tên"),
    Spot("C9:C13", "Mã số BHXH"),
    Spot("D9:D13", "Ngày/ tháng/ năm sinh"),
    Spot("E9:F10", "Phương thức đóng"),
    Spot("E11:E13", "Từ tháng/ năm"),
    Spot("F11:F13", "Số tháng"),
    Spot("G9:G13", "Mức thu nhập tháng đóng BHXH"),
    Spot("H9:N9", "Số tiền đóng"),
    Spot("H10:H13", "Số tiền phải đóng theo quy định"),
    Spot("I10:N10", "Trong đó"),
    Spot("I11:I13", "Người tham gia đóng"),
    Spot("J11:N11", "Hỗ trợ"),
    Spot("J12:J13", "Tỷ lệ NSNN hỗ trợ theo quy định (%)"),
    Spot("K12:L12", "NSNN hỗ trợ thêm"),
    Spot("K13", "Tỷ lệ (%)", _SMALL_HEAD),
    Spot("L13", "Số tiền", _SMALL_HEAD),
    Spot("M12:N12", "Hỗ trợ khác"),
    Spot("M13", "Tỷ lệ (%)", _SMALL_HEAD),
    Spot("N13", "Số tiền", _SMALL_HEAD),
    Spot("O9:O13", "Hình thức nhận kết quả"),
    Spot("P9:P13", "Loại tăng, giảm, điều chỉnh"),
    Spot("Q9:Q13", "Ghi chú"),
)
_NOTE_TEXT: Final = (
    "Ghi chú: Trường hợp kê khai biểu mẫu điện tử thì các trường thông tin đã được kết nối với Cơ sở dữ liệu Quốc gia"
    " về đăng ký doanh nghiệp, Cơ sở dữ liệu Quốc gia về bảo hiểm, các cơ sở dữ liệu chuyên nghành khác, ... trên Cổng"
    " dịch vụ công Quốc gia thì thông tin được tự động điền vào tờ khai điện tử. Đơn vị, tổ chức chỉ điền thông tin"
    " chưa có trong cơ sở dữ liệu."
)


@dataclass(frozen=True, slots=True)
class Participant:
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
        """The row's cells. position: the running number (STT)."""
        return (
            position, self.full_name, self.social_insurance_no, day_text(self.birth_date),
            month_text(self.from_month), self.months, self.monthly_income, self.amount_due, self.participant_pays,
            self.support_rate, self.extra_rate, self.extra_amount, self.other_rate, self.other_amount,
            self.receive_as, self.change, self.note,
        )  # fmt: skip


def layout(head: ListHead) -> Layout:
    """The sheet up to its first row."""
    heading = Block(
        spots=(
            *sender(head, _LABELS),
            Spot("L1:Q1", "Mẫu D05-TS", FORM_NAME),
            Spot("L2:Q3", _BASIS, FORM_BASIS),
            Spot("A6:Q6", "DANH SÁCH THAM GIA BẢO HIỂM XÃ HỘI TỰ NGUYỆN", TITLE),
            issued(head, "A7:Q7"),
            *_HEADINGS,
            *(Spot(at, word, NUMBERING) for at, word in numbered(14, "A", "B", 15)),
        ),
        rows=14,
        heights=dict(_HEIGHTS),
    )
    return Layout("D05-TS", _WIDTHS, heading, _LOOKS, repeated=(9, 14), page=Page())


def footer(totals: Mapping[str, int]) -> Block:
    """The sum, and who signs. totals: amount_due, participant_pays, extra_amount, other_amount, in đồng."""
    sums = {"H": "amount_due", "I": "participant_pays", "L": "extra_amount", "N": "other_amount"}
    total = [
        Spot(f"{column}1", totals[sums[column]], SUM) if column in sums else Spot(f"{column}1", None, HEAD)
        for column in "ACDEFGHIJKLMNOPQ"
    ]
    return Block(
        spots=(
            *total,
            Spot("B1", "Cộng", SUM_WORD),
            Spot("A3:I3", REQUEST, Look(size=12, border=False, across="left")),
            Spot("J3:Q3", "TỔ CHỨC LẬP DANH SÁCH", SIGNED),
            Spot("A4:I4", None, PLAIN),
            Spot("J4:Q4", "(Ký, ghi rõ họ tên, đóng dấu)", SIGN_HERE),
            Spot("A10:Q10", _NOTE_TEXT, NOTE),
        ),
        rows=10,
        heights={1: 21, 2: 11.25, 3: 23.25, 4: 15.75, 10: 30},
    )
