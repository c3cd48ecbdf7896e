"""The headline of a member's page: what comes of it if the member goes on paying as before until retirement age."""

from app.core.errors import InvalidInput, Words
from app.core.language import Language
from app.core.values.wording import format_dong, say_month
from app.insurance.benefits.case import EstimateCase, PensionRight
from app.insurance.benefits.comparison import pension_of
from app.insurance.benefits.figures.lump_sums import withdrawal_figure
from app.insurance.benefits.planning import EstimatedPerson, PlannedTime, plan_time
from app.insurance.benefits.schemas import BenefitPlan, EstimateTerms, PlanEnd
from app.insurance.benefits.service import KnownTime, identify_saver
from app.insurance.benefits.shapes import PensionOutlook
from app.insurance.benefits.timeline import number_month
from app.insurance.benefits.values import EstimateValues
from app.insurance.benefits.words import format_time, format_time_en


def build_outlook(known: KnownTime, values: EstimateValues, language: Language) -> PensionOutlook | None:
    """Build the headline; None where the law has no values for the day or the person is too young."""
    try:
        saver = identify_saver(EstimateTerms(), known, values)
        planned = _go_on(saver, values)
        case = EstimateCase(saver, planned, pay_missing=True, births=(), values=values)
        return _to_outlook(case, language)
    except InvalidInput:
        return None


def _go_on(saver: EstimatedPerson, values: EstimateValues) -> PlannedTime:
    """Plan to pay on with the last income until retirement age, or until the years of a pension are there if later.

    Nothing more where age and years are reached. Raises: InvalidInput for who is too young.
    """
    needed = 12 * values.whole("pension_years_needed")
    last = max(saver.paid.periods, key=lambda period: period.first, default=None)
    income = None if last is None else max(last.income, values.whole("rural_poverty_line"))
    first = max(saver.paid.last or 0, _month_before(values)) + 1
    enough_at_age = saver.paid.months + saver.retirement - first + 1 >= needed
    if enough_at_age and saver.retirement < first:
        return PlannedTime((), None)
    until = PlanEnd.RETIREMENT_AGE if enough_at_age else PlanEnd.PENSION_YEARS
    return plan_time(BenefitPlan(until=until, monthly_income=income), "", saver, values)


def _month_before(values: EstimateValues) -> int:
    return 12 * values.day.year + values.day.month - 2


def _to_outlook(case: EstimateCase, language: Language) -> PensionOutlook:
    paid, right = case.saver.paid.months, case.right is not PensionRight.NONE
    income = case.planned.periods[0].income if case.planned.periods else None
    pension = pension_of(case) if right else None
    now = EstimateCase(case.saver, PlannedTime((), None), True, (), case.values)
    return PensionOutlook(
        years=paid // 12,
        odd_months=paid % 12,
        months_paid=paid,
        months_needed=case.months_needed,
        missing_months=max(0, case.months_needed - paid),
        retirement_month=number_month(case.saver.retirement),
        months_to_pay=sum(period.months for period in case.planned.periods),
        monthly_income=income,
        pension=pension,
        pension_from=number_month(case.pension_from) if right else None,
        withdrawal_now=withdrawal_figure(now).amount,
        explanation=_describe(case, income, pension).in_language(language),
    )


def _describe(case: EstimateCase, income: int | None, pension: int | None) -> Words:
    paid = case.saver.paid.months
    age_in = number_month(case.saver.retirement)
    vi = f"Đã đóng {format_time(paid)}; đủ tuổi nghỉ hưu vào tháng {say_month(age_in)}."
    en = f"{format_time_en(paid)} are paid; retirement age is reached in {age_in}."
    if pension is None:
        return Words(vi, en)
    begins = number_month(case.pension_from)
    if income is not None:
        months = sum(period.months for period in case.planned.periods)
        vi += f" Nếu đóng tiếp {format_time(months)} với mức thu nhập {format_dong(income)} thì"
        en += f" With {format_time_en(months)} more on an income of {income:,} đồng"
    else:
        vi += " Không đóng thêm thì"
        en += " Without further payment"
    return Words(
        f"{vi} lương hưu khoảng {format_dong(pension)} mỗi tháng từ tháng {say_month(begins)}, theo giá trị tiền "
        "hôm nay.",
        f"{en} the pension is about {pension:,} đồng a month from {begins}, in today's money.",
    )
