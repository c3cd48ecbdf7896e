"""D11a, D11b and D11c: remuneration by units.

Bảng tổng hợp số phải chi thù lao cho tổ chức hỗ trợ phát triển đối tượng.

D11a: an office by its organisations; D11b: a province by its offices; D11c: the country by its provinces; each by
month (t), quarter (q) and year (n). Part B (work accidents) stays empty: the unions do not collect for it.
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
from app.forms.layouts.d11 import RemunerationSums
from app.forms.layouts.report_parts import (
    DATE_LINE,
    DISTRICT_SIGNER,
    MINISTRY,
    OWN_OFFICE,
    PARENT_OFFICE,
    REPORT_SIGNATURE,
    REPORT_TITLE,
    VIETNAM_SOCIAL_SECURITY,
    ReportHead,
    form_name_areas,
    format_period,
    format_signature_date,
    label_areas,
    numbering_areas,
    office_areas,
    with_size,
)
from app.forms.layouts.sheet import FormWorkbook


@dataclass(frozen=True, slots=True)
class RemunerationRow:
    """One line of a summary: the heading of a part (with its sums or none), a unit, or the total."""

    kind: Literal["part", "line", "total"]
    no: str
    code: str
    name: str
    sums: RemunerationSums | None


_HEADING: Final = with_size(CENTERED, 11)
_WIDE_HEADING: Final = replace(with_size(CENTERED, 12), wrap=False)
_NUMBERS: Final = replace(with_size(NUMBERING, 9), number_format="@")
_SUMMARY_HEADINGS: Final = {
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
    "a": ("L3:P3", DISTRICT_SIGNER, 35.25),
    "b": ("M3:O3", "GIÁM ĐỐC BHXH TỈNH", 15.75),
    "c": ("L3:P3", "TB QUẢN LÝ THU VÀ PHÁT TRIỂN NGƯỜI THAM GIA", 15.75),
}
_WIDTHS: Final = (6.4, 16.0, 30.0, 7.0, 12.0, 11.0, 7.0, 12.0, 11.0, 12.5, 12.0, *([11.0] * 6))


def write_d11_summary(
    book: FormWorkbook, head: ReportHead, variant: str, rows: Iterable[RemunerationRow]
) -> None:
    """Write one of the sheets D11at-TS to D11cn-TS (variant: at, aq, an, bt, …, cn)."""
    sheet = book.add_sheet(_build_summary_layout(head, variant))
    for row in rows:
        if row.kind == "line":
            sheet.add_row((row.no, row.code, row.name, *_sums_values(row.sums)))
        else:
            sheet.add_block(_part_block(row) if row.kind == "part" else _total_block(row))
    sheet.add_block(_signature(head, variant[0]))


def _build_summary_layout(head: ReportHead, variant: str) -> Layout:
    national = (CellArea("A1", MINISTRY, PARENT_OFFICE), CellArea("A2", VIETNAM_SOCIAL_SECURITY, OWN_OFFICE))
    return Layout(
        title=f"D11{variant}-TS",
        widths=_WIDTHS,
        heading=Block(
            areas=(
                *(national if variant[0] == "c" else office_areas(head)),
                *form_name_areas(f"D11{variant}-TS", "M1:Q1", "M2:Q3"),
                *_title_areas(head),
                *_headings(),
            ),
            rows=10,
            heights={3: 9.0, 4: 16.5, 5: 15.75, 6: 7.5, 7: 21.0, 8: 23.25, 9: 53.25, 10: 20.25},
        ),
        styles=_row_styles(bold=False),
        title_rows=(7, 10),
        page=PageSetup(margins=(0.24, 0.24, 0.24, 0.24)),
    )


def _title_areas(head: ReportHead) -> tuple[CellArea, ...]:
    title = "BẢNG TỔNG HỢP SỐ PHẢI CHI THÙ LAO CHO TỔ CHỨC HỖ TRỢ PHÁT TRIỂN ĐỐI TƯỢNG"
    return (
        CellArea("A4:Q4", title, REPORT_TITLE, literal=True),
        CellArea("A5:Q5", format_period(head), REPORT_TITLE, literal=True),
    )


def _headings() -> tuple[CellArea, ...]:
    return (
        *label_areas(_WIDE_HEADING, {"D7:K7": "Phải trả thù lao", "L7:Q7": "Thu hồi thù lao"}),
        *label_areas(_HEADING, _SUMMARY_HEADINGS),
        *numbering_areas(10, _SUMMARY_NUMBERS, _NUMBERS, digits=False),
    )


def _sums_values(sums: RemunerationSums | None) -> tuple[Value, ...]:
    if sums is None:
        return (None,) * 14
    return (
        sums.first_people, sums.first_paid, sums.first_earned, sums.again_people, sums.again_paid, sums.again_earned,
        sums.paid, sums.earned, sums.first_refunded, sums.first_clawback, sums.again_refunded, sums.again_clawback,
        sums.refunded, sums.clawback,
    )  # fmt: skip


def _row_styles(*, bold: bool) -> tuple[CellStyle, ...]:
    count, amount = replace(CENTERED, number_format="#,##0", bold=bold), replace(AMOUNT, bold=bold)
    return (CENTERED, CENTERED, TEXT, count, amount, amount, count, *([amount] * 10))


def _part_block(row: RemunerationRow) -> Block:
    """Build the line of a part, whose name runs over the cells to its right."""
    name_style = replace(with_size(TEXT, 11, bold=True), horizontal=None, wrap=False)
    styles = _row_styles(bold=True)
    cell_areas = (
        CellArea("A1", row.name, name_style),
        CellArea("B1", None, styles[1]),
        CellArea("C1", None, styles[2]),
        *_sums_areas(row.sums),
    )
    return Block(areas=cell_areas, rows=1, heights={1: 20.25})


def _total_block(row: RemunerationRow) -> Block:
    name_area = CellArea("A1:C1", row.name, with_size(CENTERED, 11, bold=True))
    return Block(areas=(name_area, *_sums_areas(row.sums)), rows=1, heights={1: 21.0})


def _sums_areas(sums: RemunerationSums | None) -> tuple[CellArea, ...]:
    styles = _row_styles(bold=True)[3:]
    cells = zip("DEFGHIJKLMNOPQ", _sums_values(sums), styles, strict=True)
    return tuple(CellArea(f"{column}1", value, style) for column, value, style in cells)


def _signature(head: ReportHead, level: str) -> Block:
    ref, signer, height = _SIGNERS[level]
    return Block(
        areas=(
            CellArea("M2:O2", format_signature_date(head.made_on), DATE_LINE),
            CellArea(ref, signer, REPORT_SIGNATURE, literal=True),
            CellArea("N4", "(Ký, ghi rõ họ tên)", with_size(DATE_LINE, 11), literal=True),
        ),
        rows=4,
        heights={1: 12.75, 2: 15.75, 3: height, 4: 15.75},
    )
