"""Mẫu số 3, danh sách đối tượng tham gia BHYT (NĐ 188/2025/NĐ-CP): the cards of many households in one list."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.forms.layouts.cells import (
    AMOUNT,
    CENTERED,
    HEADING,
    NUMBERING,
    PERCENTAGE,
    PLAIN,
    SIGNATURE,
    SIGNATURE_HINT,
    TEXT,
    Block,
    CellArea,
    CellStyle,
    Layout,
    Value,
)
from app.forms.layouts.texts import (
    REMUNERATION_REQUEST,
    ListHead,
    column_numbers,
    format_month,
    issue_line,
    sender_lines,
)

_LABELS: Final = (
    "Tên cơ quan/tổ chức:", "Mã cơ quan,tổ chức:", "Họ và tên nhân viên thu:", "Mã nhân viên thu:"
)  # fmt: skip
_WIDTHS: Final = (6, 26, 12, 14, 16, 12, 7, 9, 8.5, 12, 9.5, 9, 7.5, 7.5, 18)
_STYLES: Final = (
    CENTERED,
    TEXT,
    CENTERED,
    CENTERED,
    TEXT,
    AMOUNT,
    PERCENTAGE,
    PERCENTAGE,
    PERCENTAGE,
    AMOUNT,
    CENTERED,
    PERCENTAGE,
    CENTERED,
    CENTERED,
    TEXT,
)
_NATION_STYLE: Final = CellStyle(size=13, bold=True, border=False)
_HEADINGS: Final = (
    CellArea("A8:A10", "STT"),
    CellArea("B8:B10", "Họ và tên"),
    CellArea("C8:C10", "Mã số bảo hiểm y tế"),
    CellArea("D8:D10", "Số căn cước công dân/ Định danh cá nhân"),
    CellArea("E8:E10", "Nơi đăng ký khám chữa bệnh ban đầu"),
    CellArea("F8:J8", "Mức đóng"),
    CellArea("F9:F10", "Tiền lương"),
    CellArea("G9:I9", "Phụ cấp"),
    CellArea("G10", "Chức vụ"),
    CellArea("H10", "Thâm niên vượt khung (%)"),
    CellArea("I10", "Thâm niên nghề (%)"),
    CellArea("J9:J10", "Các khoản phụ cấp lương và thu nhập bổ sung"),
    CellArea("K8:K10", "Tháng tham gia"),
    CellArea("L8:L10", "Tỷ lệ ngân sách nhà nước hỗ trợ (%)"),
    CellArea("M8:N8", "Loại thẻ bảo hiểm y tế"),
    CellArea("M9:M10", "Bản điện tử"),
    CellArea("N9:N10", "Bản giấy"),
    CellArea("O8:O10", "Ghi chú"),
)


@dataclass(frozen=True, slots=True)
class CardHolder:
    """One row of the list.

    salary: đồng, the base salary times the share of the person's position in the household; support_rate: percent from
    the state, the province's included; on_paper: whether a printed card is requested.
    """

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
        """Return the row's cells. position: the running number (STT)."""
        return (
            position, self.full_name, self.insurance_no, self.national_id, self.clinic, self.salary, None, None,
            None, None, format_month(self.from_month), self.support_rate, None if self.on_paper else "x",
            "x" if self.on_paper else None, self.note,
        )  # fmt: skip


def build_card_list_layout(head: ListHead) -> Layout:
    """Build the sheet up to its first row."""
    heading = Block(
        areas=(
            *sender_lines(head, _LABELS),
            CellArea("F1:L1", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", _NATION_STYLE),
            CellArea(
                "F2:L2",
                "Độc lập - Tự do - Hạnh phúc",
                CellStyle(size=13, bold=True, underline=True, border=False),
            ),
            CellArea("M3:O3", "Mẫu số 3", CellStyle(size=12, bold=True, border=False)),
            CellArea(
                "A5:O5",
                "DANH SÁCH ĐỐI TƯỢNG THAM GIA BẢO HIỂM Y TẾ",
                CellStyle(size=14, bold=True, border=False),
            ),
            issue_line(head, "A6:O6"),
            *_HEADINGS,
            *(CellArea(ref, number, NUMBERING) for ref, number in column_numbers(11, "A", "B", 13)),
        ),
        rows=11,
        heights={5: 26, 6: 18, 8: 30, 9: 22, 10: 54, 11: 16.5},
    )
    return Layout("Mẫu số 3", _WIDTHS, heading, _STYLES, title_rows=(8, 11))


def build_card_list_part(number: int, label: str) -> Block:
    """Build the row that begins a part of the list: (1) Tăng, (2) Giảm."""
    empty_areas = [CellArea(f"{column}1", None, HEADING) for column in "CDEFGHIJKLMNO"]
    bold_words = CellStyle(bold=True, horizontal="left")
    return Block(
        (CellArea("A1", f"({number})", HEADING), CellArea("B1", label, bold_words), *empty_areas), rows=1
    )


def build_card_list_footer() -> Block:
    """Build the signatures below the list."""
    return Block(
        areas=(
            CellArea("A2:G2", REMUNERATION_REQUEST, CellStyle(size=11, italic=True, border=False)),
            CellArea("H2:O2", "CƠ QUAN/TỔ CHỨC LẬP DANH SÁCH", SIGNATURE),
            CellArea("A3:G3", None, PLAIN),
            CellArea("H3:O3", "(Ký, ghi rõ họ tên, đóng dấu)", SIGNATURE_HINT),
        ),
        rows=3,
    )
