"""What a value of the law is called in a sentence, and how its amount is written (tên quy định)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from app.core.errors import Words
from app.core.values.wording import format_amount, format_dong, format_share
from app.insurance.kinds import CardGroup, Method
from app.insurance.rules.benefit_keys import (
    BENEFIT_AMOUNTS,
    BENEFIT_COUNTS,
    BENEFIT_FACTORS,
    BENEFIT_SHARES,
    BENEFIT_YEARS,
)
from app.insurance.rules.keys import HOUSEHOLD_GROUP, RULE_KEYS, RuleUnit, format_decimal
from app.people.kinds import SupportKind

_STATE_NAMES: Final = {
    "bhxh_tn_rate": Words("tỷ lệ đóng BHXH tự nguyện", "the rate of voluntary social insurance"),
    "rural_poverty_line": Words("chuẩn hộ nghèo khu vực nông thôn", "the rural poverty line"),
    "base_salary": Words("lương cơ sở (mức tham chiếu)", "the base salary (reference level)"),
    "max_income_multiple": Words(
        "số lần mức tham chiếu của mức thu nhập cao nhất",
        "the multiple of the reference level that bounds the income",
    ),
    "income_step": Words("bước của mức thu nhập", "the step of the income"),
    "income_step_enforced": Words(
        "quy định bắt buộc theo bước của mức thu nhập", "whether the step of the income is enforced"
    ),
    "bhxh_tn_age_min": Words(
        "tuổi thấp nhất tham gia BHXH tự nguyện", "the least age for voluntary social insurance"
    ),
    "retirement_age_months_male": Words("tuổi nghỉ hưu của nam", "the retirement age of men"),
    "retirement_age_months_female": Words("tuổi nghỉ hưu của nữ", "the retirement age of women"),
    "fund_rate_month": Words("lãi suất đầu tư quỹ BHXH bình quân tháng", "the fund's average return a month"),
    **{
        f"deadline_months_{months}": Words(
            f"thời hạn đóng của phương thức {months} tháng", f"the deadline of the method of {months} months"
        )
        for months in (1, 3, 6, 12)
    },
    "advance_years_max": Words("số năm được đóng trước nhiều nhất", "the most years paid ahead"),
    "missing_months_max": Words(
        "số tháng còn thiếu được đóng nhiều nhất", "the most missing months that may be paid"
    ),
    "pension_years_needed": Words("số năm đóng để hưởng lương hưu", "the years needed for a pension"),
    "arrears_allowed": Words("quy định đóng bù", "whether arrears may be paid"),
    "support_months_max": Words("số tháng được hỗ trợ nhiều nhất", "the most months with support"),
    "bhyt_rate": Words("tỷ lệ đóng BHYT hộ gia đình", "the rate of household health insurance"),
    "bhyt_wait_days": Words("số ngày chờ của thẻ BHYT", "the days before a card is valid"),
    "bhyt_gap_days": Words("số ngày gián đoạn của thẻ BHYT", "the days that interrupt a card"),
    "bhyt_gap_months": Words("số tháng gián đoạn của thẻ BHYT", "the months that interrupt a card"),
    "bhyt_five_years_gap_days": Words(
        "số ngày gián đoạn vẫn tính 5 năm liên tục", "the days that do not interrupt five years"
    ),
    "bhyt_five_years_gap_months": Words(
        "số tháng gián đoạn vẫn tính 5 năm liên tục", "the months that do not interrupt five years"
    ),
    "bhyt_ahead_months_max": Words(
        "số tháng được đóng trước của thẻ BHYT", "the months that a card may be paid ahead"
    ),
    "bhyt_refund_allowed": Words("quy định hoàn trả tiền thẻ BHYT", "whether cards are refunded"),
    "bhyt_refund_other_group": Words(
        "quy định hoàn trả tiền thẻ BHYT khi được cấp thẻ theo nhóm khác",
        "whether cards are refunded for a card of another group",
    ),
    "bhyt_refund_stopped": Words(
        "quy định hoàn trả tiền thẻ BHYT khi người tham gia qua đời, mất tích hoặc không còn cư trú tại Việt Nam",
        "whether cards are refunded after death, disappearance or residence abroad",
    ),
    "bhyt_refund_died_unused": Words(
        "quy định hoàn trả tiền thẻ BHYT khi người tham gia qua đời trước khi thẻ có giá trị sử dụng",
        "whether cards are refunded after death before they begin",
    ),
    "remuneration_cap_bhxh_tn": Words(
        "mức trần thù lao BHXH tự nguyện", "the cap of remuneration for voluntary social insurance"
    ),
    "remuneration_cap_bhyt": Words("mức trần thù lao BHYT", "the cap of remuneration for health insurance"),
    "remuneration_cap_school": Words("mức trần thù lao của trường học", "the cap of remuneration of schools"),
    "remuneration_cap_total": Words("mức trần chi phí thu", "the cap of the cost of collecting"),
    "commune_list_fee": Words(
        "chi phí lập danh sách của UBND cấp xã", "what a commune gets for a line of its list"
    ),
    "forms_decision": Words("quyết định ban hành biểu mẫu", "the decision whose forms are used"),
}

_SUPPORT_NAMES: Final = {
    SupportKind.POOR: Words("hộ nghèo", "poor households"),
    SupportKind.NEAR_POOR: Words("hộ cận nghèo", "near-poor households"),
    SupportKind.ETHNIC_MINORITY: Words("người dân tộc thiểu số", "ethnic minorities"),
    SupportKind.ISLAND: Words("người ở xã đảo, đặc khu", "islands and special zones"),
    SupportKind.OTHER: Words("đối tượng khác", "other people"),
}
_CARD_NAMES: Final = {
    CardGroup.NEAR_POOR.value: Words("hộ cận nghèo", "near-poor households"),
    CardGroup.NEAR_POOR_POOR_COMMUNE.value: Words(
        "hộ cận nghèo ở xã nghèo", "near-poor households of poor communes"
    ),
    CardGroup.STUDENT.value: Words("học sinh, sinh viên", "students"),
    CardGroup.FARM_HOUSEHOLD.value: Words(
        "hộ nông, lâm, ngư, diêm nghiệp có mức sống trung bình", "farm households of average means"
    ),
    CardGroup.ETHNIC_MINORITY.value: Words(
        "người dân tộc thiểu số ở xã không còn khó khăn", "ethnic minorities of communes no longer difficult"
    ),
    CardGroup.COMMUNITY_WORKER.value: Words("lực lượng ở thôn, xã", "community workers"),
    CardGroup.TRAFFICKING_VICTIM.value: Words("nạn nhân mua bán người", "victims of trafficking"),
    CardGroup.MINE_VICTIM.value: Words("nạn nhân bom mìn", "victims of mines"),
    HOUSEHOLD_GROUP: Words("thành viên hộ gia đình", "members of a household"),
}
_METHOD_NAMES: Final = {
    Method.MONTHS_1: Words("hằng tháng", "monthly"),
    Method.MONTHS_3: Words("3 tháng một lần", "each 3 months"),
    Method.MONTHS_6: Words("6 tháng một lần", "each 6 months"),
    Method.MONTHS_12: Words("12 tháng một lần", "each 12 months"),
    **{
        Method(f"years_{years}"): Words(f"một lần cho {years} năm về sau", f"{years} years ahead")
        for years in (2, 3, 4, 5)
    },
    Method.MISSING_MONTHS: Words("một lần cho những năm còn thiếu", "for missing months"),
}
_GROUP_PHRASES: Final = (
    ("bhyt_province_support_rate_", "tỷ lệ tỉnh hỗ trợ thêm BHYT cho", "the province's share of a card for"),
    ("bhyt_province_support_dong_", "số tiền tỉnh hỗ trợ thêm BHYT cho", "the province's amount for a card for"),
    ("bhyt_support_rate_", "tỷ lệ Nhà nước hỗ trợ BHYT cho", "the state's share of a card for"),
    ("province_support_rate_", "tỷ lệ tỉnh hỗ trợ thêm BHXH tự nguyện cho", "the province's share of support for"),
    ("province_support_dong_", "số tiền tỉnh hỗ trợ thêm BHXH tự nguyện cho", "the province's amount of support for"),
    ("support_rate_", "tỷ lệ Nhà nước hỗ trợ BHXH tự nguyện cho", "the state's share of support for"),
)  # fmt: skip


def name_rule(key: str) -> Words:
    """The words for a value of the law; of a key that is not known, words that fit each."""
    return _NAMES.get(key, Words("quy định này", "this rule"))


def format_rule_value(key: str, value: Decimal) -> Words:
    """The value as a sentence has it: đồng with dots, shares as percentages, counts as they are."""
    unit = RULE_KEYS.get(key)
    if unit is not None and unit.name == "dong":
        return Words(format_dong(int(value)), f"{int(value):,} đồng")
    if unit is not None and unit.name == "share":
        return Words(format_share(value), f"{format_decimal(value * 100)} %")
    text = format_decimal(value)
    return Words(text, text)


def describe_bounds(key: str) -> Words:
    """What numbers a value can be, as a sentence: of its unit, and 0 only where 0 makes sense."""
    unit, name = RULE_KEYS[key], name_rule(key)
    vi, en = _bounds_of(unit)
    return Words(f"Giá trị của “{name.vi}” phải là {vi}.", f"The value of “{name.en}” must be {en}.")


def _bounds_of(unit: RuleUnit) -> Words:
    if unit.name == "switch":
        return Words("0 hoặc 1", "0 or 1")
    if unit.name == "year":
        return Words(
            f"một năm từ {unit.minimum} đến {unit.maximum}", f"a year from {unit.minimum} to {unit.maximum}"
        )
    if unit.whole:
        least, most = int(unit.minimum), int(unit.maximum)
        what = " đồng" if unit.name == "dong" else ""
        return Words(
            f"số nguyên từ {least} đến {format_amount(most)}{what}",
            f"a whole number from {least} to {most:,}{what}",
        )
    most_vi, most_en = format_decimal(unit.maximum).replace(".", ","), format_decimal(unit.maximum)
    if unit.minimum > 0:
        return Words(f"số lớn hơn 0 và không quá {most_vi}", f"above 0 and at most {most_en}")
    return Words(f"số từ 0 đến {most_vi}", f"from 0 to {most_en}")


def _names() -> Iterator[tuple[str, Words]]:
    yield from _STATE_NAMES.items()
    for names in (BENEFIT_AMOUNTS, BENEFIT_SHARES, BENEFIT_COUNTS, BENEFIT_FACTORS, BENEFIT_YEARS):
        yield from ((key, Words(vi, f"the {key.replace('_', ' ')}")) for key, vi in names.items())
    for key in RULE_KEYS:
        if (name := _name_of_group(key) or _name_of_order(key) or _name_of_remuneration(key)) is not None:
            yield key, name


def _name_of_group(key: str) -> Words | None:
    for prefix, vi, en in _GROUP_PHRASES:
        if key.startswith(prefix):
            group = key.removeprefix(prefix)
            name = _CARD_NAMES[group] if prefix.startswith("bhyt") else _SUPPORT_NAMES[SupportKind(group)]
            return Words(f"{vi} {name.vi}", f"{en} {name.en}")
    return None


def _name_of_order(key: str) -> Words | None:
    if not key.startswith("bhyt_order_"):
        return None
    order = key.removeprefix("bhyt_order_")
    return Words(
        f"mức đóng BHYT của người thứ {order} trong hộ", f"the share of the household's member no. {order}"
    )


def _name_of_remuneration(key: str) -> Words | None:
    """Of remuneration_rate_<product>_<first or again>[_<method>]."""
    if not key.startswith("remuneration_rate_"):
        return None
    product, _, rest = key.removeprefix("remuneration_rate_").replace("bhxh_tn", "bhxh").partition("_")
    kind, _, method = rest.partition("_")
    vi = f"tỷ lệ thù lao {'BHYT' if product == 'bhyt' else 'BHXH tự nguyện'}"
    vi += " tham gia lần đầu" if kind == "first" else " đóng tiếp"
    en = f"the rate of remuneration, {'cards' if product == 'bhyt' else 'social insurance'}, {kind}"
    if not method:
        return Words(vi, en)
    name = _METHOD_NAMES[Method(method)]
    return Words(f"{vi}, đóng {name.vi}", f"{en}, {name.en}")


_NAMES: Final = dict(_names())
