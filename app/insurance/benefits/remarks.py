"""What stands around the figures: the age of retirement, the pledge, and warnings about values of the law."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from app.core.errors import FieldError, Words
from app.core.language import Language
from app.core.values.time import month_of
from app.core.values.wording import format_dong, say_month
from app.insurance.benefits.planning import EstimatedPerson, PlannedTime
from app.insurance.benefits.schemas import BenefitPlan
from app.insurance.benefits.timeline import month_number, number_month
from app.insurance.benefits.values import EstimateValues
from app.insurance.benefits.words import format_time, format_time_en
from app.insurance.plans.rules import DAYS_OF_YEAR
from app.insurance.quotes.errors import list_rule_warnings
from app.savings.kinds import Per

_PER_YEAR = {Per.DAY: DAYS_OF_YEAR, Per.MONTH: 12, Per.YEAR: 1}
_YEARS_AHEAD = 3
_VI_PER = {Per.DAY: "ngày", Per.WEEK: "tuần", Per.MONTH: "tháng", Per.YEAR: "năm"}


def retirement_to_response(saver: EstimatedPerson, language: Language) -> dict[str, Any]:
    """Convert the age of retirement to the fields of the answer."""
    age = saver.retirement - month_number(month_of(saver.birth_date))
    month = number_month(saver.retirement)
    words = Words(
        f"Đủ tuổi nghỉ hưu ({format_time(age).replace('năm', 'tuổi')}) vào tháng {say_month(month)}.",
        f"Retirement age ({format_time_en(age)}) is reached in {month}.",
    )
    return {
        "month": month,
        "age_years": age // 12,
        "age_months": age % 12,
        "legal_basis": "Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4",
        "explanation": words.in_language(language),
    }


def pledge_to_response(
    plan: BenefitPlan | None, planned: PlannedTime, language: Language
) -> dict[str, Any] | None:
    """Convert a pledge to the fields of the answer: what it brings in a month, and whether that suffices."""
    if plan is None or plan.pledge is None or planned.pledge is None:
        return None
    terms, per = planned.pledge, plan.pledge.per
    yearly = 12 * terms.needed
    needed = -(-7 * yearly // DAYS_OF_YEAR) if per is Per.WEEK else -(-yearly // _PER_YEAR[per])
    suffices = terms.budget >= terms.needed
    words = Words(
        f"Để dành {format_dong(plan.pledge.amount)} mỗi {_VI_PER[per]} là {format_dong(terms.budget)} mỗi tháng, "
        + (
            "đủ đóng mọi tháng."
            if suffices
            else f"chưa đủ cho mọi tháng: tháng đóng nhiều nhất cần {format_dong(needed)} mỗi {_VI_PER[per]}."
        ),
        f"{plan.pledge.amount:,} đồng a {per.value} are {terms.budget:,} đồng a month, "
        + (
            "enough for every month."
            if suffices
            else f"not enough for every month: the dearest takes {needed:,} đồng a {per.value}."
        ),
    )
    return {
        "amount": plan.pledge.amount,
        "per": per.value,
        "monthly": terms.budget,
        "suffices": suffices,
        "needed": needed,
        "explanation": words.in_language(language),
    }


def collect_warnings(values: EstimateValues) -> Iterator[FieldError]:
    """Collect what is not known for the day: values that await confirmation, old ones, years without a factor."""
    yield from (replace(note, pointer="/as_of") for note in list_rule_warnings(values.lookup))
    yield from _find_coming_lines(values)
    if values.outdated:
        count, latest = len(values.outdated), max(rule.valid_from for rule in values.outdated).year
        yield FieldError(
            "/as_of",
            "value_outdated",
            f"{count} giá trị của năm ước tính chưa được công bố hoặc xác nhận; tạm dùng giá trị gần nhất, của năm "
            f"{latest} trở về trước.",
            f"{count} values of the day are not published or confirmed; the last ones, of {latest} or before, hold.",
        )
    if values.without_factor:
        years = ", ".join(map(str, sorted(values.without_factor)))
        yield FieldError(
            "/as_of",
            "no_income_factor",
            f"Chưa có hệ số điều chỉnh thu nhập của các năm {years}; tính hệ số thấp nhất là 1 nên lương hưu có thể "
            "cao hơn.",
            f"There is no factor for incomes of {years}; the least, 1, is used, so that the pension may be higher.",
        )


def _find_coming_lines(values: EstimateValues) -> Iterator[FieldError]:
    """Find other poverty lines of the years ahead, which move the lowest income and the state's support."""
    for year in range(values.day.year, values.day.year + _YEARS_AHEAD):
        for rule in values.book.rules_on("rural_poverty_line", date(year, 12, 31)):
            if rule is None or not values.day < rule.valid_from or rule.valid_from.year != year:
                continue
            day, amount = rule.valid_from, int(rule.value)
            status = "đã" if rule.active else "chưa"
            yield FieldError(
                "/as_of",
                "value_changes",
                f"Từ ngày {day:%d/%m/%Y} chuẩn hộ nghèo khu vực nông thôn, là mức thu nhập thấp nhất, sẽ là "
                f"{format_dong(amount)} ({status} được BHXH xác nhận); ước tính chưa tính thay đổi này.",
                f"From {day} on the rural poverty line, the lowest income, will be {amount:,} đồng "
                f"({'confirmed' if rule.active else 'not confirmed yet'}); the estimate does not count with it.",
            )
