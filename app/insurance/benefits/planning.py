"""From a request to periods: what was paid, and what each plan will pay. Each wrong field is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.core.errors import FieldError, InvalidInput
from app.core.values.time import month_of
from app.insurance.benefits import errors
from app.insurance.benefits.schemas import BenefitPlan, PaidTime, PlanEnd
from app.insurance.benefits.support import split_by_support, support_declared
from app.insurance.benefits.timeline import IncomePeriod, Timeline, find_overlap, month_number, present_month
from app.insurance.benefits.values import EstimateValues
from app.insurance.law.premium import income_bounds
from app.insurance.plans.rules import DAYS_OF_YEAR, convert_to_daily
from app.insurance.rules.benefit_keys import FIRST_INCOME_YEAR
from app.people.kinds import SupportKind

_MAX_PAID_AHEAD = 60
_MAX_WAIT = 600


@dataclass(frozen=True, slots=True)
class EstimatedPerson:
    """Who is estimated. retirement: number of the month of retirement age; group: support from now on."""

    birth_date: date
    sex: str
    retirement: int
    group: SupportKind | None
    paid: Timeline
    supported_before: int


@dataclass(frozen=True, slots=True)
class MonthlyPledge:
    """A pledge as money a month. budget: what it brings in; needed: what the dearest month of the plan takes."""

    budget: int
    needed: int


@dataclass(frozen=True, slots=True)
class PlannedTime:
    """The months of a plan. pledge: when it was given as money put by."""

    periods: tuple[IncomePeriod, ...]
    pledge: MonthlyPledge | None


def read_paid_times(
    times: Sequence[PaidTime], pointer: str, born: date, values: EstimateValues
) -> tuple[IncomePeriod, ...]:
    """Convert declared times to periods, with the support of each month. Raises: InvalidInput with each wrong field."""
    problems = []
    periods: list[IncomePeriod] = []
    used, present = 0, present_month(values)
    for index, paid in enumerate(times):
        place = f"{pointer}/{index}/from_month"
        if paid.from_month is None and len(times) > 1:
            problems.append(FieldError(place, *errors.FROM_MONTH_NEEDED))
            continue
        first = present - paid.months if paid.from_month is None else month_number(paid.from_month)
        period = IncomePeriod(first, paid.months, paid.monthly_income)
        problems += _find_period_problems(period, place, born, values)
        periods.append(period)
    if not problems and (doubled := find_overlap(periods)) is not None:
        problems.append(FieldError(f"{pointer}/{doubled}/from_month", *errors.MONTH_PAID_TWICE))
    if problems:
        raise InvalidInput(errors=problems)
    supported = []
    for paid, period in sorted(zip(times, periods, strict=True), key=lambda pair: pair[1].first):
        result = support_declared(period, paid.support_group, used, values)
        if paid.state_support is not None:
            result = IncomePeriod(
                result.first, result.months, result.income, result.supported_months, paid.state_support
            )
        used += result.supported_months
        supported.append(result)
    return tuple(supported)


def _find_period_problems(
    period: IncomePeriod, pointer: str, born: date, values: EstimateValues
) -> list[FieldError]:
    if period.first < 12 * FIRST_INCOME_YEAR:
        return [FieldError(pointer, *errors.BEFORE_VOLUNTARY_INSURANCE)]
    if period.last > present_month(values) + _MAX_PAID_AHEAD:
        return [FieldError(pointer, *errors.TOO_FAR_AHEAD)]
    return _find_age_problems(period.first, pointer, born, values)


def _find_age_problems(month: int, pointer: str, born: date, values: EstimateValues) -> list[FieldError]:
    """Find whether somebody is too young in a month: the age must be reached in it."""
    youngest = month_number(month_of(born)) + 12 * values.whole("bhxh_tn_age_min")
    return [FieldError(pointer, *errors.TOO_YOUNG)] if month < youngest else []


def plan_time(plan: BenefitPlan, pointer: str, saver: EstimatedPerson, values: EstimateValues) -> PlannedTime:
    """Work out the months of a plan, and with which income each is paid. Raises: InvalidInput with each wrong field."""
    first = _find_first_month(plan, saver, values)
    problems = _find_plan_problems(plan, pointer, first, saver, values)
    months = None if problems else _count_months(plan, first, saver, values)
    if months is not None and months < 1:
        problems.append(FieldError(f"{pointer}/until", *errors.NOTHING_TO_PAY))
    if problems or months is None:
        raise InvalidInput(errors=problems)
    used = saver.supported_before
    incomes, budget = _choose_incomes(plan, pointer, saver.group, values)
    periods = tuple(split_by_support(first, months, incomes, saver.group, used, values))
    if any(planned.overlaps(paid) for planned in periods for paid in saver.paid.periods):
        raise InvalidInput(errors=[FieldError(f"{pointer}/from_month", *errors.MONTH_PAID_TWICE)])
    if budget is None:
        return PlannedTime(periods, None)
    needed = max(_own_part_of_month(period, values) for period in periods)
    return PlannedTime(periods, MonthlyPledge(budget, needed))


def _find_first_month(plan: BenefitPlan, saver: EstimatedPerson, values: EstimateValues) -> int:
    if plan.from_month is not None:
        return month_number(plan.from_month)
    present, last = present_month(values), saver.paid.last
    return present if last is None else max(present, last + 1)


def _find_plan_problems(
    plan: BenefitPlan, pointer: str, first: int, saver: EstimatedPerson, values: EstimateValues
) -> list[FieldError]:
    problems = []
    if plan.monthly_income is not None and plan.pledge is not None:
        problems.append(FieldError(f"{pointer}/pledge", *errors.ONE_OF_INCOME_AND_PLEDGE))
    if sum(each is not None for each in (plan.months, plan.years, plan.until)) > 1:
        problems.append(FieldError(f"{pointer}/months", *errors.ONE_LENGTH_ONLY))
    present = present_month(values)
    if first < present:
        problems.append(FieldError(f"{pointer}/from_month", *errors.MONTH_HAS_PASSED))
    if first > present + _MAX_WAIT:
        problems.append(FieldError(f"{pointer}/from_month", *errors.TOO_LATE_A_MONTH))
    return problems or _find_age_problems(first, f"{pointer}/from_month", saver.birth_date, values)


def _count_months(plan: BenefitPlan, first: int, saver: EstimatedPerson, values: EstimateValues) -> int:
    if plan.months is not None:
        return plan.months
    if plan.years is not None:
        return 12 * plan.years
    if plan.until is PlanEnd.RETIREMENT_AGE:
        return saver.retirement - first + 1
    return 12 * values.whole("pension_years_needed") - saver.paid.months


def _choose_incomes(
    plan: BenefitPlan, pointer: str, group: SupportKind | None, values: EstimateValues
) -> tuple[tuple[int, int], int | None]:
    """Choose the incomes with and without support, and the pledge a month. Raises: InvalidInput out of bounds."""
    line = values.whole("rural_poverty_line")
    bounds = income_bounds(line, values.whole("base_salary"), values.value("max_income_multiple"))
    if plan.pledge is not None:
        budget = int(convert_to_daily(plan.pledge.amount, plan.pledge.per) * DAYS_OF_YEAR / 12)
        share = values.value(f"support_rate_{group.value}") if group else 0
        rate, step = values.value("bhxh_tn_rate"), values.whole("income_step")
        support = Fraction(share) * Fraction(rate) * line
        with_support = _affordable_income(budget + support, Fraction(rate), bounds, step)
        return (with_support, _affordable_income(Fraction(budget), Fraction(rate), bounds, step)), budget
    income = bounds[0] if plan.monthly_income is None else plan.monthly_income
    if not bounds[0] <= income <= bounds[1]:
        raise InvalidInput(errors=[errors.income_out_of_bounds(f"{pointer}/monthly_income", *bounds)])
    return (income, income), None


def _affordable_income(money: Fraction, rate: Fraction, bounds: tuple[int, int], step: int) -> int:
    """The highest income on a step whose premium the money pays, within the bounds."""
    lowest, highest = bounds
    income = min(int(money / rate), highest)
    return lowest if income <= lowest else income - (income - lowest) % (step or 1)


def _own_part_of_month(period: IncomePeriod, values: EstimateValues) -> int:
    """What a month of a period takes of the person's own money, rounded up to the đồng."""
    own = Fraction(values.value("bhxh_tn_rate")) * period.income
    own -= Fraction(period.state_support, period.months)
    return -int(-own // 1)
