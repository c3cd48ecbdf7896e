"""C21-TS as QĐ 366/QĐ-BHXH prints it."""

import pytest

from app.forms.layouts.c21 import StoppedCount, StoppedPerson, write_c21_counts, write_c21_people
from tests.forms.layouts.workbooks import NOVEMBER, cell_texts, merged_ranges, row_values, write_and_open

PERSON = StoppedPerson(
    commune_code="18628",
    full_name="Nguyễn Thị Thử",
    insurance_no="7901234567",
    voluntary=True,
    health=False,
    month="11/2026",
    organisation_code="HPN-18628",
    address="Thôn Bắc Hải, Xã Thạch Lạc",
    phone="0912000111",
)


class TestPeople:
    def test_headings_numbering_and_merges(self):
        sheet = write_and_open(write_c21_people, NOVEMBER, [PERSON])
        assert sheet.title == "C21a-TS"
        assert cell_texts(sheet, 1, 10) == {
            "A1": "BẢO HIỂM XÃ HỘI TỈNH HÀ TĨNH",
            "A2": "BẢO HIỂM XÃ HỘI CƠ SỞ THẠCH HÀ",
            "J1": "Mẫu C21a-TS",
            "J2": "(Ban hành kèm theo Quyết định số: 366/QĐ-BHXH\nngày 29/4/2026 của BHXH Việt Nam)",
            "A4": "DANH SÁCH DỪNG THAM GIA BHXH, BHYT, BHTN CHƯA THAM GIA LẠI",
            "A5": "Tháng 11 năm 2026",
            "A7": "STT", "B7": "Mã xã", "C7": "Họ và tên", "D7": "Mã số BHXH", "E7": "Loại hình tham gia",
            "I7": "Tháng dừng tham gia", "J7": "Mã đơn vị tại thời điểm dừng", "K7": "Địa chỉ", "L7": "Số điện thoại",
            "E8": "BHXH", "G8": "BHYT", "H8": "BHTN", "E9": "Bắt buộc", "F9": "Tự nguyện",
            "A10": "A", "B10": "B", "C10": "C", "D10": 1, "E10": 2, "F10": 3, "G10": 4, "H10": 5, "I10": 6, "J10": 7,
            "K10": 8, "L10": 9,
        }  # fmt: skip
        assert merged_ranges(sheet) == {
            "J1:L1", "J2:L3", "A4:L4", "A5:L5", "A6:L6", "A7:A9", "B7:B9", "C7:C9", "D7:D9", "E7:H7", "E8:F8", "G8:G9",
            "H8:H9", "I7:I9", "J7:J9", "K7:K9", "L7:L9",
        }  # fmt: skip

    def test_a_person_is_marked_for_what_stopped(self):
        sheet = write_and_open(write_c21_people, NOVEMBER, [PERSON])
        assert row_values(sheet, 11) == [
            1, "18628", "Nguyễn Thị Thử", "7901234567", None, "x", None, None, "11/2026", "HPN-18628",
            "Thôn Bắc Hải, Xã Thạch Lạc", "0912000111",
        ]  # fmt: skip

    def test_a_name_is_no_formula(self):
        named = StoppedPerson("18628", "=1+1", None, False, True, "11/2026", "", "@home", None)
        cells = row_values(write_and_open(write_c21_people, NOVEMBER, [named]), 11)
        assert (cells[2], cells[6], cells[10]) == ("'=1+1", "x", "'@home")


class TestCounts:
    LINES = (
        StoppedCount("", "BHXH-42", "BHXH tỉnh", 3, 2, True),
        StoppedCount("1", "18628", "Xã Thạch Lạc", 3, 2, False),
    )

    @pytest.mark.parametrize(
        ("variant", "dated", "signer"),
        [
            (
                "b",
                ("C14", "Ngày 05 tháng 12 năm 2026"),
                "GIÁM ĐỐC BHXH CƠ SỞ/\nTP QUẢN LÝ THU VÀ PHÁT TRIỂN NGƯỜI THAM GIA",
            ),
            ("c", ("D14", "Ngày 05 tháng 12 năm 2026"), "GIÁM ĐỐC BHXH TỈNH"),
            (
                "d",
                ("D14", "Hà Tĩnh, Ngày 05 tháng 12 năm 2026"),
                "TB. QUẢN LÝ THU VÀ PHÁT TRIỂN NGƯỜI THAM GIA",
            ),
        ],
    )
    def test_headings_lines_and_signature(self, variant, dated, signer):
        sheet = write_and_open(write_c21_counts, NOVEMBER, variant, self.LINES)
        assert sheet.title == f"C21{variant}-TS"
        assert sheet["D1"].value == f"Mẫu C21{variant}-TS"
        assert sheet["A1"].value == (
            "BẢO HIỂM XÃ HỘI VIỆT NAM" if variant == "d" else "BẢO HIỂM XÃ HỘI TỈNH HÀ TĨNH"
        )
        assert cell_texts(sheet, 4, 10) == {
            "A4": "TỔNG HỢP DANH SÁCH GIẢM NGƯỜI THAM GIA BHXH, BHYT, BHTN CHƯA THAM GIA LẠI",
            "A5": "Tháng 11 năm 2026",
            "A7": "STT", "B7": "Mã đơn vị", "C7": "Tên đơn vị", "D7": "Loại hình tham gia", "D8": "BHXH", "F8": "BHYT",
            "G8": "BHTN", "D9": "Bắt buộc", "E9": "Tự nguyện",
            "A10": "A", "B10": "B", "C10": "C", "D10": 1, "E10": 2, "F10": 3, "G10": 4,
        }  # fmt: skip
        assert row_values(sheet, 11) == [None, "BHXH-42", "BHXH tỉnh", None, 3, 2, None]
        assert row_values(sheet, 12) == ["1", "18628", "Xã Thạch Lạc", None, 3, 2, None]
        assert (sheet["C11"].font.b, sheet["C12"].font.b) == (True, False)
        place, day = dated
        assert cell_texts(sheet, 13, 16) == {place: day, f"{place[0]}15": signer}
        assert merged_ranges(sheet) == {
            "D1:G1", "D2:G3", "A4:G4", "A5:G5", "A6:G6", "A7:A9", "B7:B9", "C7:C9", "D7:G7", "D8:E8", "F8:F9", "G8:G9",
            f"{place}:G14", f"{place[0]}15:G15", "D16:G16",
        }  # fmt: skip
