"""Figures of the pension: the average income, the pension, its bonus, an earlier one."""

from dataclasses import replace
from decimal import Decimal

from app.core.errors import Words
from app.core.values.time import add_months, month_of
from app.core.values.wording import format_dong, format_share, say_month
from app.insurance.benefits.case import EstimateCase, PensionRight
from app.insurance.benefits.figures.figure import EstimateFigure
from app.insurance.benefits.figures.notes import (
    L41,
    ND159,
    NO_FACTOR_AHEAD,
    ODD_MONTHS,
    TODAYS_MONEY,
    VOLUNTARY_ONLY,
)
from app.insurance.benefits.timeline import Timeline, average_of, month_number, number_month, split_years
from app.insurance.benefits.words import format_number, format_time, format_time_en
from app.insurance.law.benefits.average import count_half_years, round_once
from app.insurance.law.benefits.pension import (
    count_bonus_years,
    monthly_pension,
    pension_share,
    retirement_bonus,
)


def average_figure(case: EstimateCase) -> EstimateFigure:
    """The average of the indexed incomes, with the incomes of each year."""
    average = case.pension_average
    amount = round_once(average.amount)
    parts = split_years(case.pension_periods, case.values)
    years = [
        {"year": part.year, "months": part.months, "monthly_income": part.income, "factor": str(part.factor)}
        for part in sorted(parts, key=lambda part: part.year)
    ]
    return EstimateFigure(
        amount if average.months else None,
        "month",
        f"{L41}, Điều 104; {ND159}, Điều 10",
        Words(
            f"Mức bình quân thu nhập của {format_time(average.months)}, sau điều chỉnh, là {format_dong(amount)} mỗi "
            "tháng.",
            f"The average of the indexed incomes of {format_time_en(average.months)} is {amount:,} đồng a month.",
        ),
        {"expression": "Σ income × factor × months / Σ months", "months": average.months},
        (NO_FACTOR_AHEAD,),
        more={"years": years},
    )


def pension_figure(case: EstimateCase) -> EstimateFigure:
    """The pension a month, in today's money."""
    years = Decimal(count_half_years(case.pension_months)) / 2
    scale, share = case.scale, case.share
    point = "a" if case.saver.sex == "female" else "b"
    basis = f"{L41}, Điều 98, Điều 99.1.{point} và Điều 101"
    more = {"share": share, "years_counted": years, "from_month": None, "right": case.right.value}
    if case.right is PensionRight.NONE:
        words = Words(
            f"Chưa đủ {scale.years_needed} năm đóng nên chưa có lương hưu.",
            f"There are not {scale.years_needed} years yet, so there is no pension.",
        )
        return EstimateFigure(None, "month", basis, words, more=more)
    amount, begins = monthly_pension(share, case.pension_average), number_month(case.pension_from)
    average = round_once(case.pension_average.amount)
    return EstimateFigure(
        amount, "month", basis,
        Words(
            f"Lương hưu hằng tháng là {format_share(share)} × {format_dong(average)} = {format_dong(amount)}, "
            f"từ tháng {say_month(begins)}.",
            f"The pension is {format_share(share)} × {average:,} = {amount:,} đồng a month, from {begins}.",
        ),
        {"expression": "share × average_income", "share": share, "average_income": average,
         "years": years, "base_years": scale.base_years, "base_share": scale.base_share, "step": scale.step,
         "max_share": scale.max_share, "short_share": scale.short_share, "short_step": scale.short_step},
        (TODAYS_MONEY, ODD_MONTHS, VOLUNTARY_ONLY),
        more=more | {"from_month": begins},
    )  # fmt: skip


def bonus_figure(case: EstimateCase) -> EstimateFigure:
    """What is paid once on retirement for more than 35 years (30 of a woman)."""
    basis, scale = f"{L41}, Điều 100", case.scale
    at_age = Timeline(case.timeline.periods).months_until(case.saver.retirement)
    years = count_bonus_years(scale, at_age, case.pension_months)
    if case.right is PensionRight.NONE or not years.before + years.after:
        words = Words(
            f"Không có trợ cấp một lần khi nghỉ hưu vì thời gian đóng không quá {scale.bonus_years} năm.",
            f"There is no bonus, because the time is not more than {scale.bonus_years} years.",
        )
        return EstimateFigure(None, "once", basis, words)
    amount = retirement_bonus(scale, years, case.pension_average)
    return EstimateFigure(
        amount, "once", basis,
        Words(
            f"Đóng vượt {format_number(years.before + years.after)} năm nên được trợ cấp một lần {format_dong(amount)} "
            "khi nghỉ hưu.",
            f"A bonus of {amount:,} đồng for {years.before + years.after} years above the threshold.",
        ),
        {"expression": "(factor × years_before + late_factor × years_after) × average_income",
         "factor": scale.bonus_factor, "years_before": years.before, "late_factor": scale.late_factor,
         "years_after": years.after, "average_income": round_once(case.pension_average.amount)},
    )  # fmt: skip


def early_pension_figure(case: EstimateCase) -> EstimateFigure | None:
    """The pension at 60 (55) of who joined before 2021 and has 20 years; None when it is not earlier."""
    values, timeline = case.values, case.timeline
    first = min((period.first for period in timeline.periods), default=None)
    if first is None or first >= 12 * values.whole("early_pension_joined_before"):
        return None
    needed = timeline.month_of_count(12 * values.whole("early_pension_years"))
    age = values.whole(f"early_pension_age_months_{case.saver.sex}")
    if needed is None:
        return None
    month = max(needed, month_number(add_months(month_of(case.saver.birth_date), age)))
    if month >= case.saver.retirement:
        return None
    months = timeline.months_until(month)
    average = average_of(_until(timeline, month).periods, values)
    share = pension_share(case.scale, months)
    amount, begins = monthly_pension(share, average), number_month(month + 1)
    return EstimateFigure(
        amount, "month", f"{L41}, Điều 141.9; {ND159}, Điều 13",
        Words(
            f"Tham gia trước năm 2021 và đủ 20 năm: nếu muốn, được hưởng lương hưu {format_dong(amount)} mỗi tháng "
            f"từ tháng {say_month(begins)}.",
            f"Who joined before 2021 and has 20 years may have a pension of {amount:,} đồng a month from {begins}.",
        ),
        {"expression": "share × average_income", "share": share, "average_income": round_once(average.amount)},
        (TODAYS_MONEY,),
        more={"share": share, "from_month": begins, "months": months},
    )  # fmt: skip


def _until(timeline: Timeline, month: int) -> Timeline:
    """The periods up to a month."""
    return Timeline(
        tuple(
            replace(period, months=min(period.months, month - period.first + 1))
            for period in timeline.periods
            if period.first <= month
        )
    )
