"""The price of an enrolment on a day: the quote by that day's rules, with the member's recorded coverage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import InvalidInput
from app.core.values.time import month_of
from app.insurance.coverage.queries import coverage_to_span, select_member_coverages
from app.insurance.kinds import Method
from app.insurance.law import coverage as rules
from app.insurance.law.card import find_free_order
from app.insurance.law.coverage import CoverageSpan
from app.insurance.premiums.errors import HOUSEHOLD_ORDER_NOT_FOR_PRODUCT, household_order_taken
from app.insurance.quotes.card import UNSUPPORTED_GROUPS, load_coverage_gap
from app.insurance.quotes.schemas import CardMember, QuoteIn
from app.insurance.quotes.service import calculate_quote
from app.insurance.rules.rulebook import Rulebook, RuleLookup
from app.models.insurance.enrolment import Enrolment
from app.models.people.household import Household
from app.models.people.member import Member
from app.people.kinds import SupportKind
from app.savings.kinds import Product

_LOCK_MEMBER = text("select pg_advisory_xact_lock(hashtextextended('insured ' || :member, 0))")
_SELECT_HOUSEHOLD_ORDERS = text(
    "select payment_id, own, taken from household_orders(:household, :member, :year)"
)


@dataclass(frozen=True, slots=True)
class CoverageHistory:
    """A member's recorded coverage by one product. supported_months: months with the state's support."""

    spans: list[CoverageSpan]
    supported_months: int
    paid_before: bool


@dataclass(frozen=True, slots=True)
class Price:
    """A price by the rules of `on`, and the coverage that it buys. Amounts are đồng.

    valid_from, valid_to, since: None for missing months. values: the columns of a payment that it fixes.
    """

    on: date
    needed: int
    amount_due: int
    state_support: int
    province_support: int
    months: int
    supported_months: int
    valid_from: date | None
    valid_to: date | None
    since: date | None
    paid_before: bool
    values: dict[str, Any]


async def lock_member(db: AsyncSession, member_id: UUID) -> None:
    """Lock a member's coverage until the transaction ends; after enrolment and payment, before all money."""
    await (await db.connection()).execute(_LOCK_MEMBER, {"member": str(member_id)})


async def load_coverage_history(db: AsyncSession, member_id: UUID, product: Product) -> CoverageHistory:
    """Load a member's coverage so far, whichever group paid for it."""
    rows = [row for row in await select_member_coverages(db, member_id) if row["product"] == product]
    return CoverageHistory(
        spans=[span for row in rows if (span := coverage_to_span(row)) is not None],
        supported_months=sum(row["supported_months"] for row in rows),
        paid_before=bool(rows),
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

    The member's coverage stands still until the transaction ends. declared_order: in the household, as the union says
    it; payment_id: the payment that is priced again. Raises: InvalidInput with pointers into a quote's body, or at
    /household_order.
    """
    await lock_member(db, row.member_id)
    history = await load_coverage_history(db, row.member_id, Product(row.product))
    if row.product == Product.BHXH_TN:
        if declared_order is not None:
            raise InvalidInput(errors=[HOUSEHOLD_ORDER_NOT_FOR_PRODUCT])
        return _price_premium(book, row, on, history)
    household, order = await _resolve_household_order(db, row, on, declared_order, payment_id)
    return _price_card(book, row, on, history, household, order)


def _price_premium(book: Rulebook, row: Enrolment, on: date, history: CoverageHistory) -> Price:
    method, supported_before = Method(row.method), row.supported_before + history.supported_months
    body = QuoteIn(
        product=Product.BHXH_TN,
        payment_date=on,
        method=method,
        months=row.months if method is Method.MISSING_MONTHS else None,
        monthly_income=row.monthly_income,
        from_month=month_of(row.from_month),
        support_group=None if row.support_group is None else SupportKind(row.support_group),
        supported_before=supported_before,
        province_code=row.province_code,
    )
    quoted = calculate_quote(book, body)
    first = last = since = None
    if method is not Method.MISSING_MONTHS:
        first, last = rules.month_range_days(row.from_month, row.months)
        since = rules.premium_unbroken_since(first, history.spans, row.insured_since)
    calculation = {
        "formula": quoted.values["formula"],
        "rules": quoted.rules,
        "supported_before": supported_before,
    }
    return _build_price(row, on, history, quoted.values, (first, last, since), calculation)


def _price_card(
    book: Rulebook,
    row: Enrolment,
    on: date,
    history: CoverageHistory,
    household: UUID | None,
    order: int | None,
) -> Price:
    covered_until = rules.last_covered_day(history.spans, row.covered_until)
    group = None if row.support_group is None else SupportKind(row.support_group)
    member = CardMember(order=order or 1, support_group=group, covered_until=covered_until)
    body = QuoteIn(
        product=Product.BHYT_HGD,
        payment_date=on,
        months=row.months,
        province_code=row.province_code,
        members=[member],
    )
    quoted = calculate_quote(book, body)
    card = quoted.values["members"][0]
    first, last = date.fromisoformat(card["valid_from"]), date.fromisoformat(card["valid_to"])
    gap = load_coverage_gap(RuleLookup(book, on))
    since = rules.card_unbroken_since(first, on, history.spans, (row.insured_since, row.covered_until), gap)
    calculation = {
        "formula": quoted.values["formula"],
        "rules": quoted.rules,
        "supported_before": 0,
        "household_id": household,
        "household_order": order,
    }
    amounts = quoted.values | {"supported_months": 0}
    return _build_price(row, on, history, amounts, (first, last, since), calculation)


def _build_price(
    row: Enrolment,
    on: date,
    history: CoverageHistory,
    amounts: Mapping[str, Any],
    validity: tuple[date | None, date | None, date | None],
    calculation: dict[str, Any],
) -> Price:
    due, state, province = amounts["amount_due"], amounts["state_support"], amounts["province_support"]
    return Price(
        on=on,
        needed=due - state - province,
        amount_due=due,
        state_support=state,
        province_support=province,
        months=amounts["months"],
        supported_months=amounts["supported_months"],
        valid_from=validity[0],
        valid_to=validity[1],
        since=validity[2],
        paid_before=history.paid_before
        or bool(row.insured_since or row.covered_until or row.supported_before),
        values={
            "priced_on": on,
            "amount_due": due,
            "state_support": state,
            "province_support": province,
            "supported_months": amounts["supported_months"],
            "support_group": row.support_group,
            "covered_until": row.covered_until,
            "insured_since": row.insured_since,
            **calculation,
        },
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
