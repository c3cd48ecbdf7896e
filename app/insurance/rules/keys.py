"""The keys of insurance rules: the unit of each value, its bounds, and whether state or province sets it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.core.values.money import MAX_DONG
from app.insurance.kinds import CardGroup, Method
from app.insurance.law.card import MAX_COUNTED_ORDER
from app.insurance.law.remuneration import REMUNERATION_KINDS, remuneration_rate_keys
from app.insurance.rules.benefit_keys import (
    BENEFIT_AMOUNTS,
    BENEFIT_COUNTS,
    BENEFIT_FACTORS,
    BENEFIT_SHARES,
    BENEFIT_YEARS,
)
from app.people.kinds import SupportKind
from app.savings.kinds import Product

_LEAST: Final = Decimal("0.00000001")
"""The smallest number that can be written, for what must be above 0 and is no whole number."""


@dataclass(frozen=True, slots=True)
class RuleUnit:
    """Unit of a value. minimum, maximum: its bounds; whole: without a fraction."""

    name: str
    minimum: Decimal
    maximum: Decimal
    whole: bool


DONG_UNIT: Final = RuleUnit("dong", Decimal(0), Decimal(MAX_DONG), whole=True)
BASE_UNIT: Final = RuleUnit("dong", Decimal(1), Decimal(MAX_DONG), whole=True)
"""đồng by which something else is measured, or that a person gets: nothing comes of 0."""
SHARE_UNIT: Final = RuleUnit("share", Decimal(0), Decimal(1), whole=False)
RATE_UNIT: Final = RuleUnit("share", _LEAST, Decimal(1), whole=False)
"""A share that a price or an amount is made of."""
RETURN_UNIT: Final = RuleUnit("share", Decimal(0), Decimal("0.1"), whole=False)
COUNT_UNIT: Final = RuleUnit("count", Decimal(0), Decimal(1200), whole=True)
NUMBER_UNIT: Final = RuleUnit("count", Decimal(1), Decimal(1200), whole=True)
"""A count without which there is nothing: an age, years of a pension."""
SWITCH_UNIT: Final = RuleUnit("switch", Decimal(0), Decimal(1), whole=True)
FACTOR_UNIT: Final = RuleUnit("factor", _LEAST, Decimal(100), whole=False)
YEAR_UNIT: Final = RuleUnit("year", Decimal(1900), Decimal(2200), whole=True)

HOUSEHOLD_GROUP: Final = "household"
"""In keys of a province's support for cards: a member without a support group."""

STATE_KEYS: Final[Mapping[str, RuleUnit]] = {
    "bhxh_tn_rate": RATE_UNIT,  # tỷ lệ đóng BHXH tự nguyện
    "rural_poverty_line": BASE_UNIT,  # chuẩn hộ nghèo khu vực nông thôn
    "base_salary": BASE_UNIT,  # lương cơ sở, mức tham chiếu
    "max_income_multiple": NUMBER_UNIT,  # mức thu nhập cao nhất, số lần mức tham chiếu
    "income_step": BASE_UNIT,  # bước của mức thu nhập
    "income_step_enforced": SWITCH_UNIT,
    "bhxh_tn_age_min": NUMBER_UNIT,  # tuổi
    "fund_rate_month": RETURN_UNIT,  # lãi suất đầu tư quỹ BHXH bình quân tháng của năm trước
    **{f"deadline_months_{months}": COUNT_UNIT for months in (1, 3, 6, 12)},  # thời hạn đóng
    "advance_years_max": COUNT_UNIT,
    "missing_months_max": COUNT_UNIT,
    "pension_years_needed": NUMBER_UNIT,
    **{f"retirement_age_months_{sex}": NUMBER_UNIT for sex in ("male", "female")},  # tuổi nghỉ hưu, tháng
    "arrears_allowed": SWITCH_UNIT,  # đóng bù
    "support_months_max": COUNT_UNIT,
    **{f"support_rate_{group.value}": SHARE_UNIT for group in SupportKind},  # tỷ lệ NSNN hỗ trợ
    "bhyt_rate": RATE_UNIT,
    **{f"bhyt_order_{order}": RATE_UNIT for order in range(1, MAX_COUNTED_ORDER + 1)},  # giảm dần theo thứ tự
    "bhyt_wait_days": COUNT_UNIT,
    "bhyt_gap_days": COUNT_UNIT,
    "bhyt_gap_months": COUNT_UNIT,
    "bhyt_ahead_months_max": COUNT_UNIT,  # thẻ mua trước nhiều nhất bao nhiêu tháng
    "bhyt_five_years_gap_days": COUNT_UNIT,  # gián đoạn vẫn tính 5 năm liên tục
    "bhyt_five_years_gap_months": COUNT_UNIT,
    **{f"bhyt_support_rate_{group.value}": SHARE_UNIT for group in CardGroup},
    "bhyt_refund_allowed": SWITCH_UNIT,  # hoàn trả tiền thẻ
    "bhyt_refund_other_group": SWITCH_UNIT,  # được cấp thẻ theo nhóm có thứ tự trước
    "bhyt_refund_stopped": SWITCH_UNIT,  # chết, mất tích, không còn cư trú tại Việt Nam
    "bhyt_refund_died_unused": SWITCH_UNIT,  # chết trước khi thẻ có giá trị sử dụng
    **{f"remuneration_cap_{name}": SHARE_UNIT for name in ("bhxh_tn", "bhyt", "school", "total")},  # thù lao
    "commune_list_fee": DONG_UNIT,
    "forms_decision": NUMBER_UNIT,
    **dict.fromkeys(BENEFIT_AMOUNTS, BASE_UNIT),
    **dict.fromkeys(BENEFIT_SHARES, RATE_UNIT),
    **dict.fromkeys(BENEFIT_COUNTS, NUMBER_UNIT),
    **dict.fromkeys(BENEFIT_FACTORS, FACTOR_UNIT),
    **dict.fromkeys(BENEFIT_YEARS, YEAR_UNIT),
}
"""Values of the state."""

PROVINCIAL_KEYS: Final[Mapping[str, RuleUnit]] = {
    **{f"province_support_rate_{group.value}": SHARE_UNIT for group in SupportKind},
    **{f"province_support_dong_{group.value}": DONG_UNIT for group in SupportKind},
    **{f"bhyt_province_support_rate_{group}": SHARE_UNIT for group in (*CardGroup, HOUSEHOLD_GROUP)},
    **{f"bhyt_province_support_dong_{group}": DONG_UNIT for group in (*CardGroup, HOUSEHOLD_GROUP)},
    **{
        key: SHARE_UNIT
        for product in Product
        for kind in REMUNERATION_KINDS
        for key in remuneration_rate_keys(product, kind)
    },
    **{
        key: SHARE_UNIT
        for product in Product
        for kind in REMUNERATION_KINDS
        for method in Method
        for key in remuneration_rate_keys(product, kind, method)
    },
}
"""What a province adds by its own resolution, or sets within the law: a share like the state's, or đồng a month."""

RULE_KEYS: Final[Mapping[str, RuleUnit]] = {**STATE_KEYS, **PROVINCIAL_KEYS}


def is_valid_value(key: str, value: Decimal) -> bool:
    """Whether a number can be the value of a known key: of its unit, and 0 only where 0 makes sense."""
    unit = RULE_KEYS[key]
    return unit.minimum <= value <= unit.maximum and (not unit.whole or value == value.to_integral_value())


def format_decimal(value: Decimal) -> str:
    """Format a number as text without an exponent or trailing zeros: 1500000, 0.045."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
