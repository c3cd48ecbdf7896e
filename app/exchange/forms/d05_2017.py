"""D05-TS as in force from 2017-07-01 to 2026-04-30 (QĐ 595/QĐ-BHXH), for lists of those days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.exchange.forms.cells import (
    AMOUNT,
    HEAD,
    MIDDLE,
    NUMBERING,
    SIGN_HERE,
    SIGNED,
    SUM,
    SUM_WORD,
    TITLE,
    WORDS,
    Block,
    Layout,
    Look,
    Spot,
    Value,
)
from app.exchange.forms.wording import FORM_BASIS, FORM_NAME, REQUEST, ListHead, issued, month_text, sender

_LABELS: Final = ("Tên tổ chức:", "Mã tổ chức :", "Họ và tên nhân viên thu:", "Mã nhân viên thu:")
_BASIS: Final = "(Ban hành kèm theo Quyết định số: 595/QĐ-BHXH ngày 14/4/2017 của BHXH Việt Nam)"
_WIDTHS: Final = (6, 30, 14, 14, 11, 9, 15, 15, 15, 20, 18)
_HEADINGS: Final = (
    Spot("A9:A11", "STT"),
    Spot("B9:B11", "Họ và tên"),
    Spot("C9:C11", "Mã số BHXH"),
    Spot("D9:D11", "Mức thu nhập tháng đóng BHXH"),
    Spot("E9:F9", "Phương thức đóng"),
    Spot("E10:E11", "Từ tháng"),
    Spot("F10:F11", "Số tháng"),
    Spot("G9:I9", "Số tiền đóng"),
    Spot("G10:G11", "Tổng số"),
    Spot("H10:I10", "Trong đó"),
    Spot("H11", "Người tham gia đóng"),
    Spot("I11", "NSNN hỗ trợ"),
    Spot("J9:J11", "Loại"),
    Spot("K9:K11", "Ghi chú"),
)
_NUMBERS: Final[tuple[str | int, ...]] = ("A", "B", "C", 1, 2, 3, "4=5+6", 5, 6, 7, 8)
_LOOKS: Final = (MIDDLE, WORDS, MIDDLE, AMOUNT, MIDDLE, MIDDLE, AMOUNT, AMOUNT, AMOUNT, MIDDLE, WORDS)


@dataclass(frozen=True, slots=True)
class Participant:
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
        """The row's cells. position: the running number (STT)."""
        return (
            position, self.full_name, self.social_insurance_no, self.monthly_income, month_text(self.from_month),
            self.months, self.amount_due, self.participant_pays, self.support, self.change, self.note,
        )  # fmt: skip


def layout(head: ListHead) -> Layout:
    """The sheet up to its first row."""
    heading = Block(
        spots=(
            *sender(head, _LABELS),
            Spot("I1:K1", "Mẫu D05-TS", FORM_NAME),
            Spot("I2:K3", _BASIS, FORM_BASIS),
            Spot("A6:K6", "DANH SÁCH NGƯỜI THAM GIA BẢO HIỂM XÃ HỘI TỰ NGUYỆN", TITLE),
            issued(head, "A7:K7"),
            *_HEADINGS,
            *(Spot(f"{chr(ord('A') + i)}12", word, NUMBERING) for i, word in enumerate(_NUMBERS)),
        ),
        rows=12,
        heights={6: 26.25, 7: 18, 9: 20, 10: 20, 11: 34, 12: 16.5},
    )
    return Layout("D05-TS", _WIDTHS, heading, _LOOKS, repeated=(9, 12))


def footer(totals: Mapping[str, int]) -> Block:
    """The sum, and who signs. totals: amount_due, participant_pays, support, in đồng."""
    sums = {"G": "amount_due", "H": "participant_pays", "I": "support"}
    total = [
        Spot(f"{column}1", totals[sums[column]], SUM) if column in sums else Spot(f"{column}1", None, HEAD)
        for column in "ACDEFGHIJK"
    ]
    return Block(
        spots=(
            *total,
            Spot("B1", "Cộng", SUM_WORD),
            Spot("A3:F3", REQUEST, Look(size=12, border=False, across="left")),
            Spot("G3:K3", "TỔ CHỨC LẬP DANH SÁCH", SIGNED),
            Spot("G4:K4", "(Ký, ghi rõ họ tên, đóng dấu)", SIGN_HERE),
        ),
        rows=4,
        heights={1: 21, 3: 23.25, 4: 15.75},
    )
