"""Figures of the time paid: what a plan costs, how long it is, and what is missing."""

from decimal import Decimal
from fractions import Fraction

from app.core.errors import Words
from app.core.values.wording import format_dong, say_month
from app.insurance.benefits.case import EstimateCase, PensionRight
from app.insurance.benefits.figures.figure import EstimateFigure
from app.insurance.benefits.figures.notes import (
    L41,
    MISSING_SUPPORT_OPEN,
    ND159,
    NO_PROVINCE,
    PAID_MONTHLY,
    TODAYS_VALUES,
)
from app.insurance.benefits.timeline import number_month
from app.insurance.benefits.words import format_time, format_time_en
from app.insurance.law.benefits.average import round_once
from app.insurance.law.premium import premium_for_missing, state_support_for_missing, supported_months
from app.insurance.law.results import CostShares


def cost_figure(case: EstimateCase) -> EstimateFigure:
    """What the plan costs from now on, and who pays it."""
    values, periods = case.values, case.planned.periods
    rate = values.value("bhxh_tn_rate")
    due = sum(round_once(Fraction(rate) * period.income * period.months) for period in periods)
    shares = CostShares.split(due, (sum(period.state_support for period in periods), 0, 0))
    supported = sum(period.supported_months for period in periods)
    own, state = format_dong(shares.participant_pays), format_dong(shares.state_support)
    return EstimateFigure(
        shares.participant_pays,
        "once",
        f"{L41}, Điều 36.1 và 31.2; {ND159}, Điều 5",
        Words(
            f"Theo phương án này, người tham gia tự đóng {own}, Nhà nước hỗ trợ {state} cho {supported} tháng.",
            f"By this plan the person pays {shares.participant_pays:,} đồng and the state "
            f"{shares.state_support:,} đồng for {supported} months.",
        ),
        {"expression": "Σ income × rate × months − support_rate × rate × poverty_line × supported_months",
         "rate": rate, "poverty_line": values.whole("rural_poverty_line"),
         "support_rate": _support_rate(case), "supported_months": supported},
        (PAID_MONTHLY, TODAYS_VALUES, NO_PROVINCE),
        more={"amount_due": shares.amount_due, "state_support": shares.state_support,
              "supported_months": supported},
    )  # fmt: skip


def _support_rate(case: EstimateCase) -> Decimal:
    group = case.saver.group
    return case.values.value(f"support_rate_{group.value}") if group else Decimal(0)


def service_figure(case: EstimateCase) -> EstimateFigure:
    """The time paid: how much, when the years of a pension are there, and how many months are missing."""
    months, needed = case.timeline.months, case.months_needed
    reached = case.timeline.month_of_count(needed)
    at_age = case.timeline.months_until(case.saver.retirement)
    more = {
        "months_paid": case.saver.paid.months,
        "months_planned": months - case.saver.paid.months,
        "months_in_all": months,
        "months_at_retirement_age": at_age,
        "months_needed": needed,
        "enough": case.right is not PensionRight.NONE,
        "right": case.right.value,
        "reached_in": None if reached is None else number_month(reached),
        "missing_months": case.missing,
        "monthly_until": number_month(case.monthly_until) if case.missing else None,
    }
    return EstimateFigure(
        None, "once", f"{L41}, Điều 5.6 và Điều 98", _service_words(case, reached), more=more
    )


def _service_words(case: EstimateCase, reached: int | None) -> Words:
    months, needed = case.timeline.months, case.months_needed
    vi = f"Thời gian đóng là {format_time(months)}; lương hưu cần từ đủ {format_time(needed)}."
    en = f"The time paid is {format_time_en(months)}; a pension needs {format_time_en(needed)}."
    if reached is not None:
        month = number_month(reached)
        return Words(f"{vi} Đủ từ tháng {say_month(month)}.", f"{en} It is reached in {month}.")
    return Words(
        f"{vi} Còn thiếu {format_time(case.missing)}.", f"{en} {format_time_en(case.missing)} are missing."
    )


def missing_figure(case: EstimateCase) -> EstimateFigure | None:
    """What it costs to pay for the missing months at once; None when nothing is missing."""
    if not case.missing:
        return None
    values, most = case.values, case.values.whole("missing_months_max")
    basis = f"{L41}, Điều 36.2.e và 36.3.e; {ND159}, Điều 7"
    more = {"months": case.missing, "payable": case.may_pay_missing, "most_months": most}
    if not case.may_pay_missing:
        once_from = number_month(max(case.saver.retirement - 1, case.monthly_until - most + 1))
        monthly_until = number_month(case.monthly_until)
        return EstimateFigure(
            None, "once", basis,
            Words(
                f"Còn thiếu {format_time(case.missing)}, nhiều hơn {most} tháng nên không đóng một lần ngay được. Đóng "
                f"tiếp hằng tháng thì đủ vào tháng {say_month(monthly_until)}, hoặc từ tháng "
                f"{say_month(once_from)} đóng một lần cho phần còn lại.",
                f"{format_time_en(case.missing)} are missing, more than {most} months, so they cannot be paid at once. "
                f"Month by month they are paid in {monthly_until}, or the rest at once from {once_from}.",
            ),
            more=more
            | {"earliest_month": once_from, "monthly_income": None, "amount_due": None, "state_support": None},
        )  # fmt: skip
    rate, fund = values.value("bhxh_tn_rate"), values.value("fund_rate_month")
    due = premium_for_missing(rate, case.missing_income, case.missing, fund)
    state = _missing_support(case, rate, fund)
    shares = CostShares.split(due, (state, 0, 0))
    earliest = number_month(case.missing_month)
    return EstimateFigure(
        shares.participant_pays, "once", basis,
        Words(
            f"Còn thiếu {format_time(case.missing)}: đóng một lần {format_dong(due)} từ tháng "
            f"{say_month(earliest)}, trong đó tự đóng {format_dong(shares.participant_pays)}.",
            f"{format_time_en(case.missing)} are missing: {due:,} đồng at once from {earliest}, of which the person "
            f"pays {shares.participant_pays:,} đồng.",
        ),
        {"expression": "Σ[i=1..months] income × rate × (1 + fund_rate)^i", "income": case.missing_income,
         "rate": rate, "months": case.missing, "fund_rate": fund},
        (TODAYS_VALUES,),
        (MISSING_SUPPORT_OPEN,) if state else (),
        more | {"earliest_month": earliest, "monthly_income": case.missing_income, "amount_due": due,
                "state_support": shares.state_support},
    )  # fmt: skip


def _missing_support(case: EstimateCase, rate: Decimal, fund: Decimal) -> int:
    share, values = _support_rate(case), case.values
    used = case.saver.supported_before + sum(period.supported_months for period in case.planned.periods)
    months = supported_months(case.missing, used, values.whole("support_months_max"))
    if not share or not months:
        return 0
    return state_support_for_missing(share, rate, values.whole("rural_poverty_line"), months, fund)
