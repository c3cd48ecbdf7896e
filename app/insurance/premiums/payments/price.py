"""The price of an enrolment on a day: the quote by that day's rules, with the member's recorded coverage."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import InvalidInput
from app.core.values.time import month_of
from app.insurance.coverage.queries import coverage_to_span, read_member_coverages, read_supports_before
from app.insurance.eligibility.registers import check_not_paid_elsewhere
from app.insurance.kinds import EnrolmentStatus, Method, narrow_to_support_kind, parse_enrolled_group
from app.insurance.law import coverage as law
from app.insurance.law.card import find_free_order
from app.insurance.law.coverage import CoverageSpan
from app.insurance.law.proof import Proof, find_proof_notes
from app.insurance.law.results import CostShares, Quote
from app.insurance.premiums.errors import (
    HOUSEHOLD_ORDER_NOT_FOR_PRODUCT,
    NumbersChanged,
    household_order_taken,
)
from app.insurance.quotes.card import UNSUPPORTED_GROUPS, calculate_cards, read_five_years_gap
from app.insurance.quotes.errors import rule_run_out
from app.insurance.quotes.period import count_months_late, find_period_problems
from app.insurance.quotes.premium import calculate_premium
from app.insurance.quotes.responses import formula_to_response, used_rules_to_response
from app.insurance.quotes.terms import CardBuyer, PersonTerms, QuoteTerms
from app.insurance.rules.rulebook import Rulebook, RuleLookup
from app.models.insurance.enrolment import Enrolment
from app.models.people.household import Household
from app.models.people.member import Member
from app.savings.kinds import Product

_LOCK_INSURED = text("select lock_insured(array[cast(:member as uuid)])")
_SELECT_PERSON = text("select * from insured_person(:enrolment)")
_SELECT_HOUSEHOLD_ORDERS = text(
    "select payment_id, own, taken from household_orders(:household, :member, :year)"
)

Validity = tuple[date | None, date | None, date | None]
"""First and last day that a payment covers, and since when they are unbroken; None for missing months."""


@dataclass(frozen=True, slots=True)
class CoverageHistory:
    """A member's recorded coverage by one product."""

    spans: list[CoverageSpan]
    months_paid: int
    paid_before: bool


@dataclass(frozen=True, slots=True)
class Price:
    """A price by the rules of a day, and the coverage that it buys.

    valid_from, valid_to, since: None for missing months. values: the columns of a payment that it fixes.
    """

    shares: CostShares
    months: int
    supported_months: int
    valid_from: date | None
    valid_to: date | None
    since: date | None
    paid_before: bool
    values: dict[str, Any]

    @property
    def needed(self) -> int:
        """What the sources of a payment have to cover, đồng: all that state and province do not pay."""
        return self.shares.amount_due - self.shares.state_support - self.shares.province_support


async def lock_insured(db: AsyncSession, member_id: UUID) -> None:
    """Lock a person's coverage in all registers until the transaction ends; after enrolment and payment, before all
    money."""
    await (await db.connection()).execute(_LOCK_INSURED, {"member": member_id})


async def read_coverage_history(db: AsyncSession, member_id: UUID, product: Product) -> CoverageHistory:
    """Read a member's coverage so far, whichever group paid for it."""
    rows = [row for row in await read_member_coverages(db, member_id) if row["product"] == product]
    return CoverageHistory(
        spans=[span for row in rows if (span := coverage_to_span(row)) is not None],
        months_paid=sum(row["months"] for row in rows),
        paid_before=any(row["months"] for row in rows),
    )


async def price_enrolment(
    db: AsyncSession,
    book: Rulebook,
    row: Enrolment,
    on: date,
    *,
    declared_order: int | None,
    payment_id: UUID | None = None,
) -> Price:
    """Price an enrolment, whose row the caller has locked, by the rules of a day.

    The person's coverage in all registers stands still until the transaction ends. declared_order: in the household,
    as the union says it; payment_id: the payment that is priced again. Raises: InvalidInput with pointers into a
    quote's body, or at /household_order; at /payment_date when the day is after the last for which a value of the law
    is confirmed, for what was paid is never computed again; OtherEnrolmentExists; NumbersChanged.
    """
    await lock_insured(db, row.member_id)
    await check_not_paid_elsewhere(db, row.id)
    history = await read_coverage_history(db, row.member_id, Product(row.product))
    person = await _read_person(db, row, history)
    if row.product == Product.BHXH_TN:
        if declared_order is not None:
            raise InvalidInput(errors=[HOUSEHOLD_ORDER_NOT_FOR_PRODUCT])
        supports = await read_supports_before(db, [(row.member_id, row.id)])
        return _price_premium(book, row, on, history, supports[row.member_id, row.id], person)
    household, order = await _resolve_household_order(db, row, on, declared_order, payment_id)
    return _price_card(book, row, on, history, household, order)


async def _read_person(db: AsyncSession, row: Enrolment, history: CoverageHistory) -> PersonTerms:
    """Read what the law asks of the person, whom a collector may not see in the register.

    Raises: NumbersChanged when BHXH accepted the enrolment with other numbers than those of now.
    """
    params = {"enrolment": row.id}
    person = (await (await db.connection()).execute(_SELECT_PERSON, params)).one()
    is_accepted = row.status == EnrolmentStatus.ACCEPTED and row.decided_at is not None
    if is_accepted and person.numbers_since is not None and person.numbers_since > row.decided_at:
        raise NumbersChanged
    return PersonTerms(person.birth_date, person.sex, history.months_paid + row.months_paid_before)


def _check_period(terms: QuoteTerms, row: Enrolment, person: PersonTerms, lookup: RuleLookup) -> None:
    """Check that the months may be paid for on the lookup's day. Raises: InvalidInput."""
    terms = replace(terms, method=Method(row.method), from_month=month_of(row.from_month))
    if problems := find_period_problems(terms, person, lookup):
        raise InvalidInput(errors=[problem.note for problem in problems])


def _check_proof(row: Enrolment, on: date) -> None:
    """Check that what proves the group of a card holds on the day; whether there is any, BHXH asked when it accepted.

    Raises: InvalidInput.
    """
    group = parse_enrolled_group(row.support_group)
    notes = find_proof_notes(group, Proof.of(row), month_of(row.from_month), on, is_decision=False)
    if notes.errors:
        raise InvalidInput(errors=notes.errors)


def _price_premium(
    book: Rulebook,
    row: Enrolment,
    on: date,
    history: CoverageHistory,
    supported_before: int,
    person: PersonTerms,
) -> Price:
    """supported_before: months with the state's support so far, over all registers."""
    method = Method(row.method)
    terms = QuoteTerms(
        product=Product.BHXH_TN,
        method=method,
        months=row.months if method is Method.MISSING_MONTHS else None,
        monthly_income=row.monthly_income,
        from_month=month_of(row.from_month),
        support_group=narrow_to_support_kind(parse_enrolled_group(row.support_group)),
        supported_before=supported_before,
    )
    lookup = RuleLookup(book, on, row.province_code)
    _check_period(terms, row, person, RuleLookup(book, on))
    late_months = count_months_late(terms, RuleLookup(book, on))
    quote = calculate_premium(replace(terms, late_months=late_months), lookup)
    validity: Validity = (None, None, None)
    if method is not Method.MISSING_MONTHS:
        first, last = law.month_range_days(row.from_month, row.months)
        validity = first, last, law.premium_unbroken_since(first, history.spans, row.insured_since)
    columns = {"supported_before": supported_before, "rules": used_rules_to_response(lookup)}
    return _build_price(row, history, quote, validity, quote.supported_months, columns, lookup)


def _price_card(
    book: Rulebook,
    row: Enrolment,
    on: date,
    history: CoverageHistory,
    household: UUID | None,
    order: int | None,
) -> Price:
    covered_until = law.last_covered_day(history.spans, row.covered_until)
    buyer = CardBuyer(
        order=order or 1,
        support_group=parse_enrolled_group(row.support_group),
        covered_until=covered_until,
        chain=law.find_card_chain(history.spans, covered_until),
    )
    lookup = RuleLookup(book, on, row.province_code)
    terms = QuoteTerms(product=Product.BHYT_HGD, months=row.months, members=(buyer,))
    quote = calculate_cards(terms, lookup)
    _check_period(terms, row, PersonTerms(), RuleLookup(book, on))
    _check_proof(row, on)
    first, last = quote.cards[0].valid_from, quote.cards[0].valid_to
    gap = read_five_years_gap(RuleLookup(book, on))
    since = law.card_unbroken_since(first, history.spans, (row.insured_since, row.covered_until), gap)
    columns = {
        "supported_before": 0,
        "household_id": household,
        "household_order": order,
        "rules": used_rules_to_response(lookup),
    }
    return _build_price(row, history, quote, (first, last, since), 0, columns, lookup)


def _build_price(
    row: Enrolment,
    history: CoverageHistory,
    quote: Quote,
    validity: Validity,
    supported_months: int,
    columns: dict[str, Any],
    lookup: RuleLookup,
) -> Price:
    """Build the price from its quote. columns: further ones of the payment. Raises: InvalidInput, see above."""
    if lookup.run_out:
        raise InvalidInput(errors=tuple(map(rule_run_out, lookup.run_out)))
    first, last, since = validity
    values = {
        "priced_on": quote.payment_date,
        "amount_due": quote.shares.amount_due,
        "state_support": quote.shares.state_support,
        "province_support": quote.shares.province_support,
        "supported_months": supported_months,
        **{name: getattr(row, name) for name in ("support_group", "covered_until", "insured_since")},
        "formula": formula_to_response(quote.formula),
    }
    return Price(
        shares=quote.shares,
        months=quote.months,
        supported_months=supported_months,
        valid_from=first,
        valid_to=last,
        since=since,
        paid_before=history.paid_before
        or bool(row.insured_since or row.covered_until or row.supported_before),
        values=values | columns,
    )


async def _resolve_household_order(
    db: AsyncSession, row: Enrolment, on: date, declared_order: int | None, payment_id: UUID | None
) -> tuple[UUID | None, int | None]:
    """Lock the member's household and resolve their order in it: the first that nobody has taken this year.

    A member keeps the order of an earlier card of the year. Raises: InvalidInput at /household_order.
    """
    if row.support_group not in UNSUPPORTED_GROUPS:
        if declared_order is not None:
            raise InvalidInput(errors=[HOUSEHOLD_ORDER_NOT_FOR_PRODUCT])
        return None, None
    household = (await db.exec(select(Member.household_id).where(Member.id == row.member_id))).first()
    if household is None:
        return None, declared_order or 1
    lock = select(Household.id).where(Household.id == household).with_for_update(key_share=True)
    await db.exec(lock)
    params = {"household": household, "member": row.member_id, "year": on.year}
    rows = (await (await db.connection()).execute(_SELECT_HOUSEHOLD_ORDERS, params)).all()
    taken_by_others = {taken for _, own, taken in rows if not own}
    own_orders = [taken for paid, own, taken in rows if own and paid != payment_id]
    if own_orders and declared_order is None:
        return household, min(own_orders)
    order = find_free_order(taken_by_others, declared_order)
    if declared_order not in (None, order) and payment_id is None:
        raise household_order_taken(order)
    return household, order
