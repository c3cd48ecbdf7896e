"""Quotes for voluntary social insurance, computed from its terms and the rules of the payment date."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.errors import FieldError, InvalidInput
from app.core.language import missing_field
from app.core.values.money import round_half_up
from app.core.values.time import first_day, month_of
from app.insurance.kinds import Method
from app.insurance.law import premium as law
from app.insurance.law.results import CostShares, PremiumQuote
from app.insurance.quotes import errors
from app.insurance.quotes.province import ProvinceSupport, SupportPeriod, calculate_province_support
from app.insurance.quotes.terms import QuoteTerms
from app.insurance.rules.rulebook import RuleLookup


@dataclass(frozen=True, slots=True)
class PremiumBasis:
    """Values that every sum begins with. rate: 22 %; poverty_line: rural; months: that are paid for."""

    rate: Decimal
    poverty_line: int
    income: int
    months: int


def calculate_premium(terms: QuoteTerms, lookup: RuleLookup) -> PremiumQuote:
    """Calculate a premium that is paid on the lookup's day.

    Raises: InvalidInput with each wrong field; rule_missing when the law says nothing for the day.
    """
    method, basis = _check_terms(terms, lookup)
    warnings = _check_income(basis, lookup)
    due, formula = _calculate_due(terms, method, basis, lookup)
    supported_months = _count_supported_months(terms, basis, lookup)
    from_month = terms.from_month or month_of(lookup.day)
    begins = None if method is Method.MISSING_MONTHS else first_day(from_month)
    province = _calculate_province_support(terms, begins, basis, lookup)
    supports = (
        _calculate_state_support(terms, method, basis, supported_months, lookup),
        province.amount,
        _calculate_other_support(terms, basis),
    )
    pay_by = _find_deadline(method, from_month, lookup)
    if lookup.day > pay_by and not terms.late_months:
        warnings.append(errors.AFTER_DEADLINE)
    return PremiumQuote(
        payment_date=lookup.day,
        method=method,
        months=basis.months,
        supported_months=supported_months,
        from_month=from_month,
        pay_by=pay_by,
        valid_from=begins,
        shares=CostShares.split(due, supports),
        formula=formula | _build_formula_terms(terms, basis, supported_months, lookup) | dict(province.terms),
        warnings=tuple(warnings),
    )


def _check_terms(terms: QuoteTerms, lookup: RuleLookup) -> tuple[Method, PremiumBasis]:
    """Check that the terms fit together. Raises: InvalidInput with each wrong field; rule_missing."""
    method, income = terms.method, terms.monthly_income
    if (problems := _find_problems(terms)) or method is None or income is None:
        raise InvalidInput(errors=problems)
    months = _resolve_months(terms, method, lookup)
    rate, poverty_line = lookup.value("bhxh_tn_rate"), lookup.int_value("rural_poverty_line")
    return method, PremiumBasis(rate, poverty_line, income, months)


def _find_deadline(method: Method, from_month: str, lookup: RuleLookup) -> date:
    """Find the last day to pay; what has no deadline is paid on the day itself."""
    months = law.METHOD_MONTHS.get(method)
    if months is None:
        return lookup.day
    return law.payment_deadline(from_month, lookup.int_value(f"deadline_months_{months}"))


def _find_problems(terms: QuoteTerms) -> list[FieldError]:
    problems = [
        missing_field(f"/{name}") for name in ("method", "monthly_income") if getattr(terms, name) is None
    ]
    if terms.members is not None:
        problems.append(errors.field_not_for_product("/members"))
    if terms.method is Method.MISSING_MONTHS and terms.months is None:
        problems.append(missing_field("/months"))
    if terms.late_months and terms.method not in law.METHOD_MONTHS:
        problems.append(errors.field_not_for_product("/late_months"))
    if terms.other_support is not None and terms.other_support_rate is not None:
        problems.append(errors.OTHER_SUPPORT_GIVEN_TWICE)
    return problems


def _resolve_months(terms: QuoteTerms, method: Method, lookup: RuleLookup) -> int:
    if method is Method.MISSING_MONTHS:
        months, maximum, pointer = terms.months or 0, lookup.int_value("missing_months_max"), "/months"
        if months > maximum:
            raise InvalidInput(errors=[errors.too_many_months(pointer, maximum)])
        return months
    years = law.METHOD_YEARS.get(method)
    if years is not None and years > (maximum := lookup.int_value("advance_years_max")):
        raise InvalidInput(errors=[errors.too_many_months("/method", maximum)])
    months = law.METHOD_MONTHS[method] if years is None else 12 * years
    if terms.months not in (None, months):
        raise InvalidInput(errors=[errors.field_not_for_product("/months")])
    return months


def _check_income(basis: PremiumBasis, lookup: RuleLookup) -> list[FieldError]:
    """Check the income and return warnings. Raises: InvalidInput when out of bounds, or off an enforced step."""
    salary, multiple = lookup.int_value("base_salary"), lookup.value("max_income_multiple")
    minimum, maximum = law.income_bounds(basis.poverty_line, salary, multiple)
    if basis.income < minimum:
        raise InvalidInput(errors=[errors.income_below_minimum(minimum)])
    if basis.income > maximum:
        raise InvalidInput(errors=[errors.income_above_maximum(maximum)])
    step = lookup.int_value("income_step")
    if law.is_on_step(basis.income, minimum, step):
        return []
    if lookup.int_value("income_step_enforced"):
        raise InvalidInput(errors=[errors.income_off_step(minimum, step)])
    return [errors.income_off_step(minimum, step)]


def _calculate_due(
    terms: QuoteTerms, method: Method, basis: PremiumBasis, lookup: RuleLookup
) -> tuple[int, dict[str, str | int | Decimal]]:
    if method in law.METHOD_YEARS:
        fund_rate = lookup.value("fund_rate_month")
        due = law.premium_in_advance(basis.rate, basis.income, law.METHOD_YEARS[method], fund_rate)
        return due, {
            "expression": "Σ[i=1..months] income × rate / (1 + fund_rate)^(i-1)",
            "fund_rate": fund_rate,
        }
    if method is Method.MISSING_MONTHS:
        fund_rate = lookup.value("fund_rate_month")
        due = law.premium_for_missing(basis.rate, basis.income, basis.months, fund_rate)
        return due, {
            "expression": "Σ[i=1..months] income × rate × (1 + fund_rate)^i",
            "fund_rate": fund_rate,
        }
    due = law.premium(basis.rate, basis.income, basis.months)
    if not terms.late_months:
        return due, {"expression": "income × rate × months"}
    if not lookup.int_value("arrears_allowed"):
        raise InvalidInput(errors=[errors.ARREARS_ENDED])
    fund_rate = lookup.value("fund_rate_month")
    return law.premium_in_arrears(due, terms.late_months, fund_rate), {
        "expression": "income × rate × months × (1 + fund_rate)^late_months",
        "fund_rate": fund_rate,
        "late_months": terms.late_months,
    }


def _count_supported_months(terms: QuoteTerms, basis: PremiumBasis, lookup: RuleLookup) -> int:
    if terms.support_group is None or not lookup.value(f"support_rate_{terms.support_group.value}"):
        return 0
    return law.supported_months(basis.months, terms.supported_before, lookup.int_value("support_months_max"))


def _calculate_state_support(
    terms: QuoteTerms, method: Method, basis: PremiumBasis, supported_months: int, lookup: RuleLookup
) -> int:
    if terms.support_group is None or not supported_months:
        return 0
    share = lookup.value(f"support_rate_{terms.support_group.value}")
    if method is Method.MISSING_MONTHS:
        fund_rate = lookup.value("fund_rate_month")
        return law.state_support_for_missing(
            share, basis.rate, basis.poverty_line, supported_months, fund_rate
        )
    return law.state_support(share, basis.rate, basis.poverty_line, supported_months)


def _calculate_province_support(
    terms: QuoteTerms, begins: date | None, basis: PremiumBasis, lookup: RuleLookup
) -> ProvinceSupport:
    """Calculate the province's support: a share of rate × poverty line, or đồng a month, or both."""
    if terms.support_group is None:
        return ProvinceSupport(0, {})
    group = terms.support_group.value
    keys = f"province_support_rate_{group}", f"province_support_dong_{group}"
    return calculate_province_support(
        keys,
        SupportPeriod(begins, basis.months),
        lambda share, months: law.state_support(share, basis.rate, basis.poverty_line, months),
        lookup,
    )


def _calculate_other_support(terms: QuoteTerms, basis: PremiumBasis) -> int:
    if terms.other_support_rate is not None:
        return round_half_up(terms.other_support_rate * basis.rate * basis.poverty_line * basis.months)
    return terms.other_support or 0


def _build_formula_terms(
    terms: QuoteTerms, basis: PremiumBasis, supported_months: int, lookup: RuleLookup
) -> dict[str, str | int | Decimal]:
    share = lookup.value(f"support_rate_{terms.support_group.value}") if terms.support_group else Decimal(0)
    return {
        "income": basis.income,
        "rate": basis.rate,
        "months": basis.months,
        "poverty_line": basis.poverty_line,
        "support_rate": share,
        "supported_months": supported_months,
    }
