"""Benefit estimates: what voluntary social insurance gives back, by plans to compare. Nothing is stored."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.errors import InvalidInput
from app.core.language import Language
from app.core.values.time import today
from app.insurance.benefits.case import EstimateCase
from app.insurance.benefits.comparison import compare_plans, months_to_recover
from app.insurance.benefits.errors import BORN_LATER, NO_RULES_YET
from app.insurance.benefits.figures import cost_and_time, lump_sums, old_age, pension
from app.insurance.benefits.figures.figure import EstimateFigure
from app.insurance.benefits.planning import EstimatedPerson, PlannedTime, plan_time, read_paid_times
from app.insurance.benefits.remarks import collect_warnings, pledge_to_response, retirement_to_response
from app.insurance.benefits.schemas import BenefitEstimateIn, BenefitPlan, EstimateTerms
from app.insurance.benefits.timeline import IncomePeriod, Timeline, month_number, number_month
from app.insurance.benefits.values import EstimateValues
from app.insurance.quotes.responses import format_with_rules, warning_to_response
from app.insurance.quotes.service import check_assumed
from app.insurance.rules.retirement import find_retirement_month
from app.insurance.rules.rulebook import Rulebook

FIGURES = {
    "cost": cost_and_time.cost_figure,
    "service": cost_and_time.service_figure,
    "missing_payment": cost_and_time.missing_figure,
    "average_income": pension.average_figure,
    "pension": pension.pension_figure,
    "retirement_bonus": pension.bonus_figure,
    "early_pension": pension.early_pension_figure,
    "health_card": old_age.card_figure,
    "monthly_allowance": old_age.allowance_figure,
    "withdrawal": lump_sums.withdrawal_figure,
    "maternity": lump_sums.maternity_figure,
    "funeral": lump_sums.funeral_figure,
    "survivors": lump_sums.survivors_figure,
    "survivors_of_pensioner": lump_sums.pensioner_survivors_figure,
    "social_pension": old_age.social_pension_figure,
}
"""The figures of each plan, by their name in the answer."""


@dataclass(frozen=True, slots=True)
class KnownTime:
    """Somebody's birth, sex and what was paid. used: months with the state's support so far."""

    birth_date: date
    sex: str
    paid: tuple[IncomePeriod, ...]
    used: int


def build_estimate(book: Rulebook, body: BenefitEstimateIn, language: Language) -> str:
    """Build the estimate of anybody as JSON text. Raises: InvalidInput with each wrong field."""
    day = body.as_of or today()
    cache_key = ("estimate", language, day.isoformat(), body.model_dump_json())
    return book.cached_answer(cache_key, lambda: _build_estimate(book, body, day, language))


def _build_estimate(book: Rulebook, body: BenefitEstimateIn, day: date, language: Language) -> str:
    values = open_values(book, body, day)
    if body.birth_date >= day:
        raise InvalidInput(errors=[BORN_LATER])
    paid = read_paid_times(body.paid, "/paid", body.birth_date, values)
    used = max(body.supported_before, sum(period.supported_months for period in paid))
    return format_estimate(body, KnownTime(body.birth_date, body.sex, paid, used), values, language)


def open_values(book: Rulebook, terms: EstimateTerms, day: date) -> EstimateValues:
    """Open the law's values of a day. Raises: InvalidInput with each assumed value that cannot be."""
    check_assumed(terms.assume)
    return EstimateValues(book, day, terms.assume)


def format_estimate(
    terms: EstimateTerms, known: KnownTime, values: EstimateValues, language: Language
) -> str:
    """Format the estimate of what is known and of each plan as JSON text. Raises: InvalidInput."""
    saver = identify_saver(terms, known, values)
    plans: list[BenefitPlan | None] = [*terms.plans] or [None]
    cases = [_build_case(terms, plan, index, saver, values) for index, plan in enumerate(plans)]
    answer = {
        "as_of": values.day.isoformat(),
        "birth_date": saver.birth_date.isoformat(),
        "sex": saver.sex,
        "retirement": retirement_to_response(saver, language),
        "plans": [_plan_to_response(case, plan, language) for case, plan in zip(cases, plans, strict=True)],
        "comparison": compare_plans(cases, language),
        "warnings": [warning_to_response(note, language) for note in collect_warnings(values)],
        "assumed": values.lookup.assumed,
    }
    return format_with_rules(answer, values.used_rules())


def identify_saver(terms: EstimateTerms, known: KnownTime, values: EstimateValues) -> EstimatedPerson:
    """Find the month of retirement age. Raises: InvalidInput where the law has no age for it."""
    month = find_retirement_month(values.book, known.birth_date, known.sex)
    if month is None:
        raise InvalidInput(errors=[NO_RULES_YET])
    return EstimatedPerson(
        known.birth_date,
        known.sex,
        month_number(month),
        terms.support_group,
        Timeline(known.paid),
        known.used,
    )


def _build_case(
    terms: EstimateTerms, plan: BenefitPlan | None, index: int, saver: EstimatedPerson, values: EstimateValues
) -> EstimateCase:
    planned = PlannedTime((), None)
    if plan is not None:
        planned = plan_time(plan, f"/plans/{index}", saver, values)
    births = [month_number(month) for month in terms.births]
    return EstimateCase(saver, planned, plan is None or plan.pay_missing, births, values)


def _plan_to_response(case: EstimateCase, plan: BenefitPlan | None, language: Language) -> dict[str, Any]:
    figures: dict[str, EstimateFigure | None] = {name: build(case) for name, build in FIGURES.items()}
    return {
        "name": plan and plan.name,
        "payments": [_period_to_response(period) for period in case.planned.periods],
        "pledge": pledge_to_response(plan, case.planned, language),
        **{name: figure and figure.to_response(language) for name, figure in figures.items()},
        "pension_months_to_recover": months_to_recover(case),
    }


def _period_to_response(period: IncomePeriod) -> dict[str, Any]:
    return {
        "from_month": number_month(period.first),
        "to_month": number_month(period.last),
        "months": period.months,
        "monthly_income": period.income,
        "supported_months": period.supported_months,
        "state_support": period.state_support,
    }
