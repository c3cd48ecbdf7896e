"""Lists and reads coverages, and a member's insurance as a whole."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import first_day, month_of
from app.insurance.coverage.queries import coverage_to_span, read_member_coverages, read_supports_before
from app.insurance.coverage.schemas import CoverageFilter, CoverageOut, MemberInsurance, ProductInsurance
from app.insurance.kinds import Method
from app.insurance.law import coverage as law
from app.insurance.law.coverage import CoverageSpan
from app.insurance.law.premium import METHOD_MONTHS, payment_deadline
from app.insurance.queries import build_row_filters, require_visible_row, select_visible_rows
from app.insurance.rules.rulebook import Rulebook, RuleLookup
from app.models.insurance.coverage import Coverage
from app.people.members.queries import require_visible_member
from app.savings.kinds import Product


async def list_coverages(
    db: AsyncSession, actor: Actor, filters: CoverageFilter, page: PageRequest
) -> Page[CoverageOut]:
    """List one page of the coverages that match the filters, the newest first."""
    stmt = select_visible_rows(actor, Coverage).where(*await build_row_filters(db, actor, Coverage, filters))
    if filters.on is not None:
        last = func.least(Coverage.valid_to, Coverage.ended_on)
        stmt = stmt.where(col(Coverage.valid_from) <= filters.on, last >= filters.on)
    rows, cursor = await fetch_page(db, stmt, columns=[col(Coverage.id)], page=page, descending=True)
    return Page(items=[CoverageOut.from_record(row) for row in rows], next_cursor=cursor)


async def read_coverage(db: AsyncSession, actor: Actor, coverage_id: UUID) -> CoverageOut:
    """Read one coverage. Raises: NotFound."""
    return CoverageOut.from_record(await require_visible_row(db, actor, Coverage, coverage_id))


async def read_member_insurance(
    db: AsyncSession, actor: Actor, book: Rulebook, member_id: UUID, on: date
) -> MemberInsurance:
    """Read a member's insurance as of a day, whichever group paid for it. Raises: NotFound."""
    await require_visible_member(db, actor, member_id)
    rows = await read_member_coverages(db, member_id)
    supports = await read_supports_before(db, [(member_id, None)])
    products = [
        _to_product_insurance(product, product_rows, supports[member_id, None], book, on)
        for product in Product
        if (product_rows := [row for row in rows if row["product"] == product])
    ]
    return MemberInsurance(member_id=member_id, on=on, products=products)


def _to_product_insurance(
    product: Product, rows: Sequence[RowMapping], supported: int, book: Rulebook, on: date
) -> ProductInsurance:
    """Build the insurance of one product from its coverages. supported: months so far, over all registers."""
    rows_by_span = {span: row for row in rows if (span := coverage_to_span(row)) is not None}
    current = next((span for span in rows_by_span if span.first <= on <= span.last), None)
    latest = max(rows_by_span, key=lambda span: span.last, default=None)
    reported = current or latest
    since = (
        None if current is None else law.unbroken_since([span for span in rows_by_span if span.first <= on])
    )
    lookup, is_card = RuleLookup(book, on), product is Product.BHYT_HGD
    max_months = lookup.optional_value("support_months_max")
    return ProductInsurance(
        product=product,
        months_paid=sum(row["months"] for row in rows),
        covered=current is not None,
        valid_from=None if reported is None else reported.first,
        valid_to=None if reported is None else reported.last,
        continuous_since=since,
        five_years_from=law.five_years_from(since) if is_card and since is not None else None,
        supported_months_used=None if is_card else supported,
        supported_months_left=None
        if is_card or max_months is None
        else law.supported_months_left(int(max_months), supported),
        next_due=None if latest is None else _next_due_date(rows_by_span[latest], latest, lookup),
    )


def _next_due_date(row: RowMapping, span: CoverageSpan, lookup: RuleLookup) -> date | None:
    """The last day to pay the next period: a card's own last day, or the deadline of the same method.

    Nothing follows what a refund ended.
    """
    if row["ended_on"] is not None:
        return None
    if row["product"] == Product.BHYT_HGD:
        return span.last
    next_month = month_of(span.last + timedelta(days=1))
    months = METHOD_MONTHS.get(Method(row["method"]), 1)
    deadline: Any = lookup.optional_value(f"deadline_months_{months}")
    return first_day(next_month) if deadline is None else payment_deadline(next_month, int(deadline))
