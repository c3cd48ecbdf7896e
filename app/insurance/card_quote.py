"""A quote for cards of a household: a function of the request and of the rules of its payment date."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core.errors import FieldError, InvalidInput
from app.insurance import card_rules as rules
from app.insurance import quote_errors as errors
from app.insurance.card_rules import Gap
from app.insurance.enrolment_rules import Support
from app.insurance.premium_rules import MONTHS, within
from app.insurance.quote_schemas import CardMember, QuoteIn
from app.insurance.rule_keys import HOUSEHOLD, plain
from app.insurance.rulebook import Reading

NOT_HELPED = (None, Support.OTHER)
"""Who pays by the order in the household."""
_BY_BUDGET = (Support.POOR, Support.ISLAND)
_SUMMED = ("amount_due", "state_support", "province_support", "other_support", "participant_pays")
_OF_PREMIUM = ("monthly_income", "from_month", "support_group", "other_support")


@dataclass(frozen=True, slots=True)
class Base:
    """What every price begins with. rate: 4.5 %; salary: base salary, đồng a month."""

    rate: Decimal
    salary: int
    months: int


def quote_cards(body: QuoteIn, read: Reading) -> dict[str, Any]:
    """The answer's fields.

    Raises: InvalidInput with each wrong field; rule_missing when the law says nothing for the day.
    """
    months, members = _months(body), body.members
    if (problems := _problems(body, months)) or members is None or months is None:
        raise InvalidInput(errors=problems)
    counted = rules.counted_orders(
        (member.order, member.support_group not in NOT_HELPED) for member in members
    )
    gap, wait = gap_of(read), read.whole("bhyt_wait_days")
    base = Base(read.value("bhyt_rate"), read.whole("base_salary"), months)
    cards = []
    for index, (member, order) in enumerate(zip(members, counted, strict=True)):
        card = _card(body, member, order, f"/members/{index}/support_group", base, read)
        begins, ends = rules.validity(body.payment_date, member.covered_until, months, gap, wait)
        card["valid_from"], card["valid_to"] = begins.isoformat(), ends.isoformat()
        cards.append(card)
    return {
        "product": "bhyt_hgd",
        "payment_date": body.payment_date.isoformat(),
        "months": months,
        "valid_from": max(card["valid_from"] for card in cards),
        "members": cards,
        **{name: sum(card[name] for card in cards) for name in _SUMMED},
        "formula": {
            "expression": "Σ base_salary × rate × months × share of the order",
            "base_salary": base.salary,
            "rate": plain(base.rate),
            "months": months,
        },
    }


def _months(body: QuoteIn) -> int | None:
    if body.months is not None or body.method is None:
        return body.months
    return MONTHS.get(body.method, 0)


def _problems(body: QuoteIn, months: int | None) -> list[FieldError]:
    found = [errors.not_for(f"/{name}") for name in _OF_PREMIUM if getattr(body, name) is not None]
    found += [
        errors.not_for(f"/{name}") for name in ("late_months", "supported_before") if getattr(body, name)
    ]
    if months is None:
        found.append(errors.missing("/months"))
    elif months not in rules.PERIODS or (body.method and MONTHS.get(body.method) != months):
        found.append(errors.METHOD_OF_CARD)
    if body.members is None:
        found.append(errors.missing("/members"))
    seen: set[int] = set()
    for index, member in enumerate(body.members or ()):
        if member.order in seen:
            found.append(FieldError(f"/members/{index}/order", *errors.SAME_ORDER))
        if member.support_group in _BY_BUDGET:
            found.append(FieldError(f"/members/{index}/support_group", *errors.PAID_BY_BUDGET))
        seen.add(member.order)
    return found


def gap_of(read: Reading) -> Gap:
    """The interruption that counts on the day of the reading."""
    days = read.optional("bhyt_gap_days")
    return Gap(None, read.whole("bhyt_gap_months")) if days is None else Gap(int(days), 0)


def _card(
    body: QuoteIn, member: CardMember, order: int | None, pointer: str, base: Base, read: Reading
) -> dict[str, Any]:
    group, share, helped = _standing(member, order, pointer, read)
    full = base.salary * share
    due = rules.card_price(base.rate, base.salary, share, base.months)
    state = rules.card_support(helped, base.rate, base.salary, base.months) if helped else 0
    province = _province(group, full, base, read) if body.province_code or body.assume else 0
    other = 0
    if body.other_support_rate:
        other = rules.card_support(body.other_support_rate, base.rate, full, base.months)
    state, province, other = within(due, (state, province, other))
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


def _standing(
    member: CardMember, order: int | None, pointer: str, read: Reading
) -> tuple[str, Decimal, Decimal]:
    """How a member is counted: the group in a province's keys, the share of the price, the state's share of it."""
    if order is not None:
        return HOUSEHOLD, read.value(f"bhyt_order_{min(order, rules.ORDERS)}"), Decimal(0)
    assert member.support_group is not None  # noqa: S101 - only whom a group helps has no order
    group = member.support_group.value
    helped = read.optional(f"bhyt_support_rate_{group}")
    if helped is None:
        raise InvalidInput(errors=[FieldError(pointer, *errors.NO_SUPPORT)])
    return group, Decimal(1), helped


def _province(group: str, full: Decimal, base: Base, read: Reading) -> int:
    """What the province adds: a share of the member's price, or đồng a month, or both."""
    share = read.addition(f"bhyt_province_support_rate_{group}")
    dong = read.addition(f"bhyt_province_support_dong_{group}")
    return rules.card_support(share, base.rate, full, base.months) + int(dong) * base.months
