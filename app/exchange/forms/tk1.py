"""TK1-TS, tờ khai đăng ký, điều chỉnh thông tin tham gia BHXH, BHYT (QĐ 366/QĐ-BHXH), as a filled document."""

from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from app.exchange.forms.cells import FONT, printable
from app.exchange.forms.wording import day_text

_LEFT, _CENTER, _BOTH = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
_NOT_FOR_VOLUNTARY: Final = (
    "(không áp dụng đối với người tham gia BHXH tự nguyện, BHTNLĐ theo hình thức tự nguyện)"
)
_WHO_ADDS: Final = (
    "(áp dụng đối với (1) chủ hộ kinh doanh; (2) người quản lý doanh nghiệp không hưởng tiền lương, (2) Người quản lý"
    " điều hành hợp tác xã, liên hiệp hợp tác xã không hưởng tiền lương, (4) tham gia BHXH tự nguyện, (5) tham gia"
    " BHTNLĐ theo hình thức tự nguyện đăng ký tham gia lần đầu và (6) Các trường hợp đăng ký tham gia lại; đăng ký"
    " thay đổi phương thức đóng, mức thu nhập làm căn cứ đóng)"
)
_WHO_CONFIRMS: Final = (
    "(áp dụng đối với người lao động đang tham gia BHXH bắt buộc thay đổi họ, tên đệm, tên;"
    " ngày, tháng, năm sinh)"
)
_NOTE: Final = (
    "Ghi chú: Trường hợp kê khai biểu mẫu điện tử thì các trường thông tin đã được kết nối với Cơ sở dữ liệu Quốc gia"
    " về đăng ký doanh nghiệp, Cơ sở dữ liệu Quốc gia về bảo hiểm, các cơ sở dữ liệu chuyên nghành khác, ... trên Cổng"
    " dịch vụ công Quốc gia thì thông tin được tự động điền vào tờ khai điện tử. Đơn vị, tổ chức chỉ điền thông tin"
    " chưa có trong cơ sở dữ liệu."
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is known of a person who declares; what is not stays dots, to be filled in by hand.

    sex: male, female; on_paper: wants a printed book; monthly_income: đồng a month; method: phương thức đóng, in
    words; kind: đối tượng tham gia, [15].
    """

    social_insurance_no: str | None
    full_name: str
    sex: str | None
    birth_date: date | None
    national_id: str | None
    nationality: str | None
    phone: str | None
    on_paper: bool
    address: str | None
    commune: str | None
    province: str | None
    monthly_income: int | None
    method: str
    kind: str


def write(declared: Declaration, target: str | BinaryIO) -> None:
    """The document (DOCX), written to a path or a file."""
    paper = Document()
    _set_page(paper)
    _title(paper, declared)
    _common(paper, declared)
    _additional(paper, declared)
    _signatures(paper)
    paper.save(target)


def _set_page(paper: Paper) -> None:
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = (
        Cm(2.5),
        Cm(1.8),
        Cm(0.8),
        Cm(0.8),
    )
    paper.core_properties.author = "An Sinh"
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)


def _title(paper: Paper, declared: Declaration) -> None:
    basis = ("(Ban hành kèm theo Quyết định số: 366/QĐ-BHXH", " ngày 29/4/2026 của BHXH Việt Nam)")
    for text, bold in (("Mẫu TK1-TS", True), (basis[0], False), (basis[1], False)):
        line = _line(paper, (text, bold, not bold), across=_CENTER, size=9, after=0)
        line.paragraph_format.left_indent = Cm(9.5)
    _line(paper, ("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", True, False), across=_CENTER, size=14, after=0)
    motto = _line(paper, ("Độc lập - Tự do - Hạnh phúc", True, False), across=_CENTER, size=14, after=10)
    motto.runs[0].underline = True
    _line(paper, ("TỜ KHAI", True, False), across=_CENTER, size=14)
    words = "ĐĂNG KÝ, ĐIỀU CHỈNH THÔNG TIN THAM GIA BẢO HIỂM XÃ HỘI, BẢO HIỂM Y TẾ"
    _line(paper, (words, True, False), across=_CENTER, size=11.5)
    number = f"Mã số BHXH: {_given(declared.social_insurance_no, 34)}"
    _line(paper, (number, True, False), across=_CENTER, size=14)


def _common(paper: Paper, declared: Declaration) -> None:
    _line(paper, ("A. Đăng ký tham gia", True, False))
    _line(paper, ("I. Thông tin chung", True, False))
    sex = f"- {_ticked(declared.sex == 'male')} Nam       - {_ticked(declared.sex == 'female')} Nữ"
    _fields(paper, f"[01]. Họ và tên: {_given(declared.full_name, 63)} [02]. Giới tính: {sex}")
    born = day_text(declared.birth_date) or "...... /….../…......."
    number = _given(declared.national_id, 27)
    _fields(paper, f"[03]. Ngày, tháng, năm sinh: {born} [04]. Số CCCD/ĐDCN/hộ chiếu: {number}")
    _fields(
        paper,
        f"[05]. Dân tộc: {'.' * 22} [06]. Quốc tịch: {_given(declared.nationality, 20)}"
        f" [07]. Số điện thoại: {_given(declared.phone, 24)}",
    )
    _fields(paper, f"[08]. Địa chỉ email: {'.' * 110}")
    _line(
        paper,
        ("[09] Nơi đăng ký khám, chữa bệnh ban đầu ", False, False), (_NOT_FOR_VOLUNTARY, False, True),
        (f": {'.' * 80}", False, False), across=_BOTH,
    )  # fmt: skip
    wanted = (
        f"- {_ticked(not declared.on_paper)} Bản điện tử           - {_ticked(declared.on_paper)} Bản giấy"
    )
    _fields(paper, f"[10]. Đăng ký nhận kết quả giải quyết thủ tục hành chính:\t{wanted}")
    _fields(paper, "[11] Địa chỉ nhận bản giấy: ")
    _fields(paper, f"[11.1]. số nhà, đường/phố, thôn/xóm: {_given(declared.address, 80)}")
    commune, province = _given(declared.commune, 44), _given(declared.province, 29)
    _fields(paper, f"[11.2]. Xã, phường, đặc khu: {commune} [11.3]. Tỉnh, thành phố: {province}")


def _additional(paper: Paper, declared: Declaration) -> None:
    _line(paper, ("II. Thông tin bổ sung ", True, False), (_WHO_ADDS, False, True), across=_BOTH)
    income = (
        None if declared.monthly_income is None else f"{declared.monthly_income:,} đồng".replace(",", ".")
    )
    _fields(paper, f"[12]. Mức tiền đóng: {_given(income, 35)} [13]. Phương thức đóng: {declared.method}")
    _line(
        paper,
        ("[14]. Nghề, công việc, thời gian và nơi làm việc ", False, False),
        ("(áp dụng đối với người tham gia BHTNLĐ tự nguyện)", False, True), (f": {'.' * 100}", False, False),
        across=_BOTH,
    )  # fmt: skip
    _fields(paper, f"[15]. Đối tượng tham gia: {declared.kind}")
    _line(paper, ("B. Điều chỉnh thông tin", True, False))
    _fields(paper, f"[16]. Nội dung đề nghị: {'.' * 100}")
    _fields(paper, "." * 150)
    _fields(paper, f"[17]. Giấy tờ kèm theo (nếu có): {'.' * 90}")
    _fields(paper, "." * 150)


def _signatures(paper: Paper) -> None:
    table = paper.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    _write(left.paragraphs[0], ("XÁC NHẬN CỦA ĐƠN VỊ", True, False), across=_CENTER)
    _write(left.add_paragraph(), (_WHO_CONFIRMS, False, True), across=_CENTER)
    lines = (
        ("………, ngày …… tháng …… năm ………\nTôi chịu trách nhiệm trước pháp luật", False, True),
        ("về nội dung kê khai.", False, True), ("Người kê khai", True, False), ("(Ký, ghi rõ họ, tên)", False, True),
    )  # fmt: skip
    for index, line in enumerate(lines):
        _write(right.paragraphs[0] if index == 0 else right.add_paragraph(), line, across=_CENTER)
    for _ in range(3):
        _line(paper, after=0)
    _line(paper, (_NOTE, False, True), across=_BOTH, size=9, after=0)


def _fields(paper: Paper, text: str) -> None:
    _line(paper, (text, False, False))


def _line(
    paper: Paper,
    *parts: tuple[str, bool, bool],
    across: WD_ALIGN_PARAGRAPH = _LEFT,
    size: float = 12,
    after: float = 3,
) -> Paragraph:
    """A paragraph. parts: text, bold, italic; after: points of space below."""
    return _write(paper.add_paragraph(), *parts, across=across, size=size, after=after)


def _write(
    line: Paragraph,
    *parts: tuple[str, bool, bool],
    across: WD_ALIGN_PARAGRAPH,
    size: float = 12,
    after: float = 0,
) -> Paragraph:
    line.alignment = across
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(0), Pt(after)
    for text, bold, italic in parts:
        run = line.add_run(printable(text))
        run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    return line


def _given(value: str | None, dots: int) -> str:
    return value or "." * dots


def _ticked(yes: bool) -> str:
    return "☒" if yes else "☐"
