"""B09-TS as QĐ 366/QĐ-BHXH prints it."""

import pytest

from app.forms.layouts.b09 import SupportedRow, write_b09_sheet
from tests.forms.layouts.workbooks import LAST_QUARTER, cell_texts, merged_ranges, row_values, write_and_open

ROWS = (
    SupportedRow("part", "I", "BHXH tự nguyện", 2, 7_920_000, 2_772_000),
    SupportedRow("commune", "1", "Xã Thạch Lạc", 2, 7_920_000, 2_772_000),
    SupportedRow(
        "group",
        "a",
        "Người thuộc hộ nghèo, người đang sinh sống tại xã đảo, đặc khu",
        1,
        3_960_000,
        1_980_000,
    ),
    SupportedRow("part", "II", "BHTNLĐ tự nguyện", None, None, None),
    SupportedRow("total", "", "Cộng", 2, 7_920_000, 2_772_000),
)


@pytest.mark.parametrize(
    ("variant", "title"),
    [
        ("a", "BẢNG TỔNG HỢP NGƯỜI THAM GIA BHXH, BHTNLĐ TỰ NGUYỆN; NGÂN SÁCH NHÀ NƯỚC HỖ TRỢ"),
        ("b", "BẢNG TỔNG HỢP NGƯỜI THAM GIA THAM GIA BHXH, BHTNLĐ TỰ NGUYỆN; NGÂN SÁCH NHÀ NƯỚC HỖ TRỢ"),
    ],
)
class TestSheet:
    def test_headings_numbering_and_merges(self, variant, title):
        sheet = write_and_open(write_b09_sheet, LAST_QUARTER, variant, ROWS)
        assert sheet.title == f"Mẫu B09{variant}-TS"
        assert cell_texts(sheet, 1, 9) == {
            "A1": "BẢO HIỂM XÃ HỘI TỈNH HÀ TĨNH",
            "A2": "BẢO HIỂM XÃ HỘI CƠ SỞ THẠCH HÀ",
            "G1": f"Mẫu B09{variant}-TS",
            "G2": "(Ban hành kèm theo Quyết định số: 366/QĐ-BHXH\nngày 29/4/2026 của BHXH Việt Nam)",
            "A4": title,
            "A5": "Từ tháng 10 năm 2026 đến tháng 12 năm 2026",
            "A7": "STT", "B7": "Tên đơn vị", "C7": "Số người tham gia",
            "D7": "Số tiền phải đóng theo đăng ký của người tham gia", "E7": "Số tiền do người tham gia đóng",
            "F7": "Số tiền ngân sách nhà nước hỗ trợ đóng theo quy định",
            "G7": "Số tiền ngân sách nhà nước đã chuyển", "H7": "Số tiền ngân sách nhà nước chưa chuyển",
            "A9": "A", "B9": "B", "C9": 1, "D9": 2, "E9": "3=2-4", "F9": 4, "G9": 5, "H9": "6=5-4",
        }  # fmt: skip
        assert merged_ranges(sheet) == {
            "G1:H1", "G2:H2", "A4:H4", "A5:H5", "A7:A8", "B7:B8", "C7:C8", "D7:D8", "E7:E8", "F7:F8", "G7:G8", "H7:H8",
            "F16:H16", "F17:H17", "F18:H18",
        }  # fmt: skip

    def test_rows_and_signature(self, variant, title):
        sheet = write_and_open(write_b09_sheet, LAST_QUARTER, variant, ROWS)
        assert row_values(sheet, 10) == [
            "I",
            "BHXH tự nguyện",
            2,
            7_920_000,
            5_148_000,
            2_772_000,
            None,
            None,
        ]
        assert row_values(sheet, 12)[:1] + row_values(sheet, 12)[2:] == [
            "a",
            1,
            3_960_000,
            1_980_000,
            1_980_000,
            None,
            None,
        ]
        assert row_values(sheet, 13) == ["II", "BHTNLĐ tự nguyện", None, None, None, None, None, None]
        assert row_values(sheet, 14) == [None, "Cộng", 2, 7_920_000, 5_148_000, 2_772_000, None, None]
        assert [sheet.cell(number, 2).font.b for number in range(10, 15)] == [True, False, False, True, True]
        assert cell_texts(sheet, 15, 18) == {
            "F16": "Ngày 05 tháng 01 năm 2027", "F17": "GIÁM ĐỐC", "F18": "(Ký, ghi rõ họ tên, đóng dấu)",
        }  # fmt: skip
