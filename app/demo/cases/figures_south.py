"""Figures of Long An, Bến Tre, Đắk Lắk, An Giang, Ngã Bảy and Kiên Giang."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from app.demo.bootstrap import NATIONAL_ADMIN
from app.demo.cases.campaigns import KHU_VUC_5
from app.demo.cases.figure_shapes import IN_WORDS, Figure, amount
from app.demo.cases.savings_models import build_model_code
from app.demo.cases.sources import KIEN_GIANG_2023, MODELS_2023, NGA_BAY_2024, SOUTH_2022
from app.demo.context import BodyColumns
from app.demo.tenancy import WOMEN

_CHAU_THANH: Final = {
    "place_code": "808", "observed_on": date(2023, 5, 31), "source": MODELS_2023, "nature": "stock",
}  # fmt: skip
_PIGGY: Final = {**_CHAU_THANH, "model_code": build_model_code("A02")}
_BEN_TRE: Final = {
    "place_code": "83",
    "source": SOUTH_2022,
    "nature": "stock",
    "model_code": build_model_code("A16"),
}
_TAY_NINH: Final = "phunu.tayninh"
_VINH_LONG: Final = "phunu.vinhlong"

_PRINTED: Final = (
    Figure("A02-members", _TAY_NINH, {
        **_PIGGY, "metric": "members", **amount("1352"),
        "parts": [
            {"label": "BHXH tự nguyện", **amount("548")}, {"label": "BHYT hộ gia đình", **amount("794")},
        ],
        "text": "1.352 người, trong đó 548 người BHXH tự nguyện và 794 người BHYT hộ gia đình",
        "note": "548 + 794 = 1.342: chênh 10 so với tổng, giữ như đã in.",
    }),
    Figure("A02-reach", _TAY_NINH, {
        **_PIGGY, "metric": "unit_reach", "numerator": amount("13", "places"), "denominator": amount("13", "places"),
        "text": "13/13 xã, thị trấn",
        "note": "Trong bài, câu này đứng sau chú thích ảnh vườn rau; 13 đơn vị là của huyện Châu Thành.",
    }),
    Figure("A02-saved", _TAY_NINH, {
        **_PIGGY, "metric": "saved", **amount("1000000000", "dong", "more_than"), "denominator": amount("1352"),
        "text": "hơn 1 tỷ đồng", "note": "Tiền tiết kiệm được để tham gia, chưa phải tiền đã đóng.",
    }),
    Figure("B02-bhyt", NATIONAL_ADMIN, {
        **_CHAU_THANH, "metric": "coverage_bhyt", **amount("96.5", "percent"), "text": "96,5 % dân số",
    }),
    Figure("B02-stock", NATIONAL_ADMIN, {
        **_CHAU_THANH, "metric": "participants_bhxh_tn", "product": "bhxh_tn", **amount("1958"),
    }),
    Figure("B02-completion", NATIONAL_ADMIN, {
        **_CHAU_THANH, "metric": "target_completion", "product": "bhxh_tn", **amount("87.1", "percent"),
        "numerator": amount("1958"), "comparison": {"base": "target", "text": "chỉ tiêu năm 2023"},
    }),
    Figure("B08", NATIONAL_ADMIN, {
        "place_code": "VN", "source": SOUTH_2022, "nature": "stock", "metric": "models", **amount("25", "places"),
        "text": "25 tỉnh, thành phố phía Nam",
    }),
    Figure("A16-groups", _VINH_LONG, {**_BEN_TRE, "metric": "groups", **amount("403", "groups"), "text": "403 tổ"}),
    Figure("A16-members", _VINH_LONG, {
        **_BEN_TRE, "metric": "members", **amount("4300", qualifier="nearly"), "text": "gần 4.300 người",
    }),
    Figure("A16-insured", _VINH_LONG, {
        **_BEN_TRE, "metric": "participants_bhxh_tn", "product": "bhxh_tn", **amount("1679"),
        "comparison": {"base": "target", "text": "vượt xa mục tiêu"}, "cautions": ["base_not_printed"],
    }),
    Figure("A16-conversion", _VINH_LONG, {
        **_BEN_TRE, "metric": "conversion", "numerator": amount("1679"),
        "denominator": amount("4300", qualifier="nearly"), "note": "Tỷ lệ không in; tính từ hai con số.",
    }),
    Figure("A16-size", _VINH_LONG, {
        **_BEN_TRE, "metric": "average_group_size", "numerator": amount("4300", qualifier="nearly"),
        "denominator": amount("403", "groups"), "note": "Bình quân không in; tính từ hai con số.",
    }),
    Figure("A15-given", WOMEN, {
        "place_code": "VN", "source": SOUTH_2022, "nature": "flow", "metric": "cards_given",
        "model_code": build_model_code("A15"), "text": "nhiều sổ BHXH, thẻ BHYT",
    }),
    Figure("A17-cards", WOMEN, {
        "place_code": "66", "source": SOUTH_2022, "nature": "flow", "metric": "cards_given", "product": "bhyt_hgd",
        "model_code": build_model_code("A17"), **amount("5000", "cards", "nearly"), "text": "gần 5.000 thẻ",
    }),
    Figure("A17-money", WOMEN, {
        "place_code": "66", "source": SOUTH_2022, "nature": "flow", "metric": "saved",
        "model_code": build_model_code("A17"), "text": "hàng tỷ đồng",
    }),
    Figure("A18-members", WOMEN, {
        "place_code": "89", "source": SOUTH_2022, "nature": "stock", "metric": "members",
        "model_code": build_model_code("A18"), "text": "hàng ngàn chị em",
    }),
)  # fmt: skip

_NGA_BAY: Final = {"source": NGA_BAY_2024, "observed_on": date(2024, 8, 31)}
_KIEN_GIANG: Final = {"source": KIEN_GIANG_2023}
_SEVEN_MONTHS: Final = {"period_from": date(2023, 1, 1), "period_to": date(2023, 7, 31)}
_LAST_YEAR: Final = "same_period_last_year"

_IN_WORDS: Final = (
    ("B09", {**_NGA_BAY, "place_code": "931"}, _LAST_YEAR),
    ("B10", {**_NGA_BAY, "place_code": "31341"}, _LAST_YEAR),
    ("B14", {**_NGA_BAY, "place_code": KHU_VUC_5}, _LAST_YEAR),
    ("B11", {**_KIEN_GIANG, "place_code": "904", "observed_on": date(2023, 7, 31)}, _LAST_YEAR),
    ("B12", {**_KIEN_GIANG, "place_code": "91", **_SEVEN_MONTHS}, "year_start"),
)
"""Areas whose coverage, completion and change were printed, but are not known here, and the base of the change."""


def _in_words() -> Iterator[Figure]:
    for case, columns, base in _IN_WORDS:
        base_columns: BodyColumns = {**columns, "text": IN_WORDS}
        yield Figure(
            f"{case}-coverage", NATIONAL_ADMIN, {**base_columns, "metric": "coverage_bhyt", "nature": "stock"}
        )
        completion = {"metric": "target_completion", "nature": "stock", "comparison": {"base": "target"}}
        yield Figure(f"{case}-completion", NATIONAL_ADMIN, {**base_columns, **completion})
        change = {"metric": "participants_bhxh_tn", "nature": "net_change", "product": "bhxh_tn"}
        yield Figure(
            f"{case}-change", NATIONAL_ADMIN, {**base_columns, **change, "comparison": {"base": base}}
        )


FIGURES: Final = (*_PRINTED, *_in_words())
"""Each as printed, with its word, its base and its source; what is inconsistent stays so."""
