"""Mẫu số 3, danh sách đối tượng tham gia BHYT (NĐ 188/2025/NĐ-CP): the cards of many households in one list."""

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
    WORDS,
    Block,
    Layout,
    Look,
    Spot,
    Value,
)
from app.exchange.forms.wording import REQUEST, ListHead, issued, month_text, numbered, sender

_LABELS: Final = (
    "Tên cơ quan/tổ chức:", "Mã cơ quan,tổ chức:", "Họ và tên nhân viên thu:", "Mã nhân viên thu:"
)  # fmt: skip
_WIDTHS: Final = (6, 26, 12, 14, 16, 12, 7, 9, 8.5, 12, 9.5, 9, 7.5, 7.5, 18)
_LOOKS: Final = (
    MIDDLE, WORDS, MIDDLE, MIDDLE, WORDS, AMOUNT, SHARE, SHARE, SHARE, AMOUNT, MIDDLE, SHARE, MIDDLE, MIDDLE, WORDS
)  # fmt: skip
_NATION: Final = Look(size=13, bold=True, border=False)
_HEADINGS: Final = (
    Spot("A8:A10", "STT"),
    Spot("B8:B10", "Họ và tên"),
    Spot("C8:C10", "Mã số bảo hiểm y tế"),
    Spot("D8:D10", "Số căn cước công dân/ Định danh cá nhân"),
    Spot("E8:E10", "Nơi đăng ký khám chữa bệnh ban đầu"),
    Spot("F8:J8", "Mức đóng"),
    Spot("F9:F10", "Tiền lương"),
    Spot("G9:I9", "Phụ cấp"),
    Spot("G10", "Chức vụ"),
    Spot("H10", "Thâm niên vượt khung (%)"),
    Spot("I10", "Thâm niên nghề (%)"),
    Spot("J9:J10", "Các khoản phụ cấp lương và thu nhập bổ sung"),
    Spot("K8:K10", "Tháng tham gia"),
    Spot("L8:L10", "Tỷ lệ ngân sách nhà nước hỗ trợ (%)"),
    Spot("M8:N8", "Loại thẻ bảo hiểm y tế"),
    Spot("M9:M10", "Bản điện tử"),
    Spot("N9:N10", "Bản giấy"),
    Spot("O8:O10", "Ghi chú"),
)


@dataclass(frozen=True, slots=True)
class CardHolder:
    """One row. salary: đồng, the base salary by the share of the person's place in the order of the household;
    support_rate: percent of the state, the province's included; on_paper: wants a printed card."""

    full_name: str
    insurance_no: str | None
    national_id: str | None
    clinic: str | None
    salary: int
    from_month: date
    support_rate: Decimal | None
    on_paper: bool
    note: str | None

    def cells(self, position: int) -> tuple[Value, ...]:
        """The row's cells. position: the running number (STT)."""
        return (
            position, self.full_name, self.insurance_no, self.national_id, self.clinic, self.salary, None, None,
            None, None, month_text(self.from_month), self.support_rate, None if self.on_paper else "x",
            "x" if self.on_paper else None, self.note,
        )  # fmt: skip


def layout(head: ListHead) -> Layout:
    """The sheet up to its first row."""
    heading = Block(
        spots=(
            *sender(head, _LABELS),
            Spot("F1:L1", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", _NATION),
            Spot(
                "F2:L2", "Độc lập - Tự do - Hạnh phúc", Look(size=13, bold=True, underline=True, border=False)
            ),
            Spot("M3:O3", "Mẫu số 3", Look(size=12, bold=True, border=False)),
            Spot(
                "A5:O5", "DANH SÁCH ĐỐI TƯỢNG THAM GIA BẢO HIỂM Y TẾ", Look(size=14, bold=True, border=False)
            ),
            issued(head, "A6:O6"),
            *_HEADINGS,
            *(Spot(at, word, NUMBERING) for at, word in numbered(11, "A", "B", 13)),
        ),
        rows=11,
        heights={5: 26, 6: 18, 8: 30, 9: 22, 10: 54, 11: 16.5},
    )
    return Layout("Mẫu số 3", _WIDTHS, heading, _LOOKS, repeated=(8, 11))


def part(number: int, words: str) -> Block:
    """A row that begins a part of the list: (1) Tăng, (2) Giảm."""
    cells = [Spot(f"{column}1", None, HEAD) for column in "CDEFGHIJKLMNO"]
    bold_words = Look(bold=True, across="left")
    return Block((Spot("A1", f"({number})", HEAD), Spot("B1", words, bold_words), *cells), rows=1)


def footer() -> Block:
    """Who signs."""
    return Block(
        spots=(
            Spot("A2:G2", REQUEST, Look(size=11, italic=True, border=False)),
            Spot("H2:O2", "CƠ QUAN/TỔ CHỨC LẬP DANH SÁCH", SIGNED),
            Spot("A3:G3", None, PLAIN),
            Spot("H3:O3", "(Ký, ghi rõ họ tên, đóng dấu)", SIGN_HERE),
        ),
        rows=3,
    )
