"""Quotes for a household's cards, computed from its terms and the rules of the payment date."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from app.core.errors import FieldError, InvalidInput
from app.core.language import missing_field
from app.insurance.law import card as law
from app.insurance.law.card import CardChain, CoverageGap
from app.insurance.law.free_card import POOR_GROUPS, find_free_card_notes
from app.insurance.law.premium import METHOD_MONTHS
from app.insurance.law.proof import PROOF_RULES, find_end_errors
from app.insurance.law.results import CardPrice, CardQuote, CostShares, Formula
from app.insurance.quotes import errors
from app.insurance.quotes.province import ProvinceSupport, SupportPeriod, calculate_province_support
from app.insurance.quotes.terms import CardBuyer, QuoteTerms
from app.insurance.rules.keys import HOUSEHOLD_GROUP
from app.insurance.rules.rulebook import RuleLookup
from app.people.kinds import SupportKind

UNSUPPORTED_GROUPS = (None, SupportKind.OTHER)
"""Support groups that pay by the order in the household."""
_BUDGET_PAID_GROUPS = (SupportKind.POOR, SupportKind.ISLAND)
_DAY = timedelta(days=1)
_PREMIUM_ONLY_FIELDS = ("monthly_income", "from_month", "support_group", "other_support")


@dataclass(frozen=True, slots=True)
class CardBasis:
    """Values that every price begins with. rate: 4.5 %; salary: base salary, đồng a month."""

    rate: Decimal
    salary: int
    months: int


def calculate_cards(terms: QuoteTerms, lookup: RuleLookup) -> CardQuote:
    """Calculate the cards of a household that are paid on the lookup's day.

    Raises: InvalidInput with each wrong field; rule_missing when the law says nothing for the day.
    """
    months, members = _resolve_months(terms), terms.members
    if (problems := _find_problems(terms, months, lookup.day)) or members is None or months is None:
        raise InvalidInput(errors=problems)
    counted = law.counted_orders(
        (member.order, member.support_group not in UNSUPPORTED_GROUPS) for member in members
    )
    gap, wait = read_coverage_gap(lookup), lookup.int_value("bhyt_wait_days")
    basis = CardBasis(lookup.value("bhyt_rate"), lookup.int_value("base_salary"), months)
    cards, supports = [], dict[int, Formula]()
    for index, (member, order) in enumerate(zip(members, counted, strict=True)):
        begins, ends = law.card_validity(lookup.day, member.covered_until, months, gap, wait, member.chain)
        period = SupportPeriod(begins, months, _find_followed_chain(member, begins))
        shares, province_terms = _share_price(
            terms, member, order, f"/members/{index}/support_group", basis, period, lookup
        )
        supports[member.order] = province_terms
        cards.append(CardPrice(member.order, order, member.support_group, begins, ends, shares))
    return CardQuote(
        payment_date=lookup.day,
        months=months,
        valid_from=max(card.valid_from for card in cards),
        cards=tuple(cards),
        shares=CostShares.sum(card.shares for card in cards),
        formula=_build_formula(basis, supports),
        warnings=(*_find_assumed_chains(members, cards), *_find_free_cards(members, lookup.day)),
    )


def _find_assumed_chains(members: Sequence[CardBuyer], cards: Sequence[CardPrice]) -> Iterator[FieldError]:
    """Warnings where the end depends on the first day of earlier cards, of which only the last day is known."""
    for index, (member, card) in enumerate(zip(members, cards, strict=True)):
        follows = member.covered_until is not None and card.valid_from == member.covered_until + _DAY
        if follows and member.chain is None and law.may_be_of_later_day(card.valid_from):
            yield errors.chain_assumed(f"/members/{index}/covered_until", card.valid_from)


def _find_followed_chain(member: CardBuyer, begins: date) -> CardChain | None:
    """The chain of the cards on which one that begins on this day follows without a day between."""
    follows = member.covered_until is not None and begins == member.covered_until + _DAY
    return member.chain if follows else None


def _build_formula(basis: CardBasis, supports: Mapping[int, Formula]) -> Formula:
    """supports: the terms of the province's support, by the order of the member; once where all have the same."""
    terms = {
        f"{name}_{order}" if any(other != own for other in supports.values()) else name: value
        for order, own in supports.items()
        for name, value in own.items()
    }
    return {**_build_price_terms(basis), **terms}


def _build_price_terms(basis: CardBasis) -> Formula:
    return {
        "expression": "Σ base_salary × rate × months × share of the order",
        "base_salary": basis.salary,
        "rate": basis.rate,
        "months": basis.months,
    }


def _find_free_cards(members: Sequence[CardBuyer], day: date) -> Iterator[FieldError]:
    """Warnings about members who may have a card free."""
    for index, member in enumerate(members):
        is_poor = member.support_group in POOR_GROUPS
        pointer = f"/members/{index}/birth_date"
        yield from find_free_card_notes(member.birth_date, day, pointer, is_poor=is_poor)


def _resolve_months(terms: QuoteTerms) -> int | None:
    if terms.months is not None or terms.method is None:
        return terms.months
    return METHOD_MONTHS.get(terms.method, 0)


def _find_problems(terms: QuoteTerms, months: int | None, day: date) -> list[FieldError]:
    problems = [
        errors.field_not_for_product(f"/{name}")
        for name in _PREMIUM_ONLY_FIELDS
        if getattr(terms, name) is not None
    ]
    problems += [
        errors.field_not_for_product(f"/{name}")
        for name in ("late_months", "supported_before")
        if getattr(terms, name)
    ]
    if months is None:
        problems.append(missing_field("/months"))
    elif months not in law.CARD_PERIODS or (terms.method and METHOD_MONTHS.get(terms.method) != months):
        problems.append(errors.INVALID_CARD_MONTHS)
    if terms.members is None:
        problems.append(missing_field("/members"))
    seen_orders: set[int] = set()
    for index, member in enumerate(terms.members or ()):
        if member.order in seen_orders:
            problems.append(FieldError(f"/members/{index}/order", *errors.ORDER_REPEATED))
        if member.support_group in _BUDGET_PAID_GROUPS:
            problems.append(FieldError(f"/members/{index}/support_group", *errors.PAID_BY_BUDGET))
        if member.proof_valid_until is not None and member.support_group in PROOF_RULES:
            ended = find_end_errors(member.proof_valid_until, day)
            problems += [replace(note, pointer=f"/members/{index}{note.pointer}") for note in ended]
        seen_orders.add(member.order)
    return problems


def read_coverage_gap(lookup: RuleLookup) -> CoverageGap:
    """Read the interruption after which a card begins anew, on the day of the lookup."""
    days = lookup.optional_value("bhyt_gap_days")
    return (
        CoverageGap(None, lookup.int_value("bhyt_gap_months")) if days is None else CoverageGap(int(days), 0)
    )


def read_five_years_gap(lookup: RuleLookup) -> CoverageGap:
    """Read the interruption that leaves five consecutive years unbroken; on a day without a rule, none does."""
    days = lookup.optional_value("bhyt_five_years_gap_days")
    months = 0 if days is not None else int(lookup.optional_value("bhyt_five_years_gap_months") or 0)
    return CoverageGap(None if days is None else int(days), months)


def _share_price(
    terms: QuoteTerms,
    member: CardBuyer,
    order: int | None,
    pointer: str,
    basis: CardBasis,
    period: SupportPeriod,
    lookup: RuleLookup,
) -> tuple[CostShares, Formula]:
    """Share the price of a member's card; with the terms of the province's support."""
    group, share, state_share = _resolve_shares(member, order, pointer, lookup)
    base_amount = basis.salary * share
    due = law.card_price(basis.rate, basis.salary, share, basis.months)
    state = law.card_support(state_share, basis.rate, basis.salary, basis.months) if state_share else 0
    province = _calculate_province_support(group, base_amount, basis, period, lookup)
    other = 0
    if terms.other_support_rate:
        other = law.card_support(terms.other_support_rate, basis.rate, base_amount, basis.months)
    return CostShares.split(due, (state, province.amount, other)), province.terms


def _resolve_shares(
    member: CardBuyer, order: int | None, pointer: str, lookup: RuleLookup
) -> tuple[str, Decimal, Decimal]:
    """Resolve a member's shares: the group in a province's keys, the share of the price, the state's share of it."""
    if order is not None:
        return HOUSEHOLD_GROUP, lookup.value(f"bhyt_order_{min(order, law.MAX_COUNTED_ORDER)}"), Decimal(0)
    assert member.support_group is not None  # noqa: S101 - only a supported member has no order
    group = member.support_group.value
    state_share = lookup.optional_value(f"bhyt_support_rate_{group}")
    if state_share is None:
        raise InvalidInput(errors=[FieldError(pointer, *errors.GROUP_WITHOUT_SUPPORT)])
    return group, Decimal(1), state_share


def _calculate_province_support(
    group: str, base_amount: Decimal, basis: CardBasis, period: SupportPeriod, lookup: RuleLookup
) -> ProvinceSupport:
    """Calculate the province's support: a share of the member's price, or đồng a month, or both."""
    return calculate_province_support(
        (f"bhyt_province_support_rate_{group}", f"bhyt_province_support_dong_{group}"),
        period,
        lambda share, months: law.card_support(share, basis.rate, base_amount, months),
        lookup,
    )
