"""D05-TS cell by cell, as printed in QĐ 366/QĐ-BHXH, and the layout before it."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.forms.layouts import d05, d05_2017
from app.forms.layouts.sheet import FormWorkbook
from app.forms.layouts.texts import ListHead

HEAD = ListHead("Hội LHPN xã Mai Hoa", "HPN-18322", 7, date(2026, 11, 21), "Trần Thị Lan", "NV01")
TEXTS_366 = {
    "A1": "Tên tổ chức: Hội LHPN xã Mai Hoa", "A2": "Mã tổ chức : HPN-18322",
    "A3": "Họ và tên nhân viên thu: Trần Thị Lan", "A4": "Mã nhân viên thu: NV01",
    "A6": "DANH SÁCH THAM GIA BẢO HIỂM XÃ HỘI TỰ NGUYỆN", "A7": "Số: 7/2026 ; ngày 21 tháng 11 năm 2026",
    "A9": "STT", "B9": "Họ và tên", "C9": "Mã số BHXH", "D9": "Ngày/ tháng/ năm sinh", "E9": "Phương thức đóng",
    "G9": "Mức thu nhập tháng đóng BHXH", "H9": "Số tiền đóng", "O9": "Hình thức nhận kết quả",
    "P9": "Loại tăng, giảm, điều chỉnh", "Q9": "Ghi chú", "H10": "Số tiền phải đóng theo quy định",
    "I10": "Trong đó", "E11": "Từ tháng/ năm", "F11": "Số tháng", "I11": "Người tham gia đóng", "J11": "Hỗ trợ",
    "J12": "Tỷ lệ NSNN hỗ trợ theo quy định (%)", "K12": "NSNN hỗ trợ thêm", "M12": "Hỗ trợ khác",
    "K13": "Tỷ lệ (%)", "L13": "Số tiền", "M13": "Tỷ lệ (%)", "N13": "Số tiền",
    "A14": "A", "B14": "B", "C14": 1, "D14": 2, "E14": 3, "F14": 4, "G14": 5, "H14": 6, "I14": 7, "J14": 8, "K14": 9,
    "L14": 10, "M14": 11, "N14": 12, "O14": 13, "P14": 14, "Q14": 15,
    "B20": "Cộng", "A22": "Đề nghi cơ quan BHXH  thanh toán thù lao theo quy định.",
    "J22": "TỔ CHỨC LẬP DANH SÁCH", "J23": "(Ký, ghi rõ họ tên, đóng dấu)",
}  # fmt: skip
MERGED_366 = {
    "A6:Q6", "A7:Q7", "A9:A13", "B9:B13", "C9:C13", "D9:D13", "E9:F10", "E11:E13", "F11:F13", "G9:G13", "H9:N9",
    "H10:H13", "I10:N10", "I11:I13", "J11:N11", "J12:J13", "K12:L12", "M12:N12", "O9:O13", "P9:P13", "Q9:Q13",
    "A22:I22", "J22:Q22", "A23:I23", "J23:Q23",
}  # fmt: skip
PERSON = d05.D05Participant(
    full_name="Nguyễn Thị Đào", social_insurance_no="4215000123", birth_date=date(1984, 3, 2),
    from_month=date(2026, 12, 1), months=12, monthly_income=1_500_000, amount_due=3_960_000,
    participant_pays=1_480_000, support_rate=Decimal(40), extra_rate=Decimal(10), extra_amount=396_000,
    other_rate=None, other_amount=500_000, receive_as="Bản điện tử", change="Đóng tiếp", note="BL 12",
)  # fmt: skip
TOTALS = {"amount_due": 19_800_000, "participant_pays": 7_400_000, "extra_amount": 0, "other_amount": 5}


@pytest.fixture(scope="module")
def sheet():
    """Five rows, as the official file has room for."""
    with FormWorkbook() as book:
        created = book.add_sheet(d05.build_d05_layout(HEAD))
        created.add_rows(PERSON.cells(position) for position in range(1, 6))
        created.add_block(d05.build_d05_footer(TOTALS))
        file = BytesIO()
        book.save(file)
    return load_workbook(file)["D05-TS"]


class TestD05:
    @pytest.mark.parametrize(("place", "words"), TEXTS_366.items())
    def test_says_what_the_decision_prints(self, sheet, place, words):
        assert sheet[place].value == words

    def test_merges_as_the_decision_does(self, sheet):
        assert {str(merged) for merged in sheet.merged_cells.ranges} - {
            "L1:Q1",
            "L2:Q3",
            "A29:Q29",
        } == MERGED_366

    def test_headings_are_bold_numbers_slanted_all_framed(self, sheet):
        for place in TEXTS_366:
            cell = sheet[place]
            if 9 <= cell.row <= 13:
                assert cell.font.b
            if 9 <= cell.row <= 20:
                assert cell.border.top.style == cell.border.left.style == "thin"
            if cell.row == 14:
                assert cell.font.i

    def test_a_row_fills_every_column(self, sheet):
        assert [cell.value for cell in sheet[15]] == [
            1, "Nguyễn Thị Đào", "4215000123", "02/03/1984", "12/2026", 12, 1_500_000, 3_960_000, 1_480_000, 40, 10,
            396_000, None, 500_000, "Bản điện tử", "Đóng tiếp", "BL 12",
        ]  # fmt: skip
        assert sheet["A19"].value == 5

    def test_totals_are_values(self, sheet):
        assert [sheet[f"{column}20"].value for column in "HILN"] == [19_800_000, 7_400_000, 0, 5]
        assert all(sheet[f"{column}20"].data_type == "n" for column in "HILN")

    def test_unknown_collector_leaves_dots(self):
        with FormWorkbook() as book:
            book.add_sheet(d05.build_d05_layout(ListHead("Hội", "H", 1, date(2026, 5, 1))))
            file = BytesIO()
            book.save(file)
        assert load_workbook(file)["D05-TS"]["A4"].value == "Mã nhân viên thu: " + "." * 38

    def test_first_page_rows_are_repeated(self, sheet):
        assert sheet.print_title_rows == "$9:$14"
        assert sheet.page_setup.orientation == "landscape"


TEXTS_595 = {
    "A6": "DANH SÁCH NGƯỜI THAM GIA BẢO HIỂM XÃ HỘI TỰ NGUYỆN", "A9": "STT", "B9": "Họ và tên", "C9": "Mã số BHXH",
    "D9": "Mức thu nhập tháng đóng BHXH", "E9": "Phương thức đóng", "E10": "Từ tháng", "F10": "Số tháng",
    "G9": "Số tiền đóng", "G10": "Tổng số", "H10": "Trong đó", "H11": "Người tham gia đóng", "I11": "NSNN hỗ trợ",
    "J9": "Loại", "A12": "A", "B12": "B", "C12": "C", "D12": 1, "E12": 2, "F12": 3, "G12": "4=5+6", "H12": 5, "I12": 6,
    "J12": 7, "B14": "Cộng", "G14": 3, "H14": 2, "I14": 1, "G16": "TỔ CHỨC LẬP DANH SÁCH",
}  # fmt: skip


class TestD05Before:
    @pytest.fixture
    def sheet(self):
        row = d05_2017.D05Participant2017(
            "Trần Thị Hai",
            None,
            800_000,
            date(2019, 1, 1),
            12,
            2_112_000,
            462_000,
            1_650_000,
            "Đóng tiếp",
            None,
        )
        with FormWorkbook() as book:
            created = book.add_sheet(d05_2017.build_d05_2017_layout(HEAD))
            created.add_row(row.cells(1))
            created.add_block(
                d05_2017.build_d05_2017_footer({"amount_due": 3, "participant_pays": 2, "support": 1})
            )
            file = BytesIO()
            book.save(file)
        return load_workbook(file)["D05-TS"]

    @pytest.mark.parametrize(("place", "words"), TEXTS_595.items())
    def test_says_what_the_decision_says(self, sheet, place, words):
        assert sheet[place].value == words

    def test_column_4_is_the_sum_of_5_and_6(self, sheet):
        total, pays, support = (sheet[f"{column}13"].value for column in "GHI")
        assert total == pays + support == 2_112_000
