"""The names of the law's values: what each of them counts, and whose it may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.core.money import MAX_DONG
from app.insurance.card_rules import ORDERS, CardGroup
from app.insurance.enrolment_rules import Method, Support
from app.insurance.remuneration_rules import KINDS, rate_keys
from app.savings.kinds import Product


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value counts. most: its bound; whole: without a fraction."""

    name: str
    most: Decimal
    whole: bool


DONG: Final = Kind("dong", Decimal(MAX_DONG), whole=True)
SHARE: Final = Kind("share", Decimal(1), whole=False)
RETURN: Final = Kind("share", Decimal("0.1"), whole=False)
COUNT: Final = Kind("count", Decimal(1200), whole=True)
SWITCH: Final = Kind("switch", Decimal(1), whole=True)

HOUSEHOLD: Final = "household"
"""In keys of a province's extras for cards: a member whom no group helps."""

STATE: Final[Mapping[str, Kind]] = {
    "bhxh_tn_rate": SHARE,  # tỷ lệ đóng BHXH tự nguyện
    "rural_poverty_line": DONG,  # chuẩn hộ nghèo khu vực nông thôn
    "base_salary": DONG,  # lương cơ sở, mức tham chiếu
    "max_income_multiple": COUNT,  # mức thu nhập cao nhất, số lần mức tham chiếu
    "income_step": DONG,  # bước của mức thu nhập
    "income_step_enforced": SWITCH,
    "bhxh_tn_age_min": COUNT,  # tuổi
    "fund_rate_month": RETURN,  # lãi suất đầu tư quỹ BHXH bình quân tháng của năm trước
    **{f"deadline_months_{months}": COUNT for months in (1, 3, 6, 12)},  # thời hạn đóng
    "advance_years_max": COUNT,
    "missing_months_max": COUNT,
    "pension_years_needed": COUNT,
    "arrears_allowed": SWITCH,  # đóng bù
    "support_months_max": COUNT,
    **{f"support_rate_{group.value}": SHARE for group in Support},  # tỷ lệ NSNN hỗ trợ
    "bhyt_rate": SHARE,
    **{f"bhyt_order_{order}": SHARE for order in range(1, ORDERS + 1)},  # giảm dần theo thứ tự
    "bhyt_wait_days": COUNT,
    "bhyt_gap_days": COUNT,
    "bhyt_gap_months": COUNT,
    **{f"bhyt_support_rate_{group.value}": SHARE for group in CardGroup},
    "bhyt_refund_allowed": SWITCH,
    **{f"remuneration_cap_{name}": SHARE for name in ("bhxh_tn", "bhyt", "school", "total")},  # thù lao
    "commune_list_fee": DONG,
    "forms_decision": COUNT,
}
"""Values of the state."""

PROVINCIAL: Final[Mapping[str, Kind]] = {
    **{f"province_support_rate_{group.value}": SHARE for group in Support},
    **{f"province_support_dong_{group.value}": DONG for group in Support},
    **{f"bhyt_province_support_rate_{group}": SHARE for group in (*CardGroup, HOUSEHOLD)},
    **{f"bhyt_province_support_dong_{group}": DONG for group in (*CardGroup, HOUSEHOLD)},
    **{key: SHARE for product in Product for kind in KINDS for key in rate_keys(product, kind)},
    **{key: SHARE for product in Product for kind in KINDS for method in Method
       for key in rate_keys(product, kind, method)},
}  # fmt: skip
"""What a province adds by its own resolution, or sets within the law: a share like the state's, or đồng a month."""

KEYS: Final[Mapping[str, Kind]] = {**STATE, **PROVINCIAL}


def fits(kind: Kind, value: Decimal) -> bool:
    """Whether a number can be a value of this kind."""
    return 0 <= value <= kind.most and (not kind.whole or value == value.to_integral_value())


def plain(value: Decimal) -> str:
    """A number as text without an exponent or idle zeros: 1500000, 0.045."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
