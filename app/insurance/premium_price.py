"""What an enrolment costs on a day: the quote by that day's rules, with what the register knows of the member."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import InvalidInput
from app.core.time import month_of
from app.insurance import coverage_rules as rules
from app.insurance.card_quote import NOT_HELPED, gap_of
from app.insurance.card_rules import free_order
from app.insurance.coverage_queries import coverage_of, span_of
from app.insurance.coverage_rules import Span
from app.insurance.enrolment_rules import Method, Support
from app.insurance.premium_payment_errors import ORDER_NOT_FOR, order_taken
from app.insurance.quote_schemas import CardMember, QuoteIn
from app.insurance.quote_service import price
from app.insurance.rulebook import Reading, Rulebook
from app.models.enrolment import Enrolment
from app.models.household import Household
from app.models.member import Member
from app.savings.kinds import Product

_LOCK_MEMBER = text("select pg_advisory_xact_lock(hashtextextended('insured ' || :member, 0))")
_ORDERS = text("select payment_id, own, taken from household_orders(:household, :member, :year)")


@dataclass(frozen=True, slots=True)
class History:
    """What a member was covered for by one product. supported: months with the state's support."""

    spans: list[Span]
    supported: int
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
    """Let a member's coverage stand still until the transaction ends: after enrolment and payment, before all money."""
    await (await db.connection()).execute(_LOCK_MEMBER, {"member": str(member_id)})


async def history_of(db: AsyncSession, member_id: UUID, product: Product) -> History:
    """A member's coverage so far, whichever group paid for it."""
    rows = [row for row in await coverage_of(db, member_id) if row["product"] == product]
    return History(
        spans=[span for row in rows if (span := span_of(row)) is not None],
        supported=sum(row["supported_months"] for row in rows),
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
    """Price an enrolment, whose row the caller holds, by the rules of a day.

    The member's coverage stands still until the transaction ends. declared_order: in the household, as the union says
    it; payment_id: the payment that is priced again. Raises: InvalidInput with pointers into a quote's body, or at
    /household_order.
    """
    await lock_member(db, row.member_id)
    history = await history_of(db, row.member_id, Product(row.product))
    if row.product == Product.BHXH_TN:
        if declared_order is not None:
            raise InvalidInput(errors=[ORDER_NOT_FOR])
        return _premium(book, row, on, history)
    household, order = await _place(db, row, on, declared_order, payment_id)
    return _card(book, row, on, history, household, order)


def _premium(book: Rulebook, row: Enrolment, on: date, history: History) -> Price:
    method, before = Method(row.method), row.supported_before + history.supported
    body = QuoteIn(
        product=Product.BHXH_TN,
        payment_date=on,
        method=method,
        months=row.months if method is Method.MISSING_MONTHS else None,
        monthly_income=row.monthly_income,
        from_month=month_of(row.from_month),
        support_group=None if row.support_group is None else Support(row.support_group),
        supported_before=before,
        province_code=row.province_code,
    )
    priced = price(book, body)
    first = last = since = None
    if method is not Method.MISSING_MONTHS:
        first, last = rules.months_from(row.from_month, row.months)
        since = rules.premium_since(first, history.spans, row.insured_since)
    told = {"formula": priced.values["formula"], "rules": priced.rules, "supported_before": before}
    return _price(row, on, history, priced.values, (first, last, since), told)


def _card(
    book: Rulebook, row: Enrolment, on: date, history: History, household: UUID | None, order: int | None
) -> Price:
    until = rules.last_day(history.spans, row.covered_until)
    group = None if row.support_group is None else Support(row.support_group)
    member = CardMember(order=order or 1, support_group=group, covered_until=until)
    body = QuoteIn(
        product=Product.BHYT_HGD,
        payment_date=on,
        months=row.months,
        province_code=row.province_code,
        members=[member],
    )
    priced = price(book, body)
    card = priced.values["members"][0]
    first, last = date.fromisoformat(card["valid_from"]), date.fromisoformat(card["valid_to"])
    gap = gap_of(Reading(book, on))
    since = rules.card_since(first, on, history.spans, (row.insured_since, row.covered_until), gap)
    told = {
        "formula": priced.values["formula"],
        "rules": priced.rules,
        "supported_before": 0,
        "household_id": household,
        "household_order": order,
    }
    answer = priced.values | {"supported_months": 0}
    return _price(row, on, history, answer, (first, last, since), told)


def _price(
    row: Enrolment,
    on: date,
    history: History,
    answer: Mapping[str, Any],
    days: tuple[date | None, date | None, date | None],
    told: dict[str, Any],
) -> Price:
    due, state, province = answer["amount_due"], answer["state_support"], answer["province_support"]
    return Price(
        on=on,
        needed=due - state - province,
        amount_due=due,
        state_support=state,
        province_support=province,
        months=answer["months"],
        supported_months=answer["supported_months"],
        valid_from=days[0],
        valid_to=days[1],
        since=days[2],
        paid_before=history.paid_before
        or bool(row.insured_since or row.covered_until or row.supported_before),
        values={
            "priced_on": on,
            "amount_due": due,
            "state_support": state,
            "province_support": province,
            "supported_months": answer["supported_months"],
            "support_group": row.support_group,
            "covered_until": row.covered_until,
            "insured_since": row.insured_since,
            **told,
        },
    )


async def _place(
    db: AsyncSession, row: Enrolment, on: date, declared: int | None, payment_id: UUID | None
) -> tuple[UUID | None, int | None]:
    """The member's household, locked, and their order in it: the first that nobody has taken this year.

    A member keeps the order of an earlier card of the year. Raises: InvalidInput at /household_order.
    """
    if row.support_group not in NOT_HELPED:
        if declared is not None:
            raise InvalidInput(errors=[ORDER_NOT_FOR])
        return None, None
    household = (await db.exec(select(Member.household_id).where(Member.id == row.member_id))).first()
    if household is None:
        return None, declared or 1
    lock = select(Household.id).where(Household.id == household).with_for_update(key_share=True)
    await db.exec(lock)
    asked = {"household": household, "member": row.member_id, "year": on.year}
    found = (await (await db.connection()).execute(_ORDERS, asked)).all()
    others = {taken for _, own, taken in found if not own}
    kept = [taken for paid, own, taken in found if own and paid != payment_id]
    if kept and declared is None:
        return household, min(kept)
    order = free_order(others, declared)
    if declared not in (None, order) and payment_id is None:
        raise order_taken(order)
    return household, order
