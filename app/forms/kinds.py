"""Kinds of official forms: lists of payments, reports of a period, and how people receive their book or card."""

from enum import StrEnum

from app.savings.kinds import Product


class ExportForm(StrEnum):
    """An official form that lists payments, or declares one person (biểu mẫu)."""

    D05_TS = "d05_ts"  # danh sách tham gia BHXH tự nguyện
    MAU_3 = "mau_3"  # danh sách đối tượng tham gia BHYT
    MAU_4 = "mau_4"  # danh sách thành viên hộ gia đình tham gia BHYT
    TK1_TS = "tk1_ts"  # tờ khai của một người


PRODUCT_BY_FORM = {
    ExportForm.D05_TS: Product.BHXH_TN,
    ExportForm.MAU_3: Product.BHYT_HGD,
    ExportForm.MAU_4: Product.BHYT_HGD,
    ExportForm.TK1_TS: Product.BHXH_TN,
}


class Receive(StrEnum):
    """How the people receive their book or card (hình thức nhận kết quả)."""

    ELECTRONIC = "electronic"  # bản điện tử
    PAPER = "paper"  # bản giấy


class ReportForm(StrEnum):
    """The reports (báo cáo) of the social insurance office that are computed from our records."""

    C21 = "c21_ts"
    B15 = "b15_uq"
    B09 = "b09_ts"
    D11 = "d11_ts"
