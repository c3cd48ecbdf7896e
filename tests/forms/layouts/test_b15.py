"""B15-UQ as QĐ 366/QĐ-BHXH prints it."""

from decimal import Decimal

import pytest

from app.forms.layouts.b15 import ProgressRow, TargetProgress, write_b15_sheet
from tests.forms.layouts.workbooks import NOVEMBER, cell_texts, merged_ranges, row_values, write_and_open

DONE = TargetProgress(200, 80, 120, 7, 12, 155)
UNSET = TargetProgress(None, None, None, 0, 1, 1)
ROWS = (
    ProgressRow("part", "I", "Hội Phụ nữ xã Thạch Lạc", "HPN-18628", DONE, UNSET),
    ProgressRow("line", "1", "Nguyễn Thị Thử", "thu.nguyen", UNSET, UNSET),
    ProgressRow("total", "", "Cộng:", "", DONE, UNSET),
)
_EIGHT = (
    "DEFGHIJK",
    "LMNOPQRS",
    ("T", "U", "V", "W", "X", "Y", "Z", "AA"),
    ("AB", "AC", "AD", "AE", "AF", "AG", "AH", "AI"),
)
NUMBERING = [
    "A", "B", "C", "1=2+3", 2, 3, "4=5+6", 5, 6, 7, "8=7/1", "9=10+11", 10, 11, "12=13+14", 13, 14, 15, "16=15/9",
    "17=18+19", 18, 19, "20=21+22", 21, 22, 23, "24=23/17", "25=26+27", 26, 27, "28=29+30", 29, 30, 31, "32=31/25", 33,
]  # fmt: skip
TITLES = {
    "a": "BÁO CÁO KẾT QUẢ THỰC HIỆN CHỈ TIÊU NGƯỜI THAM GIA BHXH, BHYT",
    "b": "BÁO CÁO TỔNG HỢP KẾT QUẢ THỰC HIỆN CHỈ TIÊU NGƯỜI THAM GIA BHXH, BHYT",
    "c": "BÁO CÁO TỔNG HỢP KẾT QUẢ THỰC HIỆN CHỈ TIÊU NGƯỜI THAM GIA BHXH, BHYT",
}


def expected_headings(variant: str) -> dict[str, str]:
    """Rows 7 to 10 as printed."""
    texts = {
        "A7": "TT",
        "B7": "Tên tổ chức/\nnhân viên thu" if variant == "a" else "Tên đơn vị",
        "C7": "Mã tổ chức HTPTĐT/nhân viên thu" if variant == "a" else "Mã tổ chức HTPTĐT",
        "AJ7": "Ghi chú",
    }
    kinds = ("BHXH, BHTN, BHYT bắt buộc", "BHXH tự nguyện", "BHTNLĐ tự nguyện", "BHYT tự đóng")
    for at, kind in zip(_EIGHT, kinds, strict=True):
        texts |= {
            f"{at[0]}7": kind, f"{at[0]}8": "Chỉ tiêu cam kết theo hợp đồng", f"{at[3]}8": "Số thực hiện trong tháng",
            f"{at[7]}8": "Đạt tỷ lệ %", f"{at[0]}9": "Tổng số", f"{at[1]}9": "Trong đó", f"{at[3]}9": "Tổng số",
            f"{at[4]}9": "Trong đó", f"{at[6]}9": "Lũy kế", f"{at[1]}10": "Tăng mới ", f"{at[2]}10": "Tiếp tục tham gia",
            f"{at[4]}10": "Tăng mới ", f"{at[5]}10": "Tiếp tục tham gia",
        }  # fmt: skip
    return texts


HEADING_MERGES = {
    "A7:A10", "B7:B10", "C7:C10", "AJ7:AJ10", "D7:K7", "L7:S7", "T7:AA7", "AB7:AG7", "D8:F8", "G8:J8", "K8:K10",
    "D9:D10", "E9:F9", "G9:G10", "H9:I9", "J9:J10", "L8:N8", "O8:R8", "S8:S10", "L9:L10", "M9:N9", "O9:O10", "P9:Q9",
    "R9:R10", "T8:V8", "W8:Z8", "AA8:AA10", "T9:T10", "U9:V9", "W9:W10", "X9:Y9", "Z9:Z10", "AB8:AD8", "AE8:AH8",
    "AI8:AI10", "AB9:AB10", "AC9:AD9", "AE9:AE10", "AF9:AG9", "AH9:AH10", "AF1:AJ1", "AF2:AJ3",
}  # fmt: skip


@pytest.mark.parametrize(
    ("variant", "own_merges", "footer"),
    [
        (
            "a",
            {"A4:AJ4", "A5:AJ5", "AB16:AG16", "AB17:AG17", "AC18:AF18"},
            {
                "AB16": "Hà Tĩnh, ngày 05 tháng 12 năm 2026",
                "AB17": "Giám đốc/Trưởng phòng QLT…",
                "AC18": "(ký, ghi rõ họ tên)",
            },
        ),
        (
            "b",
            {"A4:AF4", "A5:AF5", "P17:S17", "P18:S18", "P19:S19"},
            {
                "P17": "Hà Tĩnh, ngày 05 tháng 12 năm 2026",
                "P18": "Giám đốc Bảo hiểm xã hội cơ sở Thạch Hà",
                "P19": "(ký, ghi rõ họ tên)",
            },
        ),
        (
            "c",
            {"A4:AF4", "A5:AF5", "Q2:T3", "P17:S17", "O18:T18"},
            {
                "P17": "Hà Tĩnh, ngày 05 tháng 12 năm 2026",
                "O18": "TRƯỞNG BAN QLT VÀ PT NGƯỜI THAM GIA",
                "Q19": "(ký, ghi rõ họ tên)",
            },
        ),
    ],
)
def test_headings_merges_and_signature(variant, own_merges, footer):
    sheet = write_and_open(write_b15_sheet, NOVEMBER, variant, ROWS)
    assert sheet.title == f"15{variant}-UQ"
    assert (sheet["A4"].value, sheet["A5"].value) == (TITLES[variant], "Tháng 11 năm 2026")
    over = ("BỘ TÀI CHÍNH", "BẢO HIỂM XÃ HỘI VIỆT NAM")
    own = ("BẢO HIỂM XÃ HỘI TỈNH HÀ TĨNH", "BẢO HIỂM XÃ HỘI CƠ SỞ THẠCH HÀ")
    assert (sheet["A1"].value, sheet["A2"].value) == (over if variant == "c" else own)
    assert cell_texts(sheet, 7, 10) == expected_headings(variant)
    assert row_values(sheet, 11) == NUMBERING
    assert cell_texts(sheet, 15, 20) == footer
    assert merged_ranges(sheet) == HEADING_MERGES | own_merges


def test_rows_leave_what_is_not_collected_empty():
    sheet = write_and_open(write_b15_sheet, NOVEMBER, "a", ROWS)
    none = [None] * 8
    first = row_values(sheet, 12)
    assert first[:11] == ["I", "Hội Phụ nữ xã Thạch Lạc", "HPN-18628", *none]
    assert first[11:19] == [200, 80, 120, 19, 7, 12, 155, 77.5]
    assert first[19:] == [*none, None, None, None, 1, 0, 1, 1, None, None]
    assert row_values(sheet, 14)[:3] == [None, "Cộng:", None]
    assert [sheet.cell(number, 2).font.b for number in (12, 13, 14)] == [True, False, True]


def test_percent_is_rounded_half_up():
    third = ProgressRow(
        "line",
        "1",
        "",
        "",
        TargetProgress(2000, None, None, 0, 0, 1305),
        TargetProgress(0, None, None, 0, 0, 5),
    )
    cells = row_values(write_and_open(write_b15_sheet, NOVEMBER, "a", [third]), 12)
    assert Decimal(str(cells[18])) == Decimal("65.3")
    assert cells[34] is None
