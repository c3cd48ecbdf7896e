"""TK1-TS field by field."""

from datetime import date
from io import BytesIO

import docx
import pytest

from app.forms.layouts import tk1

KNOWN = tk1.Declaration(
    social_insurance_no="4215000123", full_name="Nguyễn Thị Đào", sex="female", birth_date=date(1984, 3, 2),
    national_id="042184000123", nationality="Việt Nam", phone="0912000111", on_paper=False, address="Thôn 3",
    commune="Xã Mai Hoa", province="Tỉnh Hà Tĩnh", monthly_income=1_500_000, method="12 tháng một lần",
    kind="(4) tham gia BHXH tự nguyện",
)  # fmt: skip
NOTHING = tk1.Declaration(
    social_insurance_no=None, full_name="Trần Văn A\x01", sex=None, birth_date=None, national_id=None,
    nationality=None, phone=None, on_paper=True, address=None, commune=None, province=None, monthly_income=None,
    method="Hằng tháng", kind="",
)  # fmt: skip


def paragraph_texts(declared):
    file = BytesIO()
    tk1.write_declaration(declared, file)
    document = docx.Document(file)
    texts = [line.text for line in document.paragraphs]
    return texts + [cell.text for row in document.tables[0].rows for cell in row.cells]


@pytest.mark.parametrize(
    "line",
    [
        "Mẫu TK1-TS",
        "ĐĂNG KÝ, ĐIỀU CHỈNH THÔNG TIN THAM GIA BẢO HIỂM XÃ HỘI, BẢO HIỂM Y TẾ",
        "Mã số BHXH: 4215000123",
        "A. Đăng ký tham gia",
        "I. Thông tin chung",
        "[01]. Họ và tên: Nguyễn Thị Đào [02]. Giới tính: - ☐ Nam       - ☒ Nữ",
        "[03]. Ngày, tháng, năm sinh: 02/03/1984 [04]. Số CCCD/ĐDCN/hộ chiếu: 042184000123",
        f"[05]. Dân tộc: {'.' * 22} [06]. Quốc tịch: Việt Nam [07]. Số điện thoại: 0912000111",
        "[10]. Đăng ký nhận kết quả giải quyết thủ tục hành chính:\t- ☒ Bản điện tử           - ☐ Bản giấy",
        "[11.1]. số nhà, đường/phố, thôn/xóm: Thôn 3",
        "[11.2]. Xã, phường, đặc khu: Xã Mai Hoa [11.3]. Tỉnh, thành phố: Tỉnh Hà Tĩnh",
        "[12]. Mức tiền đóng: 1.500.000 đồng [13]. Phương thức đóng: 12 tháng một lần",
        "[15]. Đối tượng tham gia: (4) tham gia BHXH tự nguyện",
        "B. Điều chỉnh thông tin",
        "………, ngày …… tháng …… năm ………\nTôi chịu trách nhiệm trước pháp luật\nvề nội dung kê khai.\nNgười kê khai\n(Ký, ghi rõ họ, tên)",
    ],
)
def test_what_is_known_is_filled_in(line):
    assert line in paragraph_texts(KNOWN)


def test_every_field_is_there():
    text = "\n".join(paragraph_texts(KNOWN))
    fields = [*(f"[{number:02}]" for number in range(1, 18)), "[11.1]", "[11.2]", "[11.3]"]
    assert [field for field in fields if field not in text] == []


def test_what_is_not_known_stays_dots():
    text = "\n".join(paragraph_texts(NOTHING))
    assert "[01]. Họ và tên: Trần Văn A [02]. Giới tính: - ☐ Nam       - ☐ Nữ" in text
    assert "[03]. Ngày, tháng, năm sinh: ...... /….../…......." in text
    assert "- ☐ Bản điện tử           - ☒ Bản giấy" in text
    assert f"[12]. Mức tiền đóng: {'.' * 35}" in text
