"""Figures of Hà Tĩnh, Lạng Sơn, Quảng Nam, Quảng Bình, and figures whose place was not printed."""

from datetime import date
from typing import Final

from app.demo.bootstrap import NATIONAL_ADMIN
from app.demo.cases.figure_shapes import Figure, amount
from app.demo.cases.ky_nam import ARRIVALS
from app.demo.cases.ky_nam import GROUP as MAI_CLUB
from app.demo.cases.savings_models import build_model_code
from app.demo.cases.sources import HA_TINH_2024, MODELS_2023, NGA_BAY_2024
from app.demo.cases.thanh_binh import BLOCK, BLOCKS, HAMLET
from app.demo.context import demo_id
from app.demo.tenancy import FRONT

_HA_TINH: Final = "bhxh.hatinh"
_FARMERS: Final = "nongdan.hatinh"
_THACH_HA: Final = {
    "place_code": "445",
    "observed_on": date(2022, 12, 31),
    "source": MODELS_2023,
    "product": "bhxh_tn",
}
_PROVINCE: Final = {
    "place_code": "42",
    "observed_on": date(2024, 11, 30),
    "source": HA_TINH_2024,
    "nature": "stock",
}
_KY_NAM: Final = {"place_code": "18847", "source": HA_TINH_2024}
_DUC_LINH: Final = {"source": HA_TINH_2024, "model_code": build_model_code("A07"), "nature": "stock"}
_LOC_BINH: Final = {"place_code": "188", "source": MODELS_2023, "product": "bhxh_tn", "nature": "flow"}
_QUANG_BINH: Final = {
    "place_code": "44",
    "observed_on": date(2023, 5, 31),
    "source": MODELS_2023,
    "nature": "stock",
}
_NOWHERE: Final = {
    "place_code": "VN",
    "source": NGA_BAY_2024,
    "nature": "stock",
    "cautions": ["place_uncertain"],
}
_YEAR_2021: Final = {"period_from": date(2021, 1, 1), "period_to": date(2021, 12, 31)}
_YEAR_2022: Final = {"period_from": date(2022, 1, 1), "period_to": date(2022, 12, 31)}

FIGURES: Final = (
    Figure("B01-change", _HA_TINH, {
        **_THACH_HA, "metric": "participants_bhxh_tn", "nature": "net_change", **amount("3597"),
        "comparison": {"base": "base_year", "on": date(2020, 12, 31)}, "text": "tăng 3.597 người so với năm 2020",
    }),
    Figure("B01-rate", _HA_TINH, {
        **_THACH_HA, "metric": "participation_bhxh_tn", "nature": "stock", **amount("9.1", "percent"),
        "text": "9,1 % lao động trong độ tuổi",
    }),
    Figure("B01-multiple", _HA_TINH, {
        **_THACH_HA, "metric": "multiple_of_goal", "nature": "stock", **amount("3.6", "multiple"),
        "numerator": amount("9.1", "percent"),
        "comparison": {"base": "goal", "text": "NQ 28-NQ/TW (23/5/2018)"}, "text": "gấp 3,6 lần mục tiêu",
    }),
    Figure("B01-stock", _HA_TINH, {
        **_THACH_HA, "metric": "participants_bhxh_tn", "nature": "stock", **amount("7000", qualifier="nearly"),
        "text": "gần 7.000 người",
    }),
    Figure("B01-share", _HA_TINH, {
        **_THACH_HA, "metric": "area_share", "nature": "stock", **amount("13", "percent"),
        "numerator": amount("7000", qualifier="nearly"), "text": "13 % toàn tỉnh",
    }),
    Figure("B01-rank", _HA_TINH, {
        **_THACH_HA, "metric": "rank", "nature": "stock", **amount("1", "rank"), "text": "nhiều nhất trong các huyện",
    }),
    Figure("B03-2021", NATIONAL_ADMIN, {**_LOC_BINH, **_YEAR_2021, "metric": "new_participants", **amount("341")}),
    Figure("B03-2022", NATIONAL_ADMIN, {**_LOC_BINH, **_YEAR_2022, "metric": "new_participants", **amount("475")}),
    Figure("C01-2021", NATIONAL_ADMIN, {
        **_LOC_BINH, **_YEAR_2021, "metric": "individual_share", **amount("30", "percent"),
        "numerator": amount("104"), "denominator": amount("341"), "text": "một cán bộ vận động 104/341 người, 30 %",
    }),
    Figure("C01-2022", NATIONAL_ADMIN, {
        **_LOC_BINH, **_YEAR_2022, "metric": "individual_share", **amount("26.5", "percent"),
        "numerator": amount("126"), "denominator": amount("475"), "text": "một cán bộ vận động 126/475 người, 26,5 %",
    }),
    Figure("B04", NATIONAL_ADMIN, {
        "place_code": "49", "source": MODELS_2023, "product": "bhxh_tn", "nature": "flow", **_YEAR_2022,
        "metric": "new_participants", **amount("7000", qualifier="nearly"), "text": "gần 7.000 người tăng mới",
        "comparison": {"base": "target", "text": "vượt mức chỉ tiêu"}, "cautions": ["base_not_printed"],
    }),
    Figure("A03-reach", NATIONAL_ADMIN, {
        "place_code": "49", "source": MODELS_2023, "product": "bhxh_tn", "nature": "flow",
        "campaign_id": demo_id("campaign", "A03"), "metric": "event_reach", **amount("8000", qualifier="about"),
        "text": "khoảng hơn 8.000 lượt người",
    }),
    Figure("B05-facilities", NATIONAL_ADMIN, {
        **_QUANG_BINH, "metric": "facility_coverage", **amount("100", "percent"),
        "campaign_id": demo_id("campaign", "A05"), "text": "100 % cơ sở khám chữa bệnh dùng CCCD gắn chip",
    }),
    Figure("B05-lookups", NATIONAL_ADMIN, {
        **_QUANG_BINH, "metric": "lookups", **amount("219443", "times"), "campaign_id": demo_id("campaign", "A05"),
        "cautions": ["rank_by_other_measure"], "text": "219.443 lượt tra cứu thành công",
    }),
    Figure("B05-rank", NATIONAL_ADMIN, {
        **_QUANG_BINH, "metric": "rank", **amount("4", "rank"), "campaign_id": demo_id("campaign", "A05"),
        "cautions": ["rank_by_other_measure"], "text": "thứ 4 cả nước",
        "note": "Thứ hạng theo tỷ lệ tra cứu thành công, con số in bên cạnh là số lượt.",
    }),
    Figure("A04-initiatives", NATIONAL_ADMIN, {
        **_QUANG_BINH, "metric": "initiatives", **amount("2", "initiatives"),
        "campaign_id": demo_id("campaign", "A04"),
        "text": "02 sáng kiến cấp Ngành",
    }),
    Figure("A06-first", _FARMERS, {
        **_KY_NAM, "metric": "members", "nature": "stock", **amount(str(ARRIVALS[0].households), "households"),
        "observed_on": ARRIVALS[0].on, "model_code": build_model_code("A06"), "group_code": MAI_CLUB,
        "note": "Bài báo có chỗ viết 9 hộ, có chỗ viết 9 người: người tham gia không phải là hộ.",
    }),
    Figure("A06-later", _FARMERS, {
        **_KY_NAM, "metric": "members", "nature": "flow", **amount(str(ARRIVALS[1].households), "households"),
        "model_code": build_model_code("A06"), "group_code": MAI_CLUB, "text": "thêm 3 hộ",
        "note": "Tổng 12 hộ không in, chỉ suy ra.",
    }),
    Figure("B06-participants", _HA_TINH, {
        **_KY_NAM, "metric": "participants_bhxh_tn", "product": "bhxh_tn", "nature": "stock", **amount("55"),
        "observed_on": date(2024, 11, 13),
    }),
    Figure("B06-farms", _FARMERS, {
        **_KY_NAM, "metric": "asset_owners", "nature": "stock", **amount("192", "farms"),
        "model_code": build_model_code("A06"),
        "observed_on": date(2024, 11, 13), "cautions": ["not_additive"], "text": "192 mô hình trồng mai từ 100 cây",
        "note": "Vườn mai, không phải người: không chia cho số người tham gia.",
    }),
    Figure("A07-hamlet", FRONT, {
        **_DUC_LINH, "place_code": HAMLET, "metric": "participation_bhxh_tn", "product": "bhxh_tn",
        **amount("57", "percent"), "numerator": amount("47"), "denominator": amount("82"),
        "text": "47/82 người trong độ tuổi lao động, 57 %",
    }),
    Figure("A07-hamlet-bhyt", FRONT, {
        **_DUC_LINH, "place_code": HAMLET, "metric": "coverage_bhyt", "product": "bhyt_hgd",
        **amount("99", "percent"),
    }),
    Figure("A07-block", FRONT, {
        **_DUC_LINH, "place_code": BLOCK, "metric": "participation_bhxh_tn", "product": "bhxh_tn",
        "group_code": BLOCKS[0].code, **amount("100", "percent"), "text": "100 % người trong độ tuổi lao động",
    }),
    Figure("A07-models", FRONT, {**_DUC_LINH, "place_code": "18322", "metric": "models", **amount("2", "models")}),
    Figure("A07-commune", FRONT, {
        **_DUC_LINH, "place_code": "18322", "metric": "participants_bhxh_tn", "product": "bhxh_tn", **amount("50"),
        "cautions": ["not_additive"], "text": "2 mô hình với 50 người",
        "note": "Khác tập với 47 người của thôn Thanh Bình: không cộng.",
    }),
    Figure("B07-labour", _HA_TINH, {
        **_PROVINCE, "metric": "labour_in_bhxh", **amount("31.5", "percent"), "text": "vượt 8 % chỉ tiêu HĐND tỉnh",
        "comparison": {"base": "target", "difference": "8", "difference_kind": "ambiguous",
                       "text": "chỉ tiêu HĐND tỉnh"},
    }),
    Figure("B07-bhtn", _HA_TINH, {
        **_PROVINCE, "metric": "labour_in_bhtn", **amount("16.5", "percent"), "text": "vượt 3,3 %",
        "comparison": {"base": "target", "difference": "3.3", "difference_kind": "ambiguous",
                       "text": "chỉ tiêu HĐND tỉnh"},
    }),
    Figure("B07-bhyt", _HA_TINH, {
        **_PROVINCE, "metric": "coverage_bhyt", **amount("94.1", "percent"),
        "comparison": {"base": "target", "text": "đạt chỉ tiêu"},
    }),
    Figure("B13-before", NATIONAL_ADMIN, {
        **_NOWHERE, "metric": "late_payment_rate", **amount("6", "percent"), "text": "chậm đóng từ 6 %",
        "note": "Điểm đầu của hai điểm; chỉ có trong tiêu đề tin liên quan.",
    }),
    Figure("B13-after", NATIONAL_ADMIN, {
        **_NOWHERE, "metric": "late_payment_rate", **amount("2.69", "percent"), "text": "xuống còn 2,69 %",
        "comparison": {"base": "none", "text": "6 %"}, "note": "Điểm sau của hai điểm.",
    }),
    Figure("family", NATIONAL_ADMIN, {
        **_NOWHERE, "metric": "family_coverage", **amount("100", "percent"), "numerator": amount("4"),
        "denominator": amount("4"), "text": "cả 4 người thân đều có BHYT",
    }),
    Figure("continuity", NATIONAL_ADMIN, {**_NOWHERE, "metric": "continuity", **amount("26", "years")}),
)  # fmt: skip
"""Each as printed, with its word, its base and its source; what is inconsistent stays so."""
