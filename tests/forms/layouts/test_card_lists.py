"""Mẫu số 3 and Mẫu số 4 cell by cell, as printed with NĐ 188/2025/NĐ-CP."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.forms.layouts import card_list, household_list
from app.forms.layouts.sheet import FormWorkbook
from app.forms.layouts.texts import ListHead

HEAD = ListHead("Hội LHPN xã Mai Hoa", "HPN-18322", 3, date(2026, 11, 21))
TEXTS_3 = {
    "A1": "Tên cơ quan/tổ chức: Hội LHPN xã Mai Hoa", "F1": "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "F2": "Độc lập - Tự do - Hạnh phúc", "M3": "Mẫu số 3", "A5": "DANH SÁCH ĐỐI TƯỢNG THAM GIA BẢO HIỂM Y TẾ",
    "A6": "Số: 3/2026 ; ngày 21 tháng 11 năm 2026",
    "A8": "STT", "B8": "Họ và tên", "C8": "Mã số bảo hiểm y tế", "D8": "Số căn cước công dân/ Định danh cá nhân",
    "E8": "Nơi đăng ký khám chữa bệnh ban đầu", "F8": "Mức đóng", "F9": "Tiền lương", "G9": "Phụ cấp",
    "G10": "Chức vụ", "H10": "Thâm niên vượt khung (%)", "I10": "Thâm niên nghề (%)",
    "J9": "Các khoản phụ cấp lương và thu nhập bổ sung", "K8": "Tháng tham gia",
    "L8": "Tỷ lệ ngân sách nhà nước hỗ trợ (%)", "M8": "Loại thẻ bảo hiểm y tế", "M9": "Bản điện tử",
    "N9": "Bản giấy", "O8": "Ghi chú", "A11": "A", "B11": "B", "C11": 1, "O11": 13, "A12": "(1)", "B12": "Tăng",
    "A16": "Đề nghi cơ quan BHXH  thanh toán thù lao theo quy định.", "H16": "CƠ QUAN/TỔ CHỨC LẬP DANH SÁCH",
    "H17": "(Ký, ghi rõ họ tên, đóng dấu)",
}  # fmt: skip
TEXTS_4 = {
    "F1": "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "F2": "Độc lập - Tự do - Hạnh phúc", "I4": "Mẫu số 4",
    "A6": "DANH SÁCH THÀNH VIÊN HỘ GIA ĐÌNH", "A7": "THAM GIA BẢO HIỂM Y TẾ",
    "B9": "Họ và tên chủ hộ: Trần Văn Hùng số điện thoại (nếu có): " + "." * 17,
    "B10": "Địa chỉ: Số nhà, đường/phố, thôn/xóm: Thôn 3",
    "B11": "Xã, phường, đặc khu: Xã Mai Hoa Tỉnh, thành phố: Tỉnh Hà Tĩnh",
    "A13": "STT", "B13": "Họ và tên", "C13": "Mã số bảo hiểm y tế", "D13": "Số CCCD/ ĐDCN",
    "E13": "Ngày, tháng, năm sinh", "F13": "Nơi đăng ký khám bệnh, chữa bệnh ban đầu", "G13": "Tiền lương",
    "H13": "Quan hệ với chủ hộ", "I13": "Tỷ lệ NSNN hỗ trợ (%)", "J13": "Thẻ bảo hiểm y tế", "J14": "Bản điện tử",
    "K14": "Bản giấy", "L13": "Ghi chú", "A15": "A", "B15": "B", "C15": 1, "L15": 10,
    "A19": "Tổng số người đề nghị cấp thẻ bảo hiểm y tế: 1 (Trong đó: 1 thẻ bảo hiểm y tế bản giấy)",
    "A23": "TỔ CHỨC HỖ TRỢ", "A24": "PHÁT TRIỂN ĐỐI TƯỢNG", "A25": "(Ký, ghi rõ họ tên, đóng dấu)",
    "G23": "......, ngày 21 tháng 11 năm 2026", "G24": "NGƯỜI KÊ KHAI", "G25": "(Ký, ghi rõ họ tên)",
    "A31": "Ghi chú:",
}  # fmt: skip


def save_and_open(workbook):
    file = BytesIO()
    workbook.save(file)
    return load_workbook(file).active


@pytest.fixture(scope="module")
def cards():
    holders = (
        card_list.CardHolder("Nguyễn Thị Đào", "4215000123", "042184000123", None, 2_530_000, date(2026, 12, 1), None,
                             False, "12 tháng"),
        card_list.CardHolder("Trần Văn Hùng", None, None, "Trạm y tế", 1_771_000, date(2026, 12, 1), Decimal(70), True,
                             "6 tháng"),
    )  # fmt: skip
    with FormWorkbook() as workbook:
        created = workbook.add_sheet(card_list.build_card_list_layout(HEAD))
        created.add_block(card_list.build_card_list_part(1, "Tăng"))
        created.add_rows(holder.cells(position) for position, holder in enumerate(holders, 1))
        created.add_block(card_list.build_card_list_footer())
        return save_and_open(workbook)


@pytest.fixture(scope="module")
def household():
    home = household_list.HouseholdHeading("Trần Văn Hùng", None, "Thôn 3", "Xã Mai Hoa", "Tỉnh Hà Tĩnh")
    members = [
        household_list.HouseholdMember("Trần Văn Hùng", "4215000999", "042084000123", date(1980, 1, 5), None, 2_530_000,
                                       "Chủ hộ", Decimal(70), True, 12),
        household_list.HouseholdMember("Trần Văn Con", None, None, None, None, None, "Con", None, True, None),
    ]  # fmt: skip
    with FormWorkbook() as workbook:
        created = workbook.add_sheet(household_list.build_household_list_layout("Hộ 1", HEAD, home))
        created.add_rows(member.cells(position) for position, member in enumerate(members, 1))
        created.add_block(household_list.build_household_list_footer(HEAD, members))
        return save_and_open(workbook)


class TestMau3:
    @pytest.mark.parametrize(("place", "words"), TEXTS_3.items())
    def test_says_what_the_decree_prints(self, cards, place, words):
        assert cards[place].value == words

    def test_merges_as_the_decree_does(self, cards):
        headings = {str(merged) for merged in cards.merged_cells.ranges if 8 <= merged.min_row <= 10}
        assert headings == {
            "A8:A10", "B8:B10", "C8:C10", "D8:D10", "E8:E10", "F8:J8", "F9:F10", "G9:I9", "J9:J10", "K8:K10", "L8:L10",
            "M8:N8", "M9:M10", "N9:N10", "O8:O10",
        }  # fmt: skip

    def test_rows(self, cards):
        assert [cell.value for cell in cards[13]] == [
            1, "Nguyễn Thị Đào", "4215000123", "042184000123", None, 2_530_000, None, None, None, None, "12/2026", None,
            "x", None, "12 tháng",
        ]  # fmt: skip
        assert [cell.value for cell in cards[14]][11:] == [70, None, "x", "6 tháng"]


class TestMau4:
    @pytest.mark.parametrize(("place", "words"), TEXTS_4.items())
    def test_says_what_the_decree_prints(self, household, place, words):
        assert household[place].value == words

    def test_merges_as_the_decree_does(self, household):
        headings = {str(merged) for merged in household.merged_cells.ranges if 13 <= merged.min_row <= 14}
        assert headings == {
            "A13:A14", "B13:B14", "C13:C14", "D13:D14", "E13:E14", "F13:F14", "G13:G14", "H13:H14", "I13:I14",
            "J13:K13", "L13:L14",
        }  # fmt: skip

    def test_every_member_has_a_row_with_a_card_or_without(self, household):
        assert [cell.value for cell in household[16]] == [
            1, "Trần Văn Hùng", "4215000999", "042084000123", "05/01/1980", None, 2_530_000, "Chủ hộ", 70, None, "x",
            "12 tháng",
        ]  # fmt: skip
        assert [cell.value for cell in household[17]][6:] == [None, "Con", None, None, None, None]

    def test_printed_upright(self, household):
        assert household.page_setup.orientation == "portrait"
