"""B15-UQ: how targets were met, month by month (báo cáo kết quả thực hiện chỉ tiêu người tham gia BHXH, BHYT).

15a: the organisations of one office, each with its collectors; 15b: a province by offices and organisations; 15c: the
country by provinces, offices and organisations. The unions collect voluntary insurance and household cards: the
columns of compulsory insurance (1 to 8) and of work accidents (17 to 24) stay empty.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from app.exchange.forms.cells import HEAD, MIDDLE, NUMBERING, WORDS, Block, Layout, Look, Page, Spot, Value
from app.exchange.forms.report_parts import (
    BLANK,
    DATED,
    MINISTRY,
    OFFICE_OWN,
    TITLE,
    VIET_NAM,
    Head,
    day_words,
    form_name,
    letter,
    numbering,
    offices,
    period_words,
    printed,
    sized,
)
from app.exchange.forms.sheet import Book


@dataclass(frozen=True, slots=True)
class Progress:
    """People of one product. A target is None where none is set; cumulative: since the first of January."""

    target: int | None
    target_new: int | None
    target_again: int | None
    new: int
    again: int
    cumulative: int


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One line: an office or organisation (part), what stands under it (line), or the sum (total)."""

    kind: Literal["part", "line", "total"]
    no: str
    name: str
    code: str
    voluntary: Progress
    health: Progress


_FIRST, _STEP, _BLOCKS = 4, 8, 4
_NOTE: Final = letter(_FIRST + _STEP * _BLOCKS)
_BOLD: Final = sized(HEAD, 11, bold=True)
_SMALL: Final = replace(sized(MIDDLE, 11), italic=True)
_NUMBERS: Final = replace(sized(NUMBERING, 9), wrap=False)
_COUNT: Final = replace(sized(MIDDLE, 12), number="#,##0")
_PERCENT: Final = replace(sized(MIDDLE, 12), number="0.0")
_KINDS: Final = ("BHXH, BHTN, BHYT bắt buộc", "BHXH tự nguyện", "BHTNLĐ tự nguyện", "BHYT tự đóng")
_WIDTHS: Final = (5.7, 30.0, 20.0, *([8.0] * 33))
_NAMES: Final = {"a": "Tên tổ chức/\nnhân viên thu", "b": "Tên đơn vị", "c": "Tên đơn vị"}
_CODES: Final = {"a": "Mã tổ chức HTPTĐT/nhân viên thu", "b": "Mã tổ chức HTPTĐT", "c": "Mã tổ chức HTPTĐT"}
_TITLES: Final = {
    "a": ("A4:AJ4", "A5:AJ5", "BÁO CÁO KẾT QUẢ THỰC HIỆN CHỈ TIÊU NGƯỜI THAM GIA BHXH, BHYT"),
    "b": ("A4:AF4", "A5:AF5", "BÁO CÁO TỔNG HỢP KẾT QUẢ THỰC HIỆN CHỈ TIÊU NGƯỜI THAM GIA BHXH, BHYT"),
    "c": ("A4:AF4", "A5:AF5", "BÁO CÁO TỔNG HỢP KẾT QUẢ THỰC HIỆN CHỈ TIÊU NGƯỜI THAM GIA BHXH, BHYT"),
}
_NONE: Final[tuple[Value, ...]] = (None,) * _STEP


def write_progress(book: Book, head: Head, variant: str, rows: Iterable[ProgressRow]) -> None:
    """One of the sheets 15a-UQ, 15b-UQ, 15c-UQ (variant: a, b or c)."""
    title_at, period_at, title = _TITLES[variant]
    national = (Spot("A1", MINISTRY, OFFICE_OWN), Spot("A2", VIET_NAM, OFFICE_OWN))
    sheet = book.sheet(
        Layout(
            title=f"15{variant}-UQ",
            widths=_WIDTHS,
            heading=Block(
                spots=(
                    *(national if variant == "c" else offices(head)),
                    *((Spot("Q2:T3", None, BLANK),) if variant == "c" else ()),
                    *form_name(f"B15{variant}-UQ", "AF1:AJ1", "AF2:AJ3"),
                    Spot(title_at, title, TITLE, printed=True),
                    Spot(period_at, period_words(head), sized(DATED, 12)),
                    *_headings(variant),
                ),
                rows=11,
                heights={7: 19.5, 8: 19.5, 9: 17.25, 10: 45.0, 11: 12.0},
            ),
            looks=_looks("line"),
            repeated=(7, 11),
            page=Page(margins=(0.25, 0.25, 0.25, 0.25)),
        )
    )
    for row in rows:
        sheet.add(_values(row), _looks(row.kind))
    sheet.block(_signature(head, variant))


def _headings(variant: str) -> Iterator[Spot]:
    yield from printed(_BOLD, {"A7:A10": "TT", "B7:B10": _NAMES[variant], "C7:C10": _CODES[variant]})
    for number, kind in enumerate(_KINDS):
        at = [letter(_FIRST + _STEP * number + step) for step in range(_STEP)]
        # The official sheet joins the last heading over six columns only.
        end = at[5] if number == _BLOCKS - 1 else at[7]
        yield from printed(_BOLD, {f"{at[0]}7:{end}7": kind})
        if end == at[5]:
            yield from printed(_BOLD, {f"{at[6]}7": None, f"{at[7]}7": None})
        yield from printed(_SMALL, {
            f"{at[0]}8:{at[2]}8": "Chỉ tiêu cam kết theo hợp đồng",
            f"{at[3]}8:{at[6]}8": "Số thực hiện trong tháng",
            f"{at[7]}8:{at[7]}10": "Đạt tỷ lệ %",
            f"{at[0]}9:{at[0]}10": "Tổng số", f"{at[1]}9:{at[2]}9": "Trong đó",
            f"{at[1]}10": "Tăng mới ", f"{at[2]}10": "Tiếp tục tham gia",
            f"{at[3]}9:{at[3]}10": "Tổng số", f"{at[4]}9:{at[5]}9": "Trong đó",
            f"{at[4]}10": "Tăng mới ", f"{at[5]}10": "Tiếp tục tham gia",
            f"{at[6]}9:{at[6]}10": "Lũy kế",
        })  # fmt: skip
    yield from printed(_BOLD, {f"{_NOTE}7:{_NOTE}10": "Ghi chú"})
    yield from numbering(11, f"A B C {' '.join(_numbers())} 33", _NUMBERS)


def _numbers() -> Iterator[str]:
    for first in range(1, _STEP * _BLOCKS, _STEP):
        yield f"{first}={first + 1}+{first + 2}"
        yield from (str(first + 1), str(first + 2), f"{first + 3}={first + 4}+{first + 5}")
        yield from (str(first + 4), str(first + 5), str(first + 6), f"{first + 7}={first + 6}/{first}")


def _values(row: ProgressRow) -> tuple[Value, ...]:
    voluntary, health = _progress(row.voluntary), _progress(row.health)
    return (row.no, row.name, row.code, *_NONE, *voluntary, *_NONE, *health, None)


def _progress(of: Progress) -> tuple[Value, ...]:
    met = None
    if of.target:
        met = (Decimal(100 * of.cumulative) / of.target).quantize(Decimal("0.1"), ROUND_HALF_UP)
    done = (of.new + of.again, of.new, of.again, of.cumulative)
    return (of.target, of.target_new, of.target_again, *done, met)


def _looks(kind: str) -> tuple[Look, ...]:
    bold = kind != "line"
    count, percent = replace(_COUNT, bold=bold), replace(_PERCENT, bold=bold)
    words = count if kind == "total" else sized(WORDS, 12, bold=bold)
    return (count, words, count, *((*([count] * 7), percent) * _BLOCKS), count)


def _signature(head: Head, variant: str) -> Block:
    day, sign = f"{head.place}, {day_words(head.made_on).lower()}", "(ký, ghi rõ họ tên)"
    signed = replace(TITLE, size=12)
    at = {
        "a": ("AB2:AG2", "AB3:AG3", "AC4:AF4"), "b": ("P3:S3", "P4:S4", "P5:S5"), "c": ("P3:S3", "O4:T4", "Q5")
    }[variant]  # fmt: skip
    signer = {
        "a": "Giám đốc/Trưởng phòng QLT…",
        "b": f"Giám đốc {head.name}",
        "c": "TRƯỞNG BAN QLT VÀ PT NGƯỜI THAM GIA",
    }[variant]
    return Block(
        spots=(Spot(at[0], day, DATED), Spot(at[1], signer, signed), Spot(at[2], sign, DATED, printed=True)),
        rows=4 if variant == "a" else 5,
    )
