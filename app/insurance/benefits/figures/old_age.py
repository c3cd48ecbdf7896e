"""Figures of old age beside the pension: the health card, the monthly allowance, the social pension."""

from app.core.errors import Words
from app.core.values.money import round_half_up
from app.core.values.time import add_months, month_of
from app.core.values.wording import format_dong, say_month
from app.insurance.benefits.case import EstimateCase, PensionRight
from app.insurance.benefits.figures.figure import EstimateFigure
from app.insurance.benefits.figures.notes import (
    ASKED_AT_AGE,
    L41,
    LAST_MONTH_OPEN,
    LOW_PENSION_OPEN,
    ND159,
    STAYS_POOR,
    TODAYS_VALUES,
)
from app.insurance.benefits.timeline import month_number, number_month
from app.insurance.law.benefits.allowances import MonthlyAllowance, monthly_allowance
from app.insurance.law.benefits.average import MONTHS_OF_YEAR, round_once
from app.insurance.law.benefits.pension import monthly_pension
from app.insurance.law.results import Formula
from app.people.kinds import SupportKind

_ND176 = "NĐ 176/2025/NĐ-CP"
_POOR = (SupportKind.POOR, SupportKind.NEAR_POOR)


def card_figure(case: EstimateCase) -> EstimateFigure:
    """The free health card in retirement, as what a household's first card costs a year today."""
    values = case.values
    rate, salary = values.value("bhyt_rate"), values.whole("base_salary")
    formula: Formula = {
        "expression": "bhyt_rate × base_salary × 12",
        "bhyt_rate": rate,
        "base_salary": salary,
    }
    worth = round_half_up(rate * salary * 12)
    if case.right is PensionRight.NONE:
        return EstimateFigure(
            None, "year", f"{L41}, Điều 23.6 và Điều 22.3; Luật 51/2024/QH15, Điều 12",
            Words(
                "Không có lương hưu thì không có thẻ BHYT do quỹ BHXH đóng; ngân sách chỉ đóng trong thời gian hưởng "
                "trợ cấp hằng tháng hoặc trợ cấp hưu trí xã hội.",
                "Without a pension the fund pays no health card; the budget does during a monthly allowance or a "
                "social pension.",
            ),
            formula,
            more={"from_month": None, "worth": worth},
        )  # fmt: skip
    begins = number_month(case.pension_from)
    return EstimateFigure(
        worth, "year", f"{L41}, Điều 119.2.a; Luật 51/2024/QH15, Điều 12.2.a",
        Words(
            f"Từ tháng {say_month(begins)} có thẻ BHYT do quỹ BHXH đóng; thẻ hộ gia đình thứ nhất hiện nay giá "
            f"{format_dong(worth)} một năm.",
            f"From {begins} on the fund pays for a health card; a household's first card costs {worth:,} đồng a year.",
        ),
        formula,
        (TODAYS_VALUES,),
        more={"from_month": begins, "worth": worth},
    )  # fmt: skip


def social_pension_month(case: EstimateCase) -> int:
    """The month in which the age of the social pension is reached."""
    key = "social_pension_age_poor" if case.saver.group in _POOR else "social_pension_age"
    months = MONTHS_OF_YEAR * case.values.whole(key)
    return month_number(add_months(month_of(case.saver.birth_date), months))


def allowance_figure(case: EstimateCase) -> EstimateFigure:
    """The monthly allowance of who reaches the age with less than 15 years."""
    basis, least = f"{L41}, Điều 23; {ND159}, Điều 14", case.values.whole("allowance_months_min")
    begins, until = case.settled, social_pension_month(case) - case.settled
    words = None
    if not case.missing:
        words = Words(
            "Đủ năm hưởng lương hưu nên không có trợ cấp hằng tháng.",
            "There are enough years for a pension, so there is no monthly allowance.",
        )
    elif case.timeline.months < least:
        words = Words(
            f"Trợ cấp hằng tháng cần đóng từ đủ {least} tháng.", f"The allowance needs {least} months."
        )
    elif until < 1:
        words = Words(
            "Đã đến tuổi hưởng trợ cấp hưu trí xã hội nên không có trợ cấp hằng tháng.",
            "The age of the social pension is reached, so there is no monthly allowance.",
        )
    if words is not None:
        empty = dict.fromkeys(("months", "from_month", "to_month", "top_up"))
        return EstimateFigure(None, "month", basis, words, more=empty)
    factor, social = case.values.value("allowance_factor"), case.values.whole("social_pension")
    result = monthly_allowance(case.average, case.timeline.months, factor, social, until)
    first, last = number_month(begins), number_month(begins + result.months - 1)
    return EstimateFigure(
        result.amount, "month", basis, _allowance_words(result, first, last),
        {"expression": "Ttt = average_income × factor × years / social_pension; amount = social_pension + "
                       "max(0, Ttt − Tdt) × social_pension / Tdt",
         "average_income": round_once(case.average.amount), "factor": factor, "Ttt": result.covered,
         "Tdt": result.until, "social_pension": social},
        (TODAYS_VALUES, ASKED_AT_AGE),
        (LAST_MONTH_OPEN,),
        {"months": result.months, "from_month": first, "to_month": last, "top_up": result.top_up},
    )  # fmt: skip


def _allowance_words(result: MonthlyAllowance, first: str, last: str) -> Words:
    vi = (
        f"Thay cho BHXH một lần, được chọn trợ cấp hằng tháng {format_dong(result.amount)} trong {result.months} "
        f"tháng, từ tháng {say_month(first)} đến tháng {say_month(last)}, và được ngân sách đóng BHYT."
    )
    en = (
        f"Instead of a withdrawal: an allowance of {result.amount:,} đồng a month for {result.months} months, from "
        f"{first} to {last}, with a health card."
    )
    if result.top_up:
        vi += (
            f" Đóng thêm một lần {format_dong(result.top_up)} thì được hưởng đến tuổi trợ cấp hưu trí xã hội."
        )
        en += f" Another {result.top_up:,} đồng at once make it last until the social pension."
    return Words(vi, en)


def social_pension_figure(case: EstimateCase) -> EstimateFigure:
    """The social pension from 75 on (70 of poor and near-poor households), for who has no pension, or a lower one."""
    values, basis = case.values, f"{L41}, Điều 21 và Điều 22; {_ND176}, Điều 2 và Điều 3"
    amount, begins = values.whole("social_pension"), number_month(social_pension_month(case))
    poor = case.saver.group in _POOR
    age = values.whole("social_pension_age_poor" if poor else "social_pension_age")
    pension = None if case.right is PensionRight.NONE else monthly_pension(case.share, case.pension_average)
    more = {"from_month": begins, "age": age}
    formula: Formula = {"expression": "social_pension", "social_pension": amount}
    if pension is not None and pension >= amount:
        words = Words(
            f"Có lương hưu từ {format_dong(amount)} trở lên thì không có trợ cấp hưu trí xã hội.",
            f"Who has a pension of {amount:,} đồng or more has no social pension.",
        )
        return EstimateFigure(None, "month", basis, words, formula, more=more)
    assumed = (TODAYS_VALUES, STAYS_POOR) if poor else (TODAYS_VALUES,)
    return EstimateFigure(
        amount, "month", basis,
        Words(
            f"Từ {age} tuổi (tháng {say_month(begins)}), người không có lương hưu được trợ cấp hưu trí xã hội "
            f"{format_dong(amount)} mỗi tháng và thẻ BHYT.",
            f"From {age} years on ({begins}) who has no pension gets a social pension of {amount:,} đồng a month and a "
            "health card.",
        ),
        formula,
        assumed,
        () if pension is None else (LOW_PENSION_OPEN,),
        more,
    )  # fmt: skip
