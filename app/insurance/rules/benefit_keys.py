"""The keys of the values that benefit estimates use, by unit, each with its Vietnamese name.

The factors by which incomes of a year are raised (hệ số điều chỉnh) are published anew each year for every year since
2008: one key for each of these years, whose rows are the publications.
"""

from collections.abc import Mapping
from typing import Final

FIRST_INCOME_YEAR: Final = 2008
LAST_INCOME_YEAR: Final = 2099


def income_factor_key(year: int) -> str:
    """The key of the factor by which incomes of a year are raised."""
    return f"income_factor_{year}"


BENEFIT_AMOUNTS: Final[Mapping[str, str]] = {
    "maternity_allowance": "trợ cấp thai sản cho mỗi con",
    "social_pension": "trợ cấp hưu trí xã hội hằng tháng",
}
"""đồng."""

BENEFIT_SHARES: Final[Mapping[str, str]] = {
    "pension_base_share": "tỷ lệ lương hưu của số năm đầu",
    "pension_step": "tỷ lệ lương hưu tăng thêm mỗi năm",
    "pension_max_share": "tỷ lệ lương hưu cao nhất",
    "pension_short_share_male": "tỷ lệ lương hưu của nam đủ số năm tối thiểu",
    "pension_short_step_male": "tỷ lệ lương hưu tăng thêm mỗi năm của nam dưới 20 năm",
}
"""Shares of the average income."""

BENEFIT_COUNTS: Final[Mapping[str, str]] = {
    "pension_base_years_female": "số năm của tỷ lệ 45 % đối với nữ",
    "pension_base_years_male": "số năm của tỷ lệ 45 % đối với nam",
    "pension_bonus_years_female": "số năm trên đó nữ được trợ cấp một lần khi nghỉ hưu",
    "pension_bonus_years_male": "số năm trên đó nam được trợ cấp một lần khi nghỉ hưu",
    "early_pension_years": "số năm đóng để người tham gia trước năm 2021 nghỉ hưu sớm hơn",
    "early_pension_age_months_female": "tuổi nghỉ hưu sớm hơn của nữ, tháng",
    "early_pension_age_months_male": "tuổi nghỉ hưu sớm hơn của nam, tháng",
    "allowance_months_min": "số tháng đóng tối thiểu để có trợ cấp hằng tháng",
    "maternity_months_needed": "số tháng đóng để có trợ cấp thai sản",
    "maternity_window_months": "số tháng trước khi sinh con được xét",
    "funeral_months_needed": "số tháng đóng để có trợ cấp mai táng",
    "survivor_months_needed": "số tháng đóng để tính trợ cấp tuất theo năm",
    "survivor_full_months": "số tháng hưởng lương hưu đầu tiên có trợ cấp tuất cao nhất",
    "social_pension_age": "tuổi hưởng trợ cấp hưu trí xã hội",
    "social_pension_age_poor": "tuổi hưởng trợ cấp hưu trí xã hội của hộ nghèo, hộ cận nghèo",
}
"""Months, years of time or of life."""

BENEFIT_FACTORS: Final[Mapping[str, str]] = {
    "pension_bonus_factor": "số lần mức bình quân cho mỗi năm vượt",
    "pension_bonus_late_factor": "số lần mức bình quân cho mỗi năm vượt sau tuổi nghỉ hưu",
    "one_off_early_factor": "BHXH một lần: số lần mức bình quân cho mỗi năm trước 2014",
    "one_off_factor": "BHXH một lần: số lần mức bình quân cho mỗi năm từ 2014",
    "one_off_short_cap": "BHXH một lần dưới một năm: nhiều nhất bao nhiêu lần mức bình quân",
    "survivor_early_factor": "trợ cấp tuất: số lần mức bình quân cho mỗi năm trước 2014",
    "survivor_factor": "trợ cấp tuất: số lần mức bình quân cho mỗi năm từ 2014",
    "survivor_pensions_first": "trợ cấp tuất của người hưởng lương hưu: số tháng lương hưu cao nhất",
    "survivor_pensions_step": "trợ cấp tuất của người hưởng lương hưu: giảm mỗi tháng",
    "survivor_pensions_least": "trợ cấp tuất của người hưởng lương hưu: ít nhất",
    "funeral_multiple": "trợ cấp mai táng: số lần mức tham chiếu",
    "allowance_factor": "trợ cấp hằng tháng: số lần mức bình quân cho mỗi năm",
    **{
        income_factor_key(year): f"hệ số điều chỉnh thu nhập của năm {year}"
        for year in range(FIRST_INCOME_YEAR, LAST_INCOME_YEAR + 1)
    },
}
"""Multiples of something."""

BENEFIT_YEARS: Final[Mapping[str, str]] = {
    "lump_sum_later_since": "năm từ đó mỗi năm đóng được tính 2 lần mức bình quân",
    "early_pension_joined_before": "năm mà người tham gia trước đó được nghỉ hưu sớm hơn",
}
"""Calendar years."""
