"""Quotes for a household's cards, computed from the request and the rules of its payment date."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core.errors import FieldError, InvalidInput
from app.insurance.law import card as rules
from app.insurance.law.card import CoverageGap
from app.insurance.law.premium import METHOD_MONTHS, cap_supports
from app.insurance.quotes import errors
from app.insurance.quotes.schemas import CardMember, QuoteIn
from app.insurance.rules.keys import HOUSEHOLD_GROUP, format_decimal
from app.insurance.rules.rulebook import RuleLookup
from app.people.kinds import SupportKind

UNSUPPORTED_GROUPS = (None, SupportKind.OTHER)
"""Support groups that pay by the order in the household."""
_BUDGET_PAID_GROUPS = (SupportKind.POOR, SupportKind.ISLAND)
_SUMMED_FIELDS = ("amount_due", "state_support", "province_support", "other_support", "participant_pays")
_PREMIUM_ONLY_FIELDS = ("monthly_income", "from_month", "support_group", "other_support")


@dataclass(frozen=True, slots=True)
class CardBasis:
    """Values that every price begins with. rate: 4.5 %; salary: base salary, đồng a month."""

    rate: Decimal
    salary: int
    months: int


def quote_cards(body: QuoteIn, lookup: RuleLookup) -> dict[str, Any]:
    """Quote the cards of a household: the answer's fields.

    Raises: InvalidInput with each wrong field; rule_missing when the law says nothing for the day.
    """
    months, members = _resolve_months(body), body.members
    if (problems := _find_problems(body, months)) or members is None or months is None:
        raise InvalidInput(errors=problems)
    counted = rules.counted_orders(
        (member.order, member.support_group not in UNSUPPORTED_GROUPS) for member in members
    )
    gap, wait = load_coverage_gap(lookup), lookup.int_value("bhyt_wait_days")
    basis = CardBasis(lookup.value("bhyt_rate"), lookup.int_value("base_salary"), months)
    cards = []
    for index, (member, order) in enumerate(zip(members, counted, strict=True)):
        card = _quote_card(body, member, order, f"/members/{index}/support_group", basis, lookup)
        begins, ends = rules.card_validity(body.payment_date, member.covered_until, months, gap, wait)
        card["valid_from"], card["valid_to"] = begins.isoformat(), ends.isoformat()
        cards.append(card)
    return {
        "product": "bhyt_hgd",
        "payment_date": body.payment_date.isoformat(),
        "months": months,
        "valid_from": max(card["valid_from"] for card in cards),
        "members": cards,
        **{name: sum(card[name] for card in cards) for name in _SUMMED_FIELDS},
        "formula": {
            "expression": "Σ base_salary × rate × months × share of the order",
            "base_salary": basis.salary,
            "rate": format_decimal(basis.rate),
            "months": months,
        },
    }


def _resolve_months(body: QuoteIn) -> int | None:
    if body.months is not None or body.method is None:
        return body.months
    return METHOD_MONTHS.get(body.method, 0)


def _find_problems(body: QuoteIn, months: int | None) -> list[FieldError]:
    problems = [
        errors.field_not_for_product(f"/{name}")
        for name in _PREMIUM_ONLY_FIELDS
        if getattr(body, name) is not None
    ]
    problems += [
        errors.field_not_for_product(f"/{name}")
        for name in ("late_months", "supported_before")
        if getattr(body, name)
    ]
    if months is None:
        problems.append(errors.missing_quote_field("/months"))
    elif months not in rules.CARD_PERIODS or (body.method and METHOD_MONTHS.get(body.method) != months):
        problems.append(errors.INVALID_CARD_MONTHS)
    if body.members is None:
        problems.append(errors.missing_quote_field("/members"))
    seen_orders: set[int] = set()
    for index, member in enumerate(body.members or ()):
        if member.order in seen_orders:
            problems.append(FieldError(f"/members/{index}/order", *errors.ORDER_REPEATED))
        if member.support_group in _BUDGET_PAID_GROUPS:
            problems.append(FieldError(f"/members/{index}/support_group", *errors.PAID_BY_BUDGET))
        seen_orders.add(member.order)
    return problems


def load_coverage_gap(lookup: RuleLookup) -> CoverageGap:
    """Load the interruption that counts on the day of the lookup."""
    days = lookup.optional_value("bhyt_gap_days")
    return (
        CoverageGap(None, lookup.int_value("bhyt_gap_months")) if days is None else CoverageGap(int(days), 0)
    )


def _quote_card(
    body: QuoteIn, member: CardMember, order: int | None, pointer: str, basis: CardBasis, lookup: RuleLookup
) -> dict[str, Any]:
    group, share, state_share = _resolve_shares(member, order, pointer, lookup)
    base_amount = basis.salary * share
    due = rules.card_price(basis.rate, basis.salary, share, basis.months)
    state = rules.card_support(state_share, basis.rate, basis.salary, basis.months) if state_share else 0
    province = (
        _calculate_province_support(group, base_amount, basis, lookup)
        if body.province_code or body.assume
        else 0
    )
    other = 0
    if body.other_support_rate:
        other = rules.card_support(body.other_support_rate, basis.rate, base_amount, basis.months)
    state, province, other = cap_supports(due, (state, province, other))
    return {
        "order": member.order,
        "counted_order": order,
        "support_group": member.support_group,
        "amount_due": due,
        "state_support": state,
        "province_support": province,
        "other_support": other,
        "participant_pays": due - state - province - other,
    }


def _resolve_shares(
    member: CardMember, order: int | None, pointer: str, lookup: RuleLookup
) -> tuple[str, Decimal, Decimal]:
    """Resolve a member's shares: the group in a province's keys, the share of the price, the state's share of it."""
    if order is not None:
        return HOUSEHOLD_GROUP, lookup.value(f"bhyt_order_{min(order, rules.MAX_COUNTED_ORDER)}"), Decimal(0)
    assert member.support_group is not None  # noqa: S101 - only a supported member has no order
    group = member.support_group.value
    state_share = lookup.optional_value(f"bhyt_support_rate_{group}")
    if state_share is None:
        raise InvalidInput(errors=[FieldError(pointer, *errors.GROUP_WITHOUT_SUPPORT)])
    return group, Decimal(1), state_share


def _calculate_province_support(
    group: str, base_amount: Decimal, basis: CardBasis, lookup: RuleLookup
) -> int:
    """Calculate the province's support: a share of the member's price, or đồng a month, or both."""
    share = lookup.province_value(f"bhyt_province_support_rate_{group}")
    amount_per_month = lookup.province_value(f"bhyt_province_support_dong_{group}")
    return (
        rules.card_support(share, basis.rate, base_amount, basis.months)
        + int(amount_per_month) * basis.months
    )
