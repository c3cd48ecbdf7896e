"""Targets that the cases speak of. Their numbers were not printed, only how far they were met: the words are kept."""

from datetime import date
from typing import Final

from app.demo.bootstrap import NATIONAL_ADMIN
from app.demo.cases.figure_shapes import Figure
from app.demo.cases.savings_models import build_model_code
from app.demo.cases.thanh_binh import BLOCKS
from app.demo.tenancy import FRONT

_HA_TINH_2024: Final = {
    "place_code": "42", "period": "year", "period_from": date(2024, 1, 1), "unit": "percent",
    "basis": "Chỉ tiêu HĐND tỉnh giao năm 2024",
}  # fmt: skip
_YEAR_2022: Final = {"period": "year", "period_from": date(2022, 1, 1), "unit": "people"}

TARGETS: Final = (
    Figure("B02", NATIONAL_ADMIN, {
        "metric": "participants_bhxh_tn", "product": "bhxh_tn", "place_code": "808", "period": "year",
        "period_from": date(2023, 1, 1), "unit": "people", "text": "1.958 người là 87,1 % chỉ tiêu năm 2023",
        "note": "Chỉ tiêu không in; tính ngược được khoảng 2.248 người.",
    }),
    Figure("B04", NATIONAL_ADMIN, {
        **_YEAR_2022, "metric": "new_participants", "product": "bhxh_tn", "place_code": "49",
        "text": "gần 7.000 người tăng mới, vượt mức chỉ tiêu",
    }),
    Figure("A16", "phunu.vinhlong", {
        **_YEAR_2022, "metric": "participants_bhxh_tn", "product": "bhxh_tn", "place_code": "83",
        "model_code": build_model_code("A16"), "text": "1.679 người, vượt xa mục tiêu",
    }),
    Figure("B07-labour", "bhxh.hatinh", {
        **_HA_TINH_2024, "metric": "labour_in_bhxh", "text": "31,5 %, vượt 8 % chỉ tiêu",
        "note": "8 % có thể là điểm phần trăm (chỉ tiêu 23,5 %) hoặc tương đối (29,17 %).",
    }),
    Figure("B07-bhtn", "bhxh.hatinh", {
        **_HA_TINH_2024, "metric": "labour_in_bhtn", "text": "16,5 %, vượt 3,3 % chỉ tiêu",
        "note": "3,3 % có thể là điểm phần trăm (chỉ tiêu 13,2 %) hoặc tương đối (15,97 %).",
    }),
    Figure("B07-bhyt", "bhxh.hatinh", {
        **_HA_TINH_2024, "metric": "coverage_bhyt", "text": "94,1 %, đạt chỉ tiêu",
    }),
    Figure("A07", FRONT, {
        "metric": "participation_bhxh_tn", "product": "bhxh_tn", "period": "other",
        "period_from": date(2024, 5, 1), "period_to": date(2024, 12, 31), "unit": "percent", "value": "100",
        "for_group_code": BLOCKS[0].code, "text": "100 % người trong độ tuổi lao động của tổ",
    }),
)  # fmt: skip
"""Value null: not printed."""
