"""Mẫu số 4, danh sách thành viên hộ gia đình tham gia BHYT (NĐ 188/2025/NĐ-CP): one sheet for a household."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.exchange.forms.cells import (
    AMOUNT,
    MIDDLE,
    NUMBERING,
    SHARE,
    WORDS,
    Block,
    Layout,
    Look,
    Page,
    Spot,
    Value,
)
from app.exchange.forms.wording import NOTE, ListHead, day_text, long_day, numbered, sender

_LABELS: Final = ("Tên tổ chức:", "Mã tổ chức:", "Họ và tên nhân viên thu:", "Mã nhân viên thu:")
_WIDTHS: Final = (5, 22, 11.5, 13.5, 10.5, 13, 11, 9.5, 8, 8, 7, 13)
_LOOKS: Final = (
    MIDDLE, WORDS, MIDDLE, MIDDLE, MIDDLE, WORDS, AMOUNT, MIDDLE, SHARE, MIDDLE, MIDDLE, WORDS
)  # fmt: skip
_LARGE: Final = Look(size=13, bold=True, border=False)
_LINE: Final = Look(size=13, border=False, across="left", wrap=False)
_NOTE_HEAD: Final = Look(size=12, bold=True, italic=True, border=False, across="left")
_SMALL: Final = Look(size=12, italic=True, border=False)
_HEADINGS: Final = (
    Spot("A13:A14", "STT"),
    Spot("B13:B14", "Họ và tên"),
    Spot("C13:C14", "Mã số bảo hiểm y tế"),
    Spot("D13:D14", "Số CCCD/ ĐDCN"),
    Spot("E13:E14", "Ngày, tháng, năm sinh"),
    Spot("F13:F14", "Nơi đăng ký khám bệnh, chữa bệnh ban đầu"),
    Spot("G13:G14", "Tiền lương"),
    Spot("H13:H14", "Quan hệ với chủ hộ"),
    Spot("I13:I14", "Tỷ lệ NSNN hỗ trợ (%)"),
    Spot("J13:K13", "Thẻ bảo hiểm y tế"),
    Spot("J14", "Bản điện tử"),
    Spot("K14", "Bản giấy"),
    Spot("L13:L14", "Ghi chú"),
)
_HOUSEHOLD_NOTE: Final = (
    "     - Danh sách thành viên Hộ gia đình tham gia bảo hiểm y tế phải được cập nhật đúng thông tin hộ gia đình"
    " trên Cơ sở dữ liệu Quốc gia về dân cư hoặc Cơ sở dữ liệu Quốc gia về cư trú hoặc thông tin cư trú trên tài"
    " khoản định danh điện tử (VneID)."
)
_ELECTRONIC_NOTE: Final = (
    "     + Các trường thông tin đã được kết nối với Cơ sở dữ liệu Quốc gia về dân cư, Cơ sở dữ liệu Quốc gia về"
    " cư trú, Cơ sở dữ liệu Quốc gia về bảo hiểm, các cơ sở dữ liệu khác , ... trên Cổng dịch vụ công  Quốc gia"
    " thì thông tin được tự động điền vào tờ khai điện tử. Cá nhân chỉ điền thông tin chưa có trong cơ sở dữ liệu."
)
_IDENTIFIED_NOTE: Final = (
    "    + Trường hợp người kê khai sử dụng tài khoản định danh điện tử (VneID) mức độ 2 để đăng nhập vào Cổng dịch"
    " vụ công Quốc gia để giải quyết các thủ tục trên môi trường điện tử thì không phải ký tên vào tờ khai."
)
_NOTES: Final = (
    (15, "Ghi chú:"),
    (15, "     - Người tham gia tra cứu mã số bảo hiểm y tế tại địa chỉ: https://baohiemxahoi.gov.vn."),
    (28, _HOUSEHOLD_NOTE),
    (15, "     - Trường hợp triển khai tờ khai điện tử:"),
    (40, _ELECTRONIC_NOTE),
    (28, _IDENTIFIED_NOTE),
)
"""The form's notes, each with its height in points."""
_SWORN: Final = (
    "Tôi cam đoan những nội dung kê khai là đúng và chịu trách nhiệm trước pháp luật"
    " về những nội dung đã kê khai"
)


@dataclass(frozen=True, slots=True)
class Household:
    """Whose list it is. address: house, road, hamlet; the places are named as on the list's day."""

    head_name: str | None
    phone: str | None
    address: str | None
    commune: str | None
    province: str | None

    def lines(self) -> tuple[Spot, ...]:
        """The three lines above the table; dots where nothing is known."""
        head, phone = self.head_name or "." * 40, self.phone or "." * 17
        commune, province = self.commune or "." * 20, self.province or "." * 25
        return (
            Spot("B9:L9", f"Họ và tên chủ hộ: {head} số điện thoại (nếu có): {phone}", _LINE),
            Spot("B10:L10", f"Địa chỉ: Số nhà, đường/phố, thôn/xóm: {self.address or '.' * 65}", _LINE),
            Spot("B11:L11", f"Xã, phường, đặc khu: {commune} Tỉnh, thành phố: {province}", _LINE),
        )


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """One row: a member of the household, with a card or without. salary: base salary, đồng; support_rate: percent;
    months: that the card is valid, none for a member who takes none; on_paper: wants a printed card."""

    full_name: str
    insurance_no: str | None
    national_id: str | None
    birth_date: date | None
    clinic: str | None
    salary: int | None
    relation: str | None
    support_rate: Decimal | None
    on_paper: bool
    months: int | None

    def cells(self, position: int) -> tuple[Value, ...]:
        """The row's cells. position: the running number (STT)."""
        electronic = "x" if self.months and not self.on_paper else None
        printed = "x" if self.months and self.on_paper else None
        return (
            position, self.full_name, self.insurance_no, self.national_id, day_text(self.birth_date), self.clinic,
            self.salary, self.relation, self.support_rate, electronic, printed,
            f"{self.months} tháng" if self.months else None,
        )  # fmt: skip


def layout(title: str, head: ListHead, household: Household) -> Layout:
    """A household's sheet up to its first row. title: of the sheet."""
    heading = Block(
        spots=(
            *sender(head, _LABELS),
            Spot("F1:L1", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", _LARGE),
            Spot(
                "F2:L2", "Độc lập - Tự do - Hạnh phúc", Look(size=13, bold=True, underline=True, border=False)
            ),
            Spot("I4:L4", "Mẫu số 4", Look(size=11, bold=True, border=False)),
            Spot("A6:L6", "DANH SÁCH THÀNH VIÊN HỘ GIA ĐÌNH", _LARGE),
            Spot("A7:L7", "THAM GIA BẢO HIỂM Y TẾ", _LARGE),
            *household.lines(),
            *_HEADINGS,
            *(Spot(at, word, NUMBERING) for at, word in numbered(15, "A", "B", 10)),
        ),
        rows=15,
        heights={1: 18, 2: 18, 6: 18, 7: 18, 9: 18, 10: 18, 11: 18, 13: 30, 14: 48, 15: 16.5},
    )
    return Layout(title, _WIDTHS, heading, _LOOKS, repeated=(13, 15), page=Page(landscape=False))


def footer(head: ListHead, members: Sequence[HouseholdMember]) -> Block:
    """How many cards, who signs, and the form's notes."""
    cards = [member for member in members if member.months]
    printed = sum(member.on_paper for member in cards)
    counted = f"{len(cards)} (Trong đó: {printed} thẻ bảo hiểm y tế bản giấy)"
    spots = [
        Spot("A2:L2", f"Tổng số người đề nghị cấp thẻ bảo hiểm y tế: {counted}", Look(size=12, border=False)),
        Spot("A3:E3", "Đề nghi cơ quan BHXH", _SMALL),
        Spot("A4:E4", "thanh toán thù lao theo quy định.", _SMALL),
        Spot("A6:E6", "TỔ CHỨC HỖ TRỢ", _LARGE),
        Spot("A7:E7", "PHÁT TRIỂN ĐỐI TƯỢNG", _LARGE),
        Spot("A8:E8", "(Ký, ghi rõ họ tên, đóng dấu)", _SMALL),
        Spot("G3:L5", _SWORN, Look(size=12, border=False)),
        Spot("G6:L6", f"......, {long_day(head.day)}", _SMALL),
        Spot("G7:L7", "NGƯỜI KÊ KHAI", _LARGE),
        Spot("G8:L8", "(Ký, ghi rõ họ tên)", _SMALL),
    ]
    heights: dict[int, float] = {}
    for row, (height, text) in enumerate(_NOTES, 14):
        spots.append(Spot(f"A{row}:L{row}", text, NOTE if row > 14 else _NOTE_HEAD, printed=True))
        heights[row] = height
    return Block(tuple(spots), rows=19, heights=heights)
