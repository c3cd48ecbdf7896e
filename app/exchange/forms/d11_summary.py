"""D11a, b, c: remuneration by units (bảng tổng hợp số phải chi thù lao cho tổ chức hỗ trợ phát triển đối tượng).

D11a: an office by its organisations; D11b: a province by its offices; D11c: the country by its provinces; each by
month (t), quarter (q) and year (n). Part B (work accidents) stays empty: the unions do not collect for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from app.exchange.forms.cells import AMOUNT, MIDDLE, NUMBERING, WORDS, Block, Layout, Look, Page, Spot, Value
from app.exchange.forms.d11 import SIGNER, Sums
from app.exchange.forms.report_parts import (
    DATED,
    MINISTRY,
    OFFICE,
    OFFICE_OWN,
    SIGNED,
    TITLE,
    VIET_NAM,
    Head,
    day_words,
    form_name,
    numbering,
    offices,
    period_words,
    printed,
    sized,
)
from app.exchange.forms.sheet import Book


@dataclass(frozen=True, slots=True)
class EarnedRow:
    """One line of a summary: a heading of a part (sums of it, or none), a unit, or the whole."""

    kind: Literal["part", "line", "total"]
    no: str
    code: str
    name: str
    sums: Sums | None


_HEAD: Final = sized(MIDDLE, 11)
_WIDE: Final = replace(sized(MIDDLE, 12), wrap=False)
_NUMBERS: Final = replace(sized(NUMBERING, 9), number="@")
_SUMMARY: Final = {
    "A7:A9": "STT", "B7:B9": "Mã đơn vị", "C7:C9": "Tên đơn vị", "D8:F8": "Tham gia lần đầu",
    "G8:I8": "Tiếp tục tham gia", "J8:J9": "Tổng số tiền NTG đóng", "K8:K9": "Tổng số tiền phải chi thù lao",
    "L8:M8": "Tham gia lần đầu", "N8:O8": "Tiếp tục tham gia", "P8:P9": "Tổng số tiền phải hoàn trả NTG",
    "Q8:Q9": "Tổng số tiền phải thu hồi thù lao ", "D9": "Số người", "E9": "Số tiền NTG đóng",
    "F9": "Số tiền phải chi thù lao", "G9": "Số người", "H9": "Số tiền NTG đóng", "I9": "Số tiền phải chi thù lao",
    "L9": "Số tiền phải hoàn trả NTG", "M9": "Số tiền phải thu hồi thù lao ", "N9": "Số tiền phải hoàn trả NTG",
    "O9": "Số tiền phải thu hồi thù lao ",
}  # fmt: skip
_SUMMARY_NUMBERS: Final = "A B C 1 2 3 4 5 6 7=2+5 8=3+6 9 10 11 12 13=9+11 14=10+12"
_SIGNERS: Final = {
    "a": ("L3:P3", SIGNER, 35.25),
    "b": ("M3:O3", "GIÁM ĐỐC BHXH TỈNH", 15.75),
    "c": ("L3:P3", "TB QUẢN LÝ THU VÀ PHÁT TRIỂN NGƯỜI THAM GIA", 15.75),
}
_WIDTHS: Final = (6.4, 16.0, 30.0, 7.0, 12.0, 11.0, 7.0, 12.0, 11.0, 12.5, 12.0, *([11.0] * 6))


def write_summary(book: Book, head: Head, variant: str, rows: Iterable[EarnedRow]) -> None:
    """One of the sheets D11at-TS to D11cn-TS (variant: at, aq, an, bt, …, cn)."""
    level = variant[0]
    national = (Spot("A1", MINISTRY, OFFICE), Spot("A2", VIET_NAM, OFFICE_OWN))
    sheet = book.sheet(
        Layout(
            title=f"D11{variant}-TS",
            widths=_WIDTHS,
            heading=Block(
                spots=(
                    *(national if level == "c" else offices(head)),
                    *form_name(f"D11{variant}-TS", "M1:Q1", "M2:Q3"),
                    *_lines(head),
                    *_headings(),
                ),
                rows=10,
                heights={3: 9.0, 4: 16.5, 5: 15.75, 6: 7.5, 7: 21.0, 8: 23.25, 9: 53.25, 10: 20.25},
            ),
            looks=_looks(bold=False),
            repeated=(7, 10),
            page=Page(margins=(0.24, 0.24, 0.24, 0.24)),
        )
    )
    for row in rows:
        if row.kind == "line":
            sheet.add((row.no, row.code, row.name, *_money(row.sums)))
        else:
            sheet.block(_part(row) if row.kind == "part" else _total(row))
    sheet.block(_signature(head, level))


def _lines(head: Head) -> tuple[Spot, ...]:
    title = "BẢNG TỔNG HỢP SỐ PHẢI CHI THÙ LAO CHO TỔ CHỨC HỖ TRỢ PHÁT TRIỂN ĐỐI TƯỢNG"
    return (
        Spot("A4:Q4", title, TITLE, printed=True),
        Spot("A5:Q5", period_words(head), TITLE, printed=True),
    )


def _headings() -> tuple[Spot, ...]:
    return (
        *printed(_WIDE, {"D7:K7": "Phải trả thù lao", "L7:Q7": "Thu hồi thù lao"}),
        *printed(_HEAD, _SUMMARY),
        *numbering(10, _SUMMARY_NUMBERS, _NUMBERS, digits=False),
    )


def _money(sums: Sums | None) -> tuple[Value, ...]:
    if sums is None:
        return (None,) * 14
    return (
        sums.first_people, sums.first_paid, sums.first_earned, sums.again_people, sums.again_paid, sums.again_earned,
        sums.paid, sums.earned, sums.first_refunded, sums.first_clawback, sums.again_refunded, sums.again_clawback,
        sums.refunded, sums.clawback,
    )  # fmt: skip


def _looks(*, bold: bool) -> tuple[Look, ...]:
    count, amount = replace(MIDDLE, number="#,##0", bold=bold), replace(AMOUNT, bold=bold)
    return (MIDDLE, MIDDLE, WORDS, count, amount, amount, count, *([amount] * 10))


def _part(row: EarnedRow) -> Block:
    """A part's name runs over the cells beside its own."""
    name = replace(sized(WORDS, 11, bold=True), across=None, wrap=False)
    looks = _looks(bold=True)
    spots = (
        Spot("A1", row.name, name),
        Spot("B1", None, looks[1]),
        Spot("C1", None, looks[2]),
        *_sums(row.sums),
    )
    return Block(spots=spots, rows=1, heights={1: 20.25})


def _total(row: EarnedRow) -> Block:
    name = Spot("A1:C1", row.name, sized(MIDDLE, 11, bold=True))
    return Block(spots=(name, *_sums(row.sums)), rows=1, heights={1: 21.0})


def _sums(sums: Sums | None) -> tuple[Spot, ...]:
    looks = _looks(bold=True)[3:]
    cells = zip("DEFGHIJKLMNOPQ", _money(sums), looks, strict=True)
    return tuple(Spot(f"{column}1", value, look) for column, value, look in cells)


def _signature(head: Head, level: str) -> Block:
    at, signer, height = _SIGNERS[level]
    return Block(
        spots=(
            Spot("M2:O2", day_words(head.made_on), DATED),
            Spot(at, signer, SIGNED, printed=True),
            Spot("N4", "(Ký, ghi rõ họ tên)", sized(DATED, 11), printed=True),
        ),
        rows=4,
        heights={1: 12.75, 2: 15.75, 3: height, 4: 15.75},
    )
