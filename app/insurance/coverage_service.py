"""Coverage: listed and read, and a member's insurance as a whole."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.paging import Page, PageRequest, paged
from app.core.time import first_day, month_of
from app.insurance import coverage_rules as rules
from app.insurance import premium_payment_queries as queries
from app.insurance.coverage_queries import coverage_of, span_of
from app.insurance.coverage_rules import Span
from app.insurance.coverage_schemas import CoverageFilter, CoverageOut, MemberInsurance, ProductInsurance
from app.insurance.enrolment_rules import Method
from app.insurance.premium_rules import MONTHS, pay_by
from app.insurance.rulebook import Reading, Rulebook
from app.models.coverage import Coverage
from app.models.enrolment import Enrolment
from app.people.member_queries import find_member
from app.savings.kinds import Product


async def list_coverages(
    db: AsyncSession, actor: Actor, wanted: CoverageFilter, page: PageRequest
) -> Page[CoverageOut]:
    """One page of the coverages that the filters choose, the newest first."""
    stmt = queries.visible_premiums(actor, Coverage).where(*await queries.chosen(db, actor, Coverage, wanted))
    if wanted.on is not None:
        last = func.least(Coverage.valid_to, Coverage.ended_on)
        stmt = stmt.where(col(Coverage.valid_from) <= wanted.on, last >= wanted.on)
    rows, cursor = await paged(db, stmt, columns=[col(Coverage.id)], page=page, descending=True)
    return Page(items=[CoverageOut.of(row) for row in rows], next_cursor=cursor)


async def read_coverage(db: AsyncSession, actor: Actor, coverage_id: UUID) -> CoverageOut:
    """One coverage. Raises: NotFound."""
    return CoverageOut.of(await queries.find_premium(db, actor, Coverage, coverage_id))


async def member_insurance(
    db: AsyncSession, actor: Actor, book: Rulebook, member_id: UUID, on: date
) -> MemberInsurance:
    """A member's insurance as of a day, whichever group paid for it. Raises: NotFound."""
    await find_member(db, actor, member_id)
    rows = await coverage_of(db, member_id)
    declared = await _declared(db, actor, member_id)
    products = [
        _product(product, own, declared, book, on)
        for product in Product
        if (own := [row for row in rows if row["product"] == product])
    ]
    return MemberInsurance(member_id=member_id, on=on, products=products)


async def _declared(db: AsyncSession, actor: Actor, member_id: UUID) -> int:
    """The most months with support that an enrolment of the member declares from before."""
    stmt = (
        queries.visible_premiums(actor, Enrolment)
        .where(Enrolment.member_id == member_id, Enrolment.product == Product.BHXH_TN)
        .with_only_columns(func.coalesce(func.max(Enrolment.supported_before), 0))
    )
    return int((await db.exec(stmt)).one())  # type: ignore[call-overload]


def _product(
    product: Product, rows: Sequence[RowMapping], declared: int, book: Rulebook, on: date
) -> ProductInsurance:
    """One product's rows put together."""
    held = {span: row for row in rows if (span := span_of(row)) is not None}
    now = next((span for span in held if span.first <= on <= span.last), None)
    latest = max(held, key=lambda span: span.last, default=None)
    told = now or latest
    since = None if now is None else rules.unbroken_since([span for span in held if span.first <= on])
    supported = sum(row["supported_months"] for row in rows) + declared
    read, card = Reading(book, on), product is Product.BHYT_HGD
    most = read.optional("support_months_max")
    return ProductInsurance(
        product=product,
        months_paid=sum(row["months"] for row in rows),
        covered=now is not None,
        valid_from=None if told is None else told.first,
        valid_to=None if told is None else told.last,
        continuous_since=since,
        five_years_from=rules.five_years_from(since) if card and since is not None else None,
        supported_months_used=None if card else supported,
        supported_months_left=None if card or most is None else rules.supported_left(int(most), supported),
        next_due=None if latest is None else _next_due(held[latest], latest, read),
    )


def _next_due(row: RowMapping, span: Span, read: Reading) -> date | None:
    """The last day to pay what follows: a card's own last day, or the deadline of the same method's next period.

    Nothing follows what a refund ended.
    """
    if row["ended_on"] is not None:
        return None
    if row["product"] == Product.BHYT_HGD:
        return span.last
    following = month_of(span.last + timedelta(days=1))
    months = MONTHS.get(Method(row["method"]), 1)
    deadline: Any = read.optional(f"deadline_months_{months}")
    return first_day(following) if deadline is None else pay_by(following, int(deadline))
