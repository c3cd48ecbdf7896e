"""D11-TS: one organisation's remuneration and clawback, person by person.

Bảng chi tiết số phải chi thù lao cho tổ chức hỗ trợ phát triển đối tượng.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Final

from app.forms.layouts.cells import (
    AMOUNT,
    CENTERED,
    NUMBERING,
    TEXT,
    Block,
    CellArea,
    Layout,
    PageSetup,
    Value,
)
from app.forms.layouts.report_parts import (
    BLANK,
    DATE_LINE,
    DISTRICT_SIGNER,
    PARENT_OFFICE,
    REMUNERATION_RATE,
    REPORT_SIGNATURE,
    REPORT_TITLE,
    ReportHead,
    form_name_areas,
    format_signature_date,
    label_areas,
    numbering_areas,
    office_areas,
    with_size,
)
from app.forms.layouts.sheet import FormWorkbook


@dataclass(frozen=True, slots=True)
class RemunerationLine:
    """One payment or one refund. Money in đồng, rates in percent.

    level: a month's contribution (mức đóng); months_refunded: 0 on a payment's line. first: whether the person
    joined for the first time with this payment; a refund has that of its payment.
    """

    collector_code: str
    full_name: str
    insurance_no: str | None
    level: int
    method: str
    first: bool
    rate: Decimal | None
    paid: int
    earned: int
    months_refunded: int
    refunded: int
    clawback: int


@dataclass(frozen=True, slots=True)
class RemunerationSums:
    """Sums of a unit in đồng: collected, earned, refunded and clawed back. …_people: the number of payments."""

    first_people: int = 0
    first_paid: int = 0
    first_earned: int = 0
    again_people: int = 0
    again_paid: int = 0
    again_earned: int = 0
    first_refunded: int = 0
    first_clawback: int = 0
    again_refunded: int = 0
    again_clawback: int = 0

    def __add__(self, other: "RemunerationSums") -> "RemunerationSums":
        return RemunerationSums(
            *(getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        )

    @classmethod
    def from_line(cls, row: RemunerationLine) -> "RemunerationSums":
        """Convert one line into sums."""
        person = 0 if row.months_refunded else 1
        if row.first:
            return cls(person, row.paid, row.earned, first_refunded=row.refunded, first_clawback=row.clawback)
        return cls(
            0, 0, 0, person, row.paid, row.earned, again_refunded=row.refunded, again_clawback=row.clawback
        )

    @property
    def paid(self) -> int:
        return self.first_paid + self.again_paid

    @property
    def earned(self) -> int:
        return self.first_earned + self.again_earned

    @property
    def refunded(self) -> int:
        return self.first_refunded + self.again_refunded

    @property
    def clawback(self) -> int:
        return self.first_clawback + self.again_clawback


_HEADING: Final = with_size(CENTERED, 11)
_WIDE_HEADING: Final = replace(with_size(CENTERED, 12), wrap=False)
_NUMBERS: Final = replace(with_size(NUMBERING, 9), number_format="@")
_DETAIL_HEADINGS: Final = {
    "A8:A10": "STT", "B8:B10": "Mã nhân viên thu", "C8:C10": "Họ và tên người tham gia", "D8:D10": "Mã số BHXH",
    "E8:E10": "Mức đóng", "F9:F10": "Phương thức đóng", "G9:I9": "Tham gia lần đầu", "J9:L9": "Tiếp tục tham gia",
    "M9:M10": "Tổng số tiền NTG đóng", "N9:N10": "Tổng số tiền phải chi thù lao", "O9:O10": "Số tháng hoàn trả",
    "P9:R9": "Tham gia lần đầu", "S9:U9": "Tiếp tục tham gia", "V9:V10": "Tổng số tiền phải hoàn trả NTG",
    "W9:W10": "Tổng số tiền phải thu hồi thù lao ", "G10": "Số tiền NTG đóng", "H10": "Tỷ lệ % thù lao",
    "I10": "Số tiền phải chi thù lao", "J10": "Số tiền NTG đóng", "K10": "Tỷ lệ % thù lao",
    "L10": "Số tiền phải chi thù lao", "P10": "Số tiền phải hoàn trả NTG", "Q10": "Tỷ lệ % thù lao",
    "R10": "Số tiền phải thu hồi thù lao ", "S10": "Số tiền phải hoàn trả NTG", "T10": "Tỷ lệ % thù lao",
    "U10": "Số tiền phải thu hồi thù lao ",
}  # fmt: skip
_DETAIL_NUMBERS: Final = (
    "A B C 1 2 3 4 5 6=4x5 7 8 9=7x8 10=4+7 11=6+9 12 13 14 15=13x14 16 17 18=16*17 19=13+16 20=15+18"
)
_STYLES: Final = (
    CENTERED,
    CENTERED,
    TEXT,
    CENTERED,
    AMOUNT,
    CENTERED,
    *((AMOUNT, REMUNERATION_RATE, AMOUNT) * 2),
    AMOUNT,
    AMOUNT,
    CENTERED,
    *((AMOUNT, REMUNERATION_RATE, AMOUNT) * 2),
    AMOUNT,
    AMOUNT,
)
_WIDTHS: Final = (
    5.3, 13.0, 18.0, 12.0, 9.5, 8.0, 10.5, 8.0, 10.0, 10.5, 7.7, 10.0, 11.0, 10.5, 7.6, 10.0, 7.6, 10.1, 10.0, 7.7,
    9.9, 10.0, 9.9,
)  # fmt: skip


def write_d11_sheet(book: FormWorkbook, head: ReportHead, rows: Iterable[RemunerationLine]) -> None:
    """Write the sheet D11-TS of the organisation that the head names."""
    sheet = book.add_sheet(
        Layout(
            title="D11-TS",
            widths=_WIDTHS,
            heading=Block(
                areas=(
                    *office_areas(head),
                    *form_name_areas("D11-TS", "R1:W1", "R2:W3"),
                    *_title_areas(head),
                    *_headings(),
                ),
                rows=11,
                heights={3: 9.0, 4: 16.5, 6: 24.0, 7: 6.75, 8: 23.25, 9: 30.0, 10: 59.25, 11: 21.0},
            ),
            styles=_STYLES,
            title_rows=(8, 11),
            page=PageSetup(margins=(0.51, 0.2, 0.24, 0.24)),
        )
    )
    sums = RemunerationSums()
    for no, row in enumerate(rows, 1):
        sheet.add_row(_row_values(no, row))
        sums += RemunerationSums.from_line(row)
    sheet.add_block(_total(sums))
    sheet.add_block(_signature(head))


def _title_areas(head: ReportHead) -> tuple[CellArea, ...]:
    batch = f"Đợt phát sinh: từ {head.first:%d/%m/%Y} đến {head.last:%d/%m/%Y}"
    title = "BẢNG CHI TIẾT SỐ PHẢI CHI THÙ LAO CHO TỔ CHỨC HỖ TRỢ PHÁT TRIỂN ĐỐI TƯỢNG"
    return (
        CellArea("A4:W4", title, REPORT_TITLE, literal=True),
        CellArea("A5:W5", batch, with_size(REPORT_TITLE, 12), literal=True),
        CellArea(
            "A6",
            f"Mã đơn vị: {head.unit_code}; Tên đơn vị: {head.unit_name}",
            replace(PARENT_OFFICE, horizontal="left"),
        ),
        CellArea("F7:W7", None, BLANK),
    )


def _headings() -> tuple[CellArea, ...]:
    return (
        *label_areas(_WIDE_HEADING, {"F8:N8": "Phải chi thù lao", "O8:W8": "Thu hồi thù lao"}),
        *label_areas(_HEADING, _DETAIL_HEADINGS),
        *numbering_areas(11, _DETAIL_NUMBERS, _NUMBERS, digits=False),
    )


def _row_values(no: int, row: RemunerationLine) -> tuple[Value, ...]:
    payment, refund = (row.paid, row.rate, row.earned), (row.refunded, row.rate, row.clawback)
    none: tuple[Value, ...] = (None, None, None)
    if row.months_refunded:
        earned, refunded = none * 2 + (None, None), refund + none if row.first else none + refund
        sums: tuple[Value, ...] = (row.refunded, row.clawback)
        return (no, *_person_values(row), None, *earned, row.months_refunded, *refunded, *sums)
    earned = (*(payment + none if row.first else none + payment), row.paid, row.earned)
    return (no, *_person_values(row), row.method, *earned, None, *none, *none, None, None)


def _person_values(row: RemunerationLine) -> tuple[Value, ...]:
    return (row.collector_code, row.full_name, row.insurance_no, row.level)


def _total(sums: RemunerationSums) -> Block:
    money = {
        "G": sums.first_paid, "I": sums.first_earned, "J": sums.again_paid, "L": sums.again_earned, "M": sums.paid,
        "N": sums.earned, "P": sums.first_refunded, "R": sums.first_clawback, "S": sums.again_refunded,
        "U": sums.again_clawback, "V": sums.refunded, "W": sums.clawback,
    }  # fmt: skip
    bold = replace(AMOUNT, bold=True)
    return Block(
        areas=(
            CellArea("A1:C1", "Tổng cộng:", with_size(CENTERED, 11, bold=True), literal=True),
            *(CellArea(f"{column}1", money.get(column), bold) for column in "DEFGHIJKLMNOPQRSTUVW"),
        ),
        rows=1,
        heights={1: 28.5},
    )


def _signature(head: ReportHead) -> Block:
    return Block(
        areas=(
            CellArea("I2:W2", format_signature_date(head.made_on), with_size(DATE_LINE, 11)),
            CellArea("I3:W3", DISTRICT_SIGNER, REPORT_SIGNATURE, literal=True),
            CellArea("P4", "(Ký, ghi rõ họ tên)", with_size(DATE_LINE, 11), literal=True),
        ),
        rows=4,
        heights={1: 8.25, 2: 15.75, 3: 31.5, 4: 15.75},
    )
