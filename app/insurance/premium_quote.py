"""A quote for voluntary social insurance: a function of the request and of the rules of its payment date."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core.errors import FieldError, InvalidInput
from app.core.money import round_half_up
from app.core.time import first_day, month_of
from app.insurance import premium_rules as rules
from app.insurance import quote_errors as errors
from app.insurance.enrolment_rules import Method
from app.insurance.quote_schemas import QuoteIn
from app.insurance.rule_keys import plain
from app.insurance.rulebook import Reading


@dataclass(frozen=True, slots=True)
class Base:
    """What every sum begins with. rate: 22 %; line: rural poverty line; months: that are paid for."""

    rate: Decimal
    line: int
    income: int
    months: int


def quote_premium(body: QuoteIn, read: Reading) -> tuple[dict[str, Any], list[FieldError]]:
    """The answer's fields, and warnings.

    Raises: InvalidInput with each wrong field; rule_missing when the law says nothing for the day.
    """
    method, income = body.method, body.monthly_income
    if (problems := _problems(body)) or method is None or income is None:
        raise InvalidInput(errors=problems)
    months = _months(body, method, read)
    base = Base(read.value("bhxh_tn_rate"), read.whole("rural_poverty_line"), income, months)
    warnings = _check_income(base, read)
    due, formula = _due(body, method, base, read)
    supported = _supported(body, base, read)
    supports = [
        _state(body, method, base, supported, read), _province(body, base, read), _other(body, base)
    ]  # fmt: skip
    state, province, other = rules.within(due, supports)
    from_month = body.from_month or month_of(body.payment_date)
    pay_by = body.payment_date
    if method in rules.MONTHS:
        pay_by = rules.pay_by(from_month, read.whole(f"deadline_months_{rules.MONTHS[method]}"))
        if body.payment_date > pay_by and not body.late_months:
            warnings.append(errors.AFTER_DEADLINE)
    return {
        "product": "bhxh_tn",
        "method": method.value,
        "payment_date": body.payment_date.isoformat(),
        "months": months,
        "supported_months": supported,
        "from_month": from_month,
        "pay_by": pay_by.isoformat(),
        "valid_from": None if method is Method.MISSING_MONTHS else first_day(from_month).isoformat(),
        "amount_due": due,
        "state_support": state,
        "province_support": province,
        "other_support": other,
        "participant_pays": due - state - province - other,
        "formula": formula | _terms(body, base, supported, read),
    }, warnings


def _problems(body: QuoteIn) -> list[FieldError]:
    found = [
        errors.missing(f"/{name}") for name in ("method", "monthly_income") if getattr(body, name) is None
    ]
    if body.members is not None:
        found.append(errors.not_for("/members"))
    if body.method is Method.MISSING_MONTHS and body.months is None:
        found.append(errors.missing("/months"))
    if body.late_months and body.method not in rules.MONTHS:
        found.append(errors.not_for("/late_months"))
    if body.other_support is not None and body.other_support_rate is not None:
        found.append(errors.ONE_OTHER_SUPPORT)
    return found


def _months(body: QuoteIn, method: Method, read: Reading) -> int:
    if method is Method.MISSING_MONTHS:
        months, most, pointer = body.months or 0, read.whole("missing_months_max"), "/months"
        if months > most:
            raise InvalidInput(errors=[errors.too_many(pointer, most)])
        return months
    years = rules.YEARS.get(method)
    if years is not None and years > (most := read.whole("advance_years_max")):
        raise InvalidInput(errors=[errors.too_many("/method", most)])
    months = rules.MONTHS[method] if years is None else 12 * years
    if body.months not in (None, months):
        raise InvalidInput(errors=[errors.not_for("/months")])
    return months


def _check_income(base: Base, read: Reading) -> list[FieldError]:
    """Warnings about the income. Raises: InvalidInput when it is out of bounds, or off an enforced step."""
    salary, multiple = read.whole("base_salary"), read.value("max_income_multiple")
    least, most = rules.income_bounds(base.line, salary, multiple)
    if base.income < least:
        raise InvalidInput(errors=[errors.below_minimum(least)])
    if base.income > most:
        raise InvalidInput(errors=[errors.above_maximum(most)])
    step = read.whole("income_step")
    if rules.on_step(base.income, least, step):
        return []
    if read.whole("income_step_enforced"):
        raise InvalidInput(errors=[errors.off_step(least, step)])
    return [errors.off_step(least, step)]


def _due(body: QuoteIn, method: Method, base: Base, read: Reading) -> tuple[int, dict[str, Any]]:
    if method in rules.YEARS:
        r = read.value("fund_rate_month")
        due = rules.premium_in_advance(base.rate, base.income, rules.YEARS[method], r)
        return due, {
            "expression": "Σ[i=1..months] income × rate / (1 + fund_rate)^(i-1)",
            "fund_rate": plain(r),
        }
    if method is Method.MISSING_MONTHS:
        r = read.value("fund_rate_month")
        due = rules.premium_for_missing(base.rate, base.income, base.months, r)
        return due, {"expression": "Σ[i=1..months] income × rate × (1 + fund_rate)^i", "fund_rate": plain(r)}
    due = rules.premium(base.rate, base.income, base.months)
    if not body.late_months:
        return due, {"expression": "income × rate × months"}
    if not read.whole("arrears_allowed"):
        raise InvalidInput(errors=[errors.NO_ARREARS])
    r = read.value("fund_rate_month")
    return rules.premium_in_arrears(due, body.late_months, r), {
        "expression": "income × rate × months × (1 + fund_rate)^late_months",
        "fund_rate": plain(r),
        "late_months": body.late_months,
    }


def _supported(body: QuoteIn, base: Base, read: Reading) -> int:
    if body.support_group is None or not read.value(f"support_rate_{body.support_group.value}"):
        return 0
    return rules.supported_months(base.months, body.supported_before, read.whole("support_months_max"))


def _state(body: QuoteIn, method: Method, base: Base, supported: int, read: Reading) -> int:
    if body.support_group is None or not supported:
        return 0
    share = read.value(f"support_rate_{body.support_group.value}")
    if method is Method.MISSING_MONTHS:
        r = read.value("fund_rate_month")
        return rules.state_support_for_missing(share, base.rate, base.line, supported, r)
    return rules.state_support(share, base.rate, base.line, supported)


def _province(body: QuoteIn, base: Base, read: Reading) -> int:
    """What the province adds for the person's group: a share of rate × poverty line, or đồng a month, or both."""
    if body.support_group is None or not (body.province_code or body.assume):
        return 0
    share = read.addition(f"province_support_rate_{body.support_group.value}")
    dong = read.addition(f"province_support_dong_{body.support_group.value}")
    return rules.state_support(share, base.rate, base.line, base.months) + int(dong) * base.months


def _other(body: QuoteIn, base: Base) -> int:
    if body.other_support_rate is not None:
        return round_half_up(body.other_support_rate * base.rate * base.line * base.months)
    return body.other_support or 0


def _terms(body: QuoteIn, base: Base, supported: int, read: Reading) -> dict[str, Any]:
    share = read.value(f"support_rate_{body.support_group.value}") if body.support_group else Decimal(0)
    return {
        "income": base.income,
        "rate": plain(base.rate),
        "months": base.months,
        "poverty_line": base.line,
        "support_rate": plain(share),
        "supported_months": supported,
    }
