"""Which months a person may pay for on a day, by the rules of that day: one answer for every step of an enrolment."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.errors import FieldError
from app.core.values.time import add_months, first_day, month_of
from app.insurance.kinds import Method
from app.insurance.law import period as law
from app.insurance.law.premium import METHOD_MONTHS, METHOD_YEARS, payment_deadline
from app.insurance.law.retirement import earliest_month_for_missing
from app.insurance.quotes import period_errors as errors
from app.insurance.quotes.terms import PersonTerms, QuoteTerms
from app.insurance.rules.retirement import find_retirement_month
from app.insurance.rules.rulebook import RuleLookup
from app.savings.kinds import Product


@dataclass(frozen=True, slots=True)
class PeriodProblem:
    """Why months cannot be paid for on a day. is_late: they could be, had the money come in time."""

    note: FieldError
    is_late: bool = False


def find_period_problems(
    terms: QuoteTerms, person: PersonTerms | None, lookup: RuleLookup
) -> list[PeriodProblem]:
    """Find what speaks against paying for a period on the lookup's day.

    terms: which fit together. person: None where nobody is named; missing months are asked about them.
    Sources: Luật BHXH 41/2024/QH15, Articles 2.4, 36.2 and 36.3; NĐ 159/2025/NĐ-CP, Articles 6.1 and 7.1;
    NĐ 188/2025/NĐ-CP, Article 7.8 (cards). Raises: InvalidInput at /payment_date when the law says nothing for the day.
    """
    from_month = terms.from_month or month_of(lookup.day)
    problems = []
    if terms.product is Product.BHXH_TN:
        problems += [PeriodProblem(note) for note in _find_first_month_errors(from_month, person, lookup)]
    if terms.method is Method.MISSING_MONTHS:
        if person is not None:
            problems += [PeriodProblem(note) for note in _find_missing_errors(terms, person, lookup)]
        return problems
    pay_by = find_pay_by(terms, lookup)
    if lookup.day > pay_by and not _allows_arrears(terms, lookup):
        problems.append(PeriodProblem(errors.after_deadline(pay_by), is_late=True))
    if (note := _find_ahead_error(terms, from_month, lookup)) is not None:
        problems.append(PeriodProblem(note))
    return problems


def find_pay_by(terms: QuoteTerms, lookup: RuleLookup) -> date:
    """Find the last day to pay for a period: by its method; years ahead and cards, at the latest in the first month.

    Missing months have no deadline. Source: Luật BHXH 41/2024/QH15, Article 36.3; QĐ 595/QĐ-BHXH (2017), Article 11.
    """
    from_month = terms.from_month or month_of(lookup.day)
    if terms.method is Method.MISSING_MONTHS:
        return lookup.day
    months = METHOD_MONTHS.get(terms.method) if terms.method is not None else None
    if terms.product is Product.BHXH_TN and months is not None:
        return payment_deadline(from_month, lookup.int_value(f"deadline_months_{months}"))
    return first_day(add_months(from_month, 1)) - timedelta(days=1)


def count_months_late(terms: QuoteTerms, lookup: RuleLookup) -> int:
    """How many months a period is paid for late, where the day's rules have arrears (đóng bù); else 0."""
    if not _allows_arrears(terms, lookup):
        return 0
    return law.months_late(find_pay_by(terms, lookup), lookup.day)


def _allows_arrears(terms: QuoteTerms, lookup: RuleLookup) -> bool:
    """Whether a period may be paid for after its deadline. Source: QĐ 595/QĐ-BHXH (2017), Article 11.3."""
    return (
        terms.product is Product.BHXH_TN
        and terms.method in METHOD_MONTHS
        and bool(lookup.optional_value("arrears_allowed"))
    )


def _find_first_month_errors(
    from_month: str, person: PersonTerms | None, lookup: RuleLookup
) -> list[FieldError]:
    """The errors of the first month: before there was such insurance, or before the person is old enough."""
    since = lookup.book.known_since("bhxh_tn_rate")
    if since is not None and from_month < month_of(since):
        return [errors.before_insurance(month_of(since))]
    first = first_day(from_month)
    age_min = lookup.book.rules_on("bhxh_tn_age_min", first)[0]
    if person is None or person.birth_date is None or age_min is None:
        return []
    reached = law.has_reached_age(person.birth_date, int(age_min.value), first)
    return [] if reached else [errors.UNDER_AGE]


def _find_ahead_error(terms: QuoteTerms, from_month: str, lookup: RuleLookup) -> FieldError | None:
    """The error of months too far ahead: the last one of a premium, the first one of a card."""
    is_premium = terms.product is Product.BHXH_TN
    bound = lookup.optional_value("advance_years_max" if is_premium else "bhyt_ahead_months_max")
    if bound is None:  # a what-if of days about which the law says nothing
        return None
    maximum = int(bound) * 12 if is_premium else int(bound)
    last = law.last_month(from_month, _count_months(terms)) if is_premium else from_month
    payable_from = law.first_payable_month(last, maximum)
    return errors.too_far_ahead(maximum, payable_from) if month_of(lookup.day) < payable_from else None


def _count_months(terms: QuoteTerms) -> int:
    method = terms.method
    assert method is not None  # noqa: S101 - of terms that fit together
    return METHOD_MONTHS[method] if method in METHOD_MONTHS else 12 * METHOD_YEARS[method]


def _find_missing_errors(terms: QuoteTerms, person: PersonTerms, lookup: RuleLookup) -> list[FieldError]:
    """The errors of missing months: whose retirement age is unknown or far, who lacks none, fewer, or too many."""
    if person.birth_date is None or person.sex is None:
        needed = ((person.birth_date, errors.BIRTH_DATE_NEEDED), (person.sex, errors.SEX_NEEDED))
        return [note for value, note in needed if value is None]
    problems = []
    reached_in = find_retirement_month(lookup.book, person.birth_date, person.sex)
    earliest = None if reached_in is None else earliest_month_for_missing(reached_in)
    if earliest is not None and min(terms.from_month or "9999", month_of(lookup.day)) < earliest:
        problems.append(errors.before_retirement(earliest))
    if person.months_paid is not None:
        problems += _find_count_errors(terms.months or 0, person.months_paid, lookup)
    return problems


def _find_count_errors(months: int, months_paid: int, lookup: RuleLookup) -> list[FieldError]:
    years, maximum = lookup.int_value("pension_years_needed"), lookup.int_value("missing_months_max")
    missing = law.missing_months(years, months_paid)
    if missing == 0:
        return [errors.nothing_missing(years)]
    if missing > maximum:
        return [errors.too_many_missing(missing, maximum)]
    return [errors.more_than_missing(missing)] if months > missing else []
