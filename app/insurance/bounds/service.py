"""Whether an enrolment could be paid for on a day: its terms by the rules of the day, and its months.

One answer for the checks, the submission, rows of batches and the acceptance; holding and posting ask the same of the
price that they work out anyway (app/insurance/premiums/payments/price.py).
"""

from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from app.core.errors import FieldError, InvalidInput
from app.insurance.kinds import EnrolledGroup, Method, narrow_to_support_kind
from app.insurance.quotes.errors import AFTER_DEADLINE, rule_run_out
from app.insurance.quotes.period import find_period_problems
from app.insurance.quotes.service import calculate_quote
from app.insurance.quotes.terms import CardBuyer, PersonTerms, QuoteTerms
from app.insurance.rules.rulebook import Rulebook, RuleLookup
from app.savings.kinds import Product


class BoundNotes(NamedTuple):
    """What speaks against paying for an enrolment, and what is only to be looked at."""

    errors: list[FieldError]
    warnings: list[FieldError]


def build_enrolled_terms(
    product: Product,
    method: Method,
    months: int,
    monthly_income: int | None,
    from_month: str,
    support_group: EnrolledGroup | None,
) -> QuoteTerms:
    """Build the terms of a quote from those of an enrolment. months: that it covers."""
    if product is Product.BHXH_TN:
        return QuoteTerms(
            product=product,
            method=method,
            months=months if method is Method.MISSING_MONTHS else None,
            monthly_income=monthly_income,
            from_month=from_month,
            support_group=narrow_to_support_kind(support_group),
        )
    return QuoteTerms(product=product, months=months, members=(CardBuyer(1, support_group),))


class BoundsChecker:
    """Checks enrolments by the rules of one moment; equal terms on equal days are priced once."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._notes_on_terms: dict[tuple[QuoteTerms, date], BoundNotes] = {}

    def check(
        self, terms: QuoteTerms, from_month: str, person: PersonTerms, paid_on: date, *, is_decision: bool
    ) -> BoundNotes:
        """Check an enrolment that is paid for on a day.

        is_decision: BHXH decides on it, so that money which comes after its deadline is too late, and what the law has
        no confirmed value for cannot be paid; before that both are warnings.
        """
        errors, warnings = self._check_terms(terms, paid_on)
        errors, warnings = [*errors], [*warnings]
        if not errors:
            lookup = RuleLookup(self._book, paid_on)
            try:
                problems = find_period_problems(replace(terms, from_month=from_month), person, lookup)
            except InvalidInput as refusal:
                warnings += map(_point_at_enrolment, refusal.errors)
                problems = []
            for problem in problems:
                (warnings if problem.is_late and not is_decision else errors).append(problem.note)
        if is_decision:
            errors += [note for note in warnings if note.code in _UNCONFIRMED]
            warnings = [note for note in warnings if note.code not in _UNCONFIRMED]
        return BoundNotes(errors, warnings)

    def _check_terms(self, terms: QuoteTerms, on: date) -> BoundNotes:
        """Price the terms, as payment does, to see whether they have a price."""
        notes = self._notes_on_terms.get((terms, on))
        if notes is None:
            notes = self._notes_on_terms[terms, on] = _price(terms, RuleLookup(self._book, on))
        return notes


_RULE_MISSING: Final = "rule_missing"
_UNCONFIRMED: Final = frozenset({_RULE_MISSING, "rule_run_out"})
"""Codes of values that the law has and BHXH has not confirmed for the day: they may be confirmed before payment."""


def _price(terms: QuoteTerms, lookup: RuleLookup) -> BoundNotes:
    try:
        quote = calculate_quote(terms, lookup)
    except InvalidInput as refusal:
        notes = [_point_at_enrolment(note) for note in refusal.errors]
        return BoundNotes(
            [note for note in notes if note.code != _RULE_MISSING],
            [note for note in notes if note.code == _RULE_MISSING],
        )
    run_out = [_point_at_enrolment(rule_run_out(rule)) for rule in lookup.run_out]
    return BoundNotes([], [*(note for note in quote.warnings if note is not AFTER_DEADLINE), *run_out])


def _point_at_enrolment(note: FieldError) -> FieldError:
    """Point an error of a quote at the field of the enrolment; the day of payment is none."""
    pointer = note.pointer.removeprefix("/members/0")
    return replace(note, pointer="" if pointer == "/payment_date" else pointer)
