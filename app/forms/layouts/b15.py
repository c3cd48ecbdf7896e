"""B15-UQ: the results against the targets, by month (báo cáo kết quả thực hiện chỉ tiêu người tham gia BHXH, BHYT).

15a: the organisations of one office, each with its collectors; 15b: a province by offices and organisations; 15c: the
country by provinces, offices and organisations. The unions collect voluntary insurance and household cards: the
columns of compulsory insurance (1 to 8) and of work accidents (17 to 24) stay empty.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from app.forms.layouts.cells import (
    CENTERED,
    HEADING,
    NUMBERING,
    TEXT,
    Block,
    CellArea,
    CellStyle,
    Layout,
    PageSetup,
    Value,
)
from app.forms.layouts.report_parts import (
    BLANK,
    DATE_LINE,
    MINISTRY,
    OWN_OFFICE,
    REPORT_TITLE,
    VIETNAM_SOCIAL_SECURITY,
    ReportHead,
    column_letter,
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
class TargetProgress:
    """People of one product. A target is None where none is set; cumulative: since the first of January."""

    target: int | None
    target_new: int | None
    target_again: int | None
    new: int
    again: int
    cumulative: int


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One line: an office or organisation (part), a unit below it (line), or the sum (total)."""

    kind: Literal["part", "line", "total"]
    no: str
    name: str
    code: str
    voluntary: TargetProgress
    health: TargetProgress


_FIRST_COLUMN, _COLUMNS_PER_BLOCK, _BLOCKS = 4, 8, 4
_NOTE_COLUMN: Final = column_letter(_FIRST_COLUMN + _COLUMNS_PER_BLOCK * _BLOCKS)
_BOLD: Final = with_size(HEADING, 11, bold=True)
_SMALL: Final = replace(with_size(CENTERED, 11), italic=True)
_NUMBERS: Final = replace(with_size(NUMBERING, 9), wrap=False)
_COUNT: Final = replace(with_size(CENTERED, 12), number_format="#,##0")
_PERCENT: Final = replace(with_size(CENTERED, 12), number_format="0.0")
_BLOCK_HEADINGS: Final = ("BHXH, BHTN, BHYT bắt buộc", "BHXH tự nguyện", "BHTNLĐ tự nguyện", "BHYT tự đóng")
_WIDTHS: Final = (5.7, 30.0, 20.0, *([8.0] * 33))
_NAME_HEADINGS: Final = {"a": "Tên tổ chức/\nnhân viên thu", "b": "Tên đơn vị", "c": "Tên đơn vị"}
_CODE_HEADINGS: Final = {
    "a": "Mã tổ chức HTPTĐT/nhân viên thu",
    "b": "Mã tổ chức HTPTĐT",
    "c": "Mã tổ chức HTPTĐT",
}
_TITLES: Final = {
    "a": ("A4:AJ4", "A5:AJ5", "BÁO CÁO KẾT QUẢ THỰC HIỆN CHỈ TIÊU NGƯỜI THAM GIA BHXH, BHYT"),
    "b": ("A4:AF4", "A5:AF5", "BÁO CÁO TỔNG HỢP KẾT QUẢ THỰC HIỆN CHỈ TIÊU NGƯỜI THAM GIA BHXH, BHYT"),
    "c": ("A4:AF4", "A5:AF5", "BÁO CÁO TỔNG HỢP KẾT QUẢ THỰC HIỆN CHỈ TIÊU NGƯỜI THAM GIA BHXH, BHYT"),
}
_EMPTY_BLOCK: Final[tuple[Value, ...]] = (None,) * _COLUMNS_PER_BLOCK


def write_b15_sheet(book: FormWorkbook, head: ReportHead, variant: str, rows: Iterable[ProgressRow]) -> None:
    """Write one of the sheets 15a-UQ, 15b-UQ, 15c-UQ (variant: a, b or c)."""
    title_ref, period_ref, title = _TITLES[variant]
    national = (CellArea("A1", MINISTRY, OWN_OFFICE), CellArea("A2", VIETNAM_SOCIAL_SECURITY, OWN_OFFICE))
    sheet = book.add_sheet(
        Layout(
            title=f"15{variant}-UQ",
            widths=_WIDTHS,
            heading=Block(
                areas=(
                    *(national if variant == "c" else office_areas(head)),
                    *((CellArea("Q2:T3", None, BLANK),) if variant == "c" else ()),
                    *form_name_areas(f"B15{variant}-UQ", "AF1:AJ1", "AF2:AJ3"),
                    CellArea(title_ref, title, REPORT_TITLE, literal=True),
                    CellArea(period_ref, format_period(head), with_size(DATE_LINE, 12)),
                    *_headings(variant),
                ),
                rows=11,
                heights={7: 19.5, 8: 19.5, 9: 17.25, 10: 45.0, 11: 12.0},
            ),
            styles=_row_styles("line"),
            title_rows=(7, 11),
            page=PageSetup(margins=(0.25, 0.25, 0.25, 0.25)),
        )
    )
    for row in rows:
        sheet.add_row(_row_values(row), _row_styles(row.kind))
    sheet.add_block(_signature(head, variant))


def _headings(variant: str) -> Iterator[CellArea]:
    yield from label_areas(
        _BOLD, {"A7:A10": "TT", "B7:B10": _NAME_HEADINGS[variant], "C7:C10": _CODE_HEADINGS[variant]}
    )
    for number, kind in enumerate(_BLOCK_HEADINGS):
        columns = [
            column_letter(_FIRST_COLUMN + _COLUMNS_PER_BLOCK * number + step)
            for step in range(_COLUMNS_PER_BLOCK)
        ]
        # The official sheet joins the last heading over six columns only.
        end = columns[5] if number == _BLOCKS - 1 else columns[7]
        yield from label_areas(_BOLD, {f"{columns[0]}7:{end}7": kind})
        if end == columns[5]:
            yield from label_areas(_BOLD, {f"{columns[6]}7": None, f"{columns[7]}7": None})
        yield from label_areas(_SMALL, {
            f"{columns[0]}8:{columns[2]}8": "Chỉ tiêu cam kết theo hợp đồng",
            f"{columns[3]}8:{columns[6]}8": "Số thực hiện trong tháng",
            f"{columns[7]}8:{columns[7]}10": "Đạt tỷ lệ %",
            f"{columns[0]}9:{columns[0]}10": "Tổng số", f"{columns[1]}9:{columns[2]}9": "Trong đó",
            f"{columns[1]}10": "Tăng mới ", f"{columns[2]}10": "Tiếp tục tham gia",
            f"{columns[3]}9:{columns[3]}10": "Tổng số", f"{columns[4]}9:{columns[5]}9": "Trong đó",
            f"{columns[4]}10": "Tăng mới ", f"{columns[5]}10": "Tiếp tục tham gia",
            f"{columns[6]}9:{columns[6]}10": "Lũy kế",
        })  # fmt: skip
    yield from label_areas(_BOLD, {f"{_NOTE_COLUMN}7:{_NOTE_COLUMN}10": "Ghi chú"})
    yield from numbering_areas(11, f"A B C {' '.join(_column_numbers())} 33", _NUMBERS)


def _column_numbers() -> Iterator[str]:
    for first in range(1, _COLUMNS_PER_BLOCK * _BLOCKS, _COLUMNS_PER_BLOCK):
        yield f"{first}={first + 1}+{first + 2}"
        yield from (str(first + 1), str(first + 2), f"{first + 3}={first + 4}+{first + 5}")
        yield from (str(first + 4), str(first + 5), str(first + 6), f"{first + 7}={first + 6}/{first}")


def _row_values(row: ProgressRow) -> tuple[Value, ...]:
    voluntary, health = _progress_values(row.voluntary), _progress_values(row.health)
    return (row.no, row.name, row.code, *_EMPTY_BLOCK, *voluntary, *_EMPTY_BLOCK, *health, None)


def _progress_values(progress: TargetProgress) -> tuple[Value, ...]:
    percent = None
    if progress.target:
        percent = (Decimal(100 * progress.cumulative) / progress.target).quantize(
            Decimal("0.1"), ROUND_HALF_UP
        )
    results = (progress.new + progress.again, progress.new, progress.again, progress.cumulative)
    return (progress.target, progress.target_new, progress.target_again, *results, percent)


def _row_styles(kind: str) -> tuple[CellStyle, ...]:
    bold = kind != "line"
    count, percent = replace(_COUNT, bold=bold), replace(_PERCENT, bold=bold)
    text = count if kind == "total" else with_size(TEXT, 12, bold=bold)
    return (count, text, count, *((*([count] * 7), percent) * _BLOCKS), count)


def _signature(head: ReportHead, variant: str) -> Block:
    day, sign = f"{head.place}, {format_signature_date(head.made_on).lower()}", "(ký, ghi rõ họ tên)"
    signed = replace(REPORT_TITLE, size=12)
    refs = {
        "a": ("AB2:AG2", "AB3:AG3", "AC4:AF4"), "b": ("P3:S3", "P4:S4", "P5:S5"), "c": ("P3:S3", "O4:T4", "Q5")
    }[variant]  # fmt: skip
    signer = {
        "a": "Giám đốc/Trưởng phòng QLT…",
        "b": f"Giám đốc {head.name}",
        "c": "TRƯỞNG BAN QLT VÀ PT NGƯỜI THAM GIA",
    }[variant]
    return Block(
        areas=(
            CellArea(refs[0], day, DATE_LINE),
            CellArea(refs[1], signer, signed),
            CellArea(refs[2], sign, DATE_LINE, literal=True),
        ),
        rows=4 if variant == "a" else 5,
    )
