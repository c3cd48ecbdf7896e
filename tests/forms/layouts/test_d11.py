"""D11-TS and its summaries as QĐ 366/QĐ-BHXH prints them."""

from decimal import Decimal

import pytest

from app.forms.layouts.d11 import RemunerationLine, RemunerationSums, write_d11_sheet
from app.forms.layouts.d11_summary import RemunerationRow, write_d11_summary
from tests.forms.layouts.workbooks import (
    LAST_QUARTER,
    NOVEMBER,
    YEAR,
    cell_texts,
    merged_ranges,
    row_values,
    write_and_open,
)


def make_earned_premium(
    *,
    first: bool,
    rate: str | None,
    paid: int = 0,
    due: int = 0,
    months: int = 0,
    back: int = 0,
    taken: int = 0,
):
    share = None if rate is None else Decimal(rate)
    return RemunerationLine(
        "thu.nguyen",
        "Nguyễn Thị Thử",
        "79",
        330_000,
        "12 tháng",
        first,
        share,
        paid,
        due,
        months,
        back,
        taken,
    )


ROWS = (
    make_earned_premium(first=True, rate="18", paid=2_376_000, due=427_680),
    make_earned_premium(first=False, rate="9", paid=1_000_000, due=90_000),
    make_earned_premium(first=True, rate="18", months=8, back=1_584_000, taken=285_120),
    make_earned_premium(first=False, rate=None, months=4, back=500_000, taken=0),
)
WHO = ["thu.nguyen", "Nguyễn Thị Thử", "79", 330_000]


class TestDetail:
    def test_headings_numbering_and_merges(self):
        sheet = write_and_open(write_d11_sheet, NOVEMBER, ROWS)
        assert sheet.title == "D11-TS"
        assert cell_texts(sheet, 1, 10) == {
            "A1": "BẢO HIỂM XÃ HỘI TỈNH HÀ TĨNH",
            "A2": "BẢO HIỂM XÃ HỘI CƠ SỞ THẠCH HÀ",
            "R1": "Mẫu D11-TS",
            "R2": "(Ban hành kèm theo Quyết định số: 366/QĐ-BHXH\nngày 29/4/2026 của BHXH Việt Nam)",
            "A4": "BẢNG CHI TIẾT SỐ PHẢI CHI THÙ LAO CHO TỔ CHỨC HỖ TRỢ PHÁT TRIỂN ĐỐI TƯỢNG",
            "A5": "Đợt phát sinh: từ 01/11/2026 đến 30/11/2026",
            "A6": "Mã đơn vị: HPN-18628; Tên đơn vị: Hội Liên hiệp Phụ nữ xã Thạch Lạc",
            "A8": "STT", "B8": "Mã nhân viên thu", "C8": "Họ và tên người tham gia", "D8": "Mã số BHXH", "E8": "Mức đóng",
            "F8": "Phải chi thù lao", "O8": "Thu hồi thù lao", "F9": "Phương thức đóng", "G9": "Tham gia lần đầu",
            "J9": "Tiếp tục tham gia", "M9": "Tổng số tiền NTG đóng", "N9": "Tổng số tiền phải chi thù lao",
            "O9": "Số tháng hoàn trả", "P9": "Tham gia lần đầu", "S9": "Tiếp tục tham gia",
            "V9": "Tổng số tiền phải hoàn trả NTG", "W9": "Tổng số tiền phải thu hồi thù lao ",
            "G10": "Số tiền NTG đóng", "H10": "Tỷ lệ % thù lao", "I10": "Số tiền phải chi thù lao",
            "J10": "Số tiền NTG đóng", "K10": "Tỷ lệ % thù lao", "L10": "Số tiền phải chi thù lao",
            "P10": "Số tiền phải hoàn trả NTG", "Q10": "Tỷ lệ % thù lao", "R10": "Số tiền phải thu hồi thù lao ",
            "S10": "Số tiền phải hoàn trả NTG", "T10": "Tỷ lệ % thù lao", "U10": "Số tiền phải thu hồi thù lao ",
        }  # fmt: skip
        assert row_values(sheet, 11) == [
            "A", "B", "C", "1", "2", "3", "4", "5", "6=4x5", "7", "8", "9=7x8", "10=4+7", "11=6+9", "12", "13", "14",
            "15=13x14", "16", "17", "18=16*17", "19=13+16", "20=15+18",
        ]  # fmt: skip
        assert merged_ranges(sheet) == {
            "R1:W1", "R2:W3", "A4:W4", "A5:W5", "F7:W7", "A8:A10", "B8:B10", "C8:C10", "D8:D10", "E8:E10", "F8:N8",
            "O8:W8", "F9:F10", "G9:I9", "J9:L9", "M9:M10", "N9:N10", "O9:O10", "P9:R9", "S9:U9", "V9:V10", "W9:W10",
            "A16:C16", "I18:W18", "I19:W19",
        }  # fmt: skip

    def test_first_and_again_payments_and_refunds_have_their_columns(self):
        sheet, none = write_and_open(write_d11_sheet, NOVEMBER, ROWS), [None] * 3
        first = [2_376_000, 18, 427_680]
        assert row_values(sheet, 12) == [
            1,
            *WHO,
            "12 tháng",
            *first,
            *none,
            2_376_000,
            427_680,
            None,
            *none,
            *none,
            None,
            None,
        ]
        again = [1_000_000, 9, 90_000]
        assert row_values(sheet, 13) == [
            2,
            *WHO,
            "12 tháng",
            *none,
            *again,
            1_000_000,
            90_000,
            None,
            *none,
            *none,
            None,
            None,
        ]
        back = [1_584_000, 18, 285_120]
        assert row_values(sheet, 14) == [
            3,
            *WHO,
            None,
            *none,
            *none,
            None,
            None,
            8,
            *back,
            *none,
            1_584_000,
            285_120,
        ]
        unpaid = [500_000, None, 0]
        assert row_values(sheet, 15) == [
            4,
            *WHO,
            None,
            *none,
            *none,
            None,
            None,
            4,
            *none,
            *unpaid,
            500_000,
            0,
        ]

    def test_sums_and_signature(self):
        sheet = write_and_open(write_d11_sheet, NOVEMBER, ROWS)
        assert cell_texts(sheet, 16, 16) == {
            "A16": "Tổng cộng:", "G16": 2_376_000, "I16": 427_680, "J16": 1_000_000, "L16": 90_000, "M16": 3_376_000,
            "N16": 517_680, "P16": 1_584_000, "R16": 285_120, "S16": 500_000, "U16": 0, "V16": 2_084_000, "W16": 285_120,
        }  # fmt: skip
        assert cell_texts(sheet, 17, 20) == {
            "I18": "Ngày 05 tháng 12 năm 2026",
            "I19": "GIÁM ĐỐC BHXH CƠ SỞ/\nTP QUẢN LÝ THU VÀ PHÁT TRIỂN NGƯỜI THAM GIA",
            "P20": "(Ký, ghi rõ họ tên)",
        }


SUMS = RemunerationSums(1, 2_376_000, 427_680, 2, 1_000_000, 90_000, 1_584_000, 285_120, 500_000, 45_000)
LINES = (
    RemunerationRow("part", "", "", "A. BHXH tự nguyện", SUMS),
    RemunerationRow("line", "1", "HPN-18628", "Hội Phụ nữ xã Thạch Lạc", SUMS),
    RemunerationRow("part", "", "", "B. BHTNLĐ tự nguyện", None),
    RemunerationRow("total", "", "", "Tổng cộng", SUMS),
)
MONEY = [
    1, 2_376_000, 427_680, 2, 1_000_000, 90_000, 3_376_000, 517_680, 1_584_000, 285_120, 500_000, 45_000, 2_084_000, 330_120,
]  # fmt: skip


class TestSummary:
    @pytest.mark.parametrize(
        ("kind", "head", "period"),
        [
            ("t", NOVEMBER, "Tháng 11 năm 2026"),
            ("q", LAST_QUARTER, "Quý IV năm 2026"),
            ("n", YEAR, "Năm 2026"),
        ],
    )
    @pytest.mark.parametrize(
        ("level", "office", "signer"),
        [
            (
                "a",
                "BẢO HIỂM XÃ HỘI TỈNH HÀ TĨNH",
                ("L", "GIÁM ĐỐC BHXH CƠ SỞ/\nTP QUẢN LÝ THU VÀ PHÁT TRIỂN NGƯỜI THAM GIA", "P"),
            ),
            ("b", "BẢO HIỂM XÃ HỘI TỈNH HÀ TĨNH", ("M", "GIÁM ĐỐC BHXH TỈNH", "O")),
            ("c", "BỘ TÀI CHÍNH", ("L", "TB QUẢN LÝ THU VÀ PHÁT TRIỂN NGƯỜI THAM GIA", "P")),
        ],
    )
    def test_headings_merges_and_signature(self, kind, head, period, level, office, signer):
        sheet = write_and_open(write_d11_summary, head, level + kind, LINES)
        assert sheet.title == f"D11{level}{kind}-TS"
        assert (sheet["A1"].value, sheet["M1"].value) == (office, f"Mẫu D11{level}{kind}-TS")
        assert cell_texts(sheet, 4, 9) == {
            "A4": "BẢNG TỔNG HỢP SỐ PHẢI CHI THÙ LAO CHO TỔ CHỨC HỖ TRỢ PHÁT TRIỂN ĐỐI TƯỢNG",
            "A5": period,
            "A7": "STT", "B7": "Mã đơn vị", "C7": "Tên đơn vị", "D7": "Phải trả thù lao", "L7": "Thu hồi thù lao",
            "D8": "Tham gia lần đầu", "G8": "Tiếp tục tham gia", "J8": "Tổng số tiền NTG đóng",
            "K8": "Tổng số tiền phải chi thù lao", "L8": "Tham gia lần đầu", "N8": "Tiếp tục tham gia",
            "P8": "Tổng số tiền phải hoàn trả NTG", "Q8": "Tổng số tiền phải thu hồi thù lao ", "D9": "Số người",
            "E9": "Số tiền NTG đóng", "F9": "Số tiền phải chi thù lao", "G9": "Số người", "H9": "Số tiền NTG đóng",
            "I9": "Số tiền phải chi thù lao", "L9": "Số tiền phải hoàn trả NTG", "M9": "Số tiền phải thu hồi thù lao ",
            "N9": "Số tiền phải hoàn trả NTG", "O9": "Số tiền phải thu hồi thù lao ",
        }  # fmt: skip
        assert row_values(sheet, 10) == [
            "A", "B", "C", "1", "2", "3", "4", "5", "6", "7=2+5", "8=3+6", "9", "10", "11", "12", "13=9+11", "14=10+12",
        ]  # fmt: skip
        left, words_of, right = signer
        assert cell_texts(sheet, 15, 18) == {
            "M16": f"Ngày 05 tháng {'12 năm 2026' if kind == 't' else '01 năm 2027'}",
            f"{left}17": words_of,
            "N18": "(Ký, ghi rõ họ tên)",
        }
        assert merged_ranges(sheet) == {
            "M1:Q1", "M2:Q3", "A4:Q4", "A5:Q5", "A7:A9", "B7:B9", "C7:C9", "D7:K7", "L7:Q7", "D8:F8", "G8:I8", "J8:J9",
            "K8:K9", "L8:M8", "N8:O8", "P8:P9", "Q8:Q9", "A14:C14", "M16:O16", f"{left}17:{right}17",
        }  # fmt: skip

    def test_parts_units_and_the_whole(self):
        sheet = write_and_open(write_d11_summary, NOVEMBER, "at", LINES)
        assert row_values(sheet, 11) == ["A. BHXH tự nguyện", None, None, *MONEY]
        assert row_values(sheet, 12) == ["1", "HPN-18628", "Hội Phụ nữ xã Thạch Lạc", *MONEY]
        assert row_values(sheet, 13) == ["B. BHTNLĐ tự nguyện", *([None] * 16)]
        assert row_values(sheet, 14) == ["Tổng cộng", None, None, *MONEY]
