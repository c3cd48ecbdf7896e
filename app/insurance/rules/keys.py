"""The keys of insurance rules: the unit of each value, and whether state or province sets it."""

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


@dataclass(frozen=True, slots=True)
class RuleUnit:
    """Unit of a value. maximum: its upper bound; whole: without a fraction."""

    name: str
    maximum: Decimal
    whole: bool


DONG_UNIT: Final = RuleUnit("dong", Decimal(MAX_DONG), whole=True)
SHARE_UNIT: Final = RuleUnit("share", Decimal(1), whole=False)
RETURN_UNIT: Final = RuleUnit("share", Decimal("0.1"), whole=False)
COUNT_UNIT: Final = RuleUnit("count", Decimal(1200), whole=True)
SWITCH_UNIT: Final = RuleUnit("switch", Decimal(1), whole=True)
FACTOR_UNIT: Final = RuleUnit("factor", Decimal(100), whole=False)
YEAR_UNIT: Final = RuleUnit("year", Decimal(2200), whole=True)

HOUSEHOLD_GROUP: Final = "household"
"""In keys of a province's support for cards: a member without a support group."""

STATE_KEYS: Final[Mapping[str, RuleUnit]] = {
    "bhxh_tn_rate": SHARE_UNIT,  # tỷ lệ đóng BHXH tự nguyện
    "rural_poverty_line": DONG_UNIT,  # chuẩn hộ nghèo khu vực nông thôn
    "base_salary": DONG_UNIT,  # lương cơ sở, mức tham chiếu
    "max_income_multiple": COUNT_UNIT,  # mức thu nhập cao nhất, số lần mức tham chiếu
    "income_step": DONG_UNIT,  # bước của mức thu nhập
    "income_step_enforced": SWITCH_UNIT,
    "bhxh_tn_age_min": COUNT_UNIT,  # tuổi
    "fund_rate_month": RETURN_UNIT,  # lãi suất đầu tư quỹ BHXH bình quân tháng của năm trước
    **{f"deadline_months_{months}": COUNT_UNIT for months in (1, 3, 6, 12)},  # thời hạn đóng
    "advance_years_max": COUNT_UNIT,
    "missing_months_max": COUNT_UNIT,
    "pension_years_needed": COUNT_UNIT,
    **{f"retirement_age_months_{sex}": COUNT_UNIT for sex in ("male", "female")},  # tuổi nghỉ hưu, tháng
    "arrears_allowed": SWITCH_UNIT,  # đóng bù
    "support_months_max": COUNT_UNIT,
    **{f"support_rate_{group.value}": SHARE_UNIT for group in SupportKind},  # tỷ lệ NSNN hỗ trợ
    "bhyt_rate": SHARE_UNIT,
    **{
        f"bhyt_order_{order}": SHARE_UNIT for order in range(1, MAX_COUNTED_ORDER + 1)
    },  # giảm dần theo thứ tự
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
    "forms_decision": COUNT_UNIT,
    **dict.fromkeys(BENEFIT_AMOUNTS, DONG_UNIT),
    **dict.fromkeys(BENEFIT_SHARES, SHARE_UNIT),
    **dict.fromkeys(BENEFIT_COUNTS, COUNT_UNIT),
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


def is_valid_value(unit: RuleUnit, value: Decimal) -> bool:
    """Whether a number can be a value of this unit."""
    return 0 <= value <= unit.maximum and (not unit.whole or value == value.to_integral_value())


def format_decimal(value: Decimal) -> str:
    """Format a number as text without an exponent or trailing zeros: 1500000, 0.045."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
