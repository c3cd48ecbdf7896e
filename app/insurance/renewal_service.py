"""Renewals: what is due, who stopped, and how many went on."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.errors import FieldError, InvalidInput
from app.core.paging import Page, PageRequest, cursor_values
from app.core.time import add_months, first_day, month_of, today
from app.insurance import renewal_queries as queries
from app.insurance.enrolment_rules import Method, Support
from app.insurance.plan_prices import Prices
from app.insurance.quote_schemas import CardMember, QuoteIn
from app.insurance.renewal_rules import Tally, full_years, hidden, retention, stopped_in
from app.insurance.renewal_schemas import (
    LapsedFilter,
    LapsedOut,
    RenewalFilter,
    RenewalOut,
    RenewalSummaryOut,
    RetentionCellOut,
    RetentionOut,
    SummaryFilter,
    Wanted,
)
from app.insurance.rulebook import Reading, Rulebook
from app.models.coverage import Coverage
from app.models.premium_payment import PremiumPayment
from app.savings.kinds import Product
from app.savings.references import one_of

_FIRST_MONTH = "1900-01"
_BEFORE_FROM = FieldError(
    "/query/to",
    "before_from",
    "Thời điểm kết thúc trước thời điểm bắt đầu.",
    "The period ends before it begins.",
)
_OF_COVERAGE = (
    "enrolment_id", "member_id", "network", "province_code", "commune_code", "group_id", "product", "method", "months",
    "valid_from", "valid_to",
)  # fmt: skip


async def list_due(
    db: AsyncSession, actor: Actor, book: Rulebook, wanted: RenewalFilter, page: PageRequest
) -> Page[RenewalOut]:
    """A page of what ends soon and is not renewed."""
    _check(wanted)
    first = wanted.on or today()
    last = first + timedelta(days=wanted.within_days)
    rows, cursor = await queries.list_due(db, actor, wanted, first, last, page)
    found = await queries.details(db, actor, [row.id for row in rows])
    estimates = _Estimates(book, first)
    items = [
        RenewalOut(
            **_covered(actor, row, found[row.id]),
            due_on=_end(row),
            days_left=(_end(row) - first).days,
            continuous_since=row.continuous_since,
            continuous_years=row.continuous_since and full_years(row.continuous_since, _end(row)),
            price_estimate=estimates.of(found[row.id].PremiumPayment, _end(row)),
        )
        for row in rows
    ]
    return Page(items=items, next_cursor=cursor)


async def list_lapsed(
    db: AsyncSession, actor: Actor, wanted: LapsedFilter, page: PageRequest
) -> Page[LapsedOut]:
    """A page of those who stopped and did not return, the earliest first."""
    _check(wanted)
    day = today()
    since, until = wanted.from_ or _FIRST_MONTH, wanted.to or month_of(day)
    if since > until:
        raise InvalidInput(errors=[_BEFORE_FROM])
    days = first_day(since) - timedelta(days=1), first_day(add_months(until, 1)) - timedelta(days=2)
    rows, cursor = await queries.list_lapsed(db, actor, wanted, days, day, page)
    found = await queries.details(db, actor, [row.id for row in rows])
    items = [
        LapsedOut(
            **_covered(actor, row, found[row.id]),
            stopped_in=stopped_in(_end(row)),
            last_day=_end(row),
            why=found[row.id].why,
        )
        for row in rows
    ]
    return Page(items=items, next_cursor=cursor)


async def summarise(
    db: AsyncSession, actor: Actor, wanted: SummaryFilter, page: PageRequest
) -> RenewalSummaryOut:
    """Due, renewed and retention; who may not read members sees no figure of fewer than five of them.

    Raises: InvalidInput.
    """
    if wanted.from_ > wanted.to:
        raise InvalidInput(errors=[_BEFORE_FROM])
    rows = await queries.tallies(db, wanted, today())
    total = next(_tally(row) for row in rows if row["whole"])
    cells = {row["key"]: _tally(row) for row in rows if not row["whole"]}
    names = {row["key"]: row["name"] for row in rows}
    suppress = not actor.may(Permission.MEMBER_READ)
    small = hidden(cells) if suppress else set()
    at = cursor_values(page, str)
    keys = [key for key in sorted(cells) if at is None or key > str(at[0])]
    return RenewalSummaryOut(
        date_from=wanted.from_,
        date_to=wanted.to,
        by=wanted.by,
        grace_days=wanted.grace_days,
        total=RetentionOut(**_figures(total, hide=suppress and bool(hidden({"": total})))),
        items=[
            RetentionCellOut(**_figures(cells[key], hide=key in small), key=key, name=names[key])
            for key in keys[: page.limit]
        ],
        next_cursor=page.next_cursor(keys, lambda key: (key,)),
    )


class _Estimates:
    """What was paid for last, priced by the rules of another day; those who pay the same share the work."""

    def __init__(self, book: Rulebook, today: date) -> None:
        self._book, self._today = book, today
        self._known: dict[str, Prices] = {}

    def of(self, payment: PremiumPayment, day: date) -> int | None:
        """đồng that the person would pay; None where the law has no price."""
        order = self._order(payment)
        prices = self._known.setdefault(order.model_dump_json(), Prices(self._book, order, self._today))
        found = prices.maybe(day)
        return found and found.amount

    def _order(self, payment: PremiumPayment) -> QuoteIn:
        own: dict[str, Any] = {"payment_date": self._today, "province_code": payment.province_code}
        if payment.product == Product.BHXH_TN:
            return QuoteIn.model_construct(
                product=Product.BHXH_TN,
                method=Method(payment.method),
                monthly_income=payment.monthly_income,
                support_group=None if payment.support_group is None else Support(payment.support_group),
                supported_before=payment.supported_before + payment.supported_months,
                **own,
            )
        group = payment.support_group
        helped = Reading(self._book, self._today).optional(f"bhyt_support_rate_{group}") is not None
        member = {"order": payment.household_order or 1, "support_group": group if helped else None}
        return QuoteIn.model_construct(
            product=Product.BHYT_HGD,
            months=payment.months,
            members=[CardMember.model_validate(member)],
            **own,
        )


def _check(wanted: Wanted) -> None:
    """Raises: InvalidInput when a group is named twice."""
    try:
        one_of(wanted.group_id, wanted.group_code, "group")
    except InvalidInput as refusal:
        raise InvalidInput(
            errors=[FieldError("/query" + e.pointer, e.code, e.vi, e.en) for e in refusal.errors]
        ) from None


def _end(row: Coverage) -> date:
    """The last day covered. Rows of lists have one: what has no days is in none."""
    assert row.valid_to is not None  # noqa: S101 - the queries choose by it
    return row.valid_to if row.ended_on is None else min(row.valid_to, row.ended_on)


def _covered(actor: Actor, row: Coverage, found: Any) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _OF_COVERAGE},
        "coverage_id": row.id,
        "full_name": found.full_name if actor.may(Permission.MEMBER_READ) else None,
        "group_code": found.group_code,
        "collector_id": found.PremiumPayment.posted_by,
        "pay_by": found.pay_by,
    }


def _tally(row: Mapping[str, Any]) -> Tally:
    return Tally(row["due"], row["renewed"], row["open"], row["persons"])


def _figures(tally: Tally, *, hide: bool) -> dict[str, Any]:
    names = ("due", "renewed", "open", "lapsed", "persons")
    if hide:
        return {**dict.fromkeys((*names, "retention")), "suppressed": True}
    rate = retention(tally.renewed, tally.due)
    figures = {name: getattr(tally, name) for name in names}
    return {**figures, "retention": None if rate is None else str(rate), "suppressed": False}
