"""Renewals: lists what is due and who stopped, and summarises how many renewed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.errors import FieldError, InvalidInput
from app.core.language import Language
from app.core.values.paging import Page, PageRequest, get_cursor_values
from app.core.values.references import choose_pointer
from app.core.values.time import month_of, today
from app.insurance.coverage.queries import read_supports_before
from app.insurance.enrolments.detail import SUPPORT_GROUP_PERMISSIONS
from app.insurance.kinds import Method, narrow_to_support_kind, parse_enrolled_group
from app.insurance.law.coverage import find_stop_days, find_stop_month
from app.insurance.law.proof import Proof, find_run_out_note
from app.insurance.plans.prices import Prices
from app.insurance.quotes.responses import warning_to_response
from app.insurance.quotes.schemas import QuoteNote
from app.insurance.quotes.terms import CardBuyer, QuoteTerms
from app.insurance.renewals import queries
from app.insurance.renewals.rules import (
    Tally,
    find_suppressed_tallies,
    full_years,
    retention,
)
from app.insurance.renewals.schemas import (
    LapsedFilter,
    LapsedOut,
    RenewalFilter,
    RenewalFilterBase,
    RenewalOut,
    RenewalSummaryFilter,
    RenewalSummaryOut,
    RetentionCellOut,
    RetentionOut,
)
from app.insurance.rules.rulebook import Rulebook, RuleLookup
from app.models.insurance.coverage import Coverage
from app.models.insurance.enrolment import Enrolment
from app.models.insurance.premium_payment import PremiumPayment
from app.savings.kinds import Product

_FIRST_MONTH = "1900-01"
_TO_BEFORE_FROM = FieldError(
    "/query/to",
    "before_from",
    "Thời điểm kết thúc trước thời điểm bắt đầu.",
    "The period ends before it begins.",
)
_COVERAGE_FIELDS = (
    "enrolment_id", "member_id", "network", "province_code", "commune_code", "group_id", "product", "method", "months",
    "valid_from", "valid_to",
)  # fmt: skip


async def list_due(
    db: AsyncSession,
    actor: Actor,
    book: Rulebook,
    filters: RenewalFilter,
    page: PageRequest,
    language: Language,
) -> Page[RenewalOut]:
    """List a page of what ends soon and is not renewed."""
    _check_filters(filters)
    first = filters.on or today()
    last = first + timedelta(days=filters.within_days)
    rows, cursor = await queries.read_due_coverages(db, actor, filters, first, last, page)
    details_by_id = await queries.read_renewal_details(db, actor, [row.id for row in rows])
    supports = await read_supports_before(db, [(row.member_id, None) for row in rows])
    estimates = _PriceEstimator(book, first, {member: months for (member, _), months in supports.items()})
    items = [
        RenewalOut(
            **_coverage_fields(actor, row, details_by_id[row.id]),
            due_on=_last_covered_day(row),
            days_left=(_last_covered_day(row) - first).days,
            continuous_since=row.continuous_since,
            continuous_years=row.continuous_since
            and full_years(row.continuous_since, _last_covered_day(row)),
            price_estimate=estimates.estimate(details_by_id[row.id].PremiumPayment, _last_covered_day(row)),
            warnings=[
                QuoteNote(**warning_to_response(note, language))
                for note in _find_warnings(actor, details_by_id[row.id].Enrolment, _last_covered_day(row))
            ],
        )
        for row in rows
    ]
    return Page(items=items, next_cursor=cursor)


def _find_warnings(actor: Actor, enrolment: Enrolment, last_day: date) -> list[FieldError]:
    """The warnings for who may see by what a group is proven: the paper runs out before the next card begins."""
    if not any(map(actor.has_permission, SUPPORT_GROUP_PERMISSIONS)):
        return []
    note = find_run_out_note(Proof.of(enrolment), last_day + timedelta(days=1))
    return [] if note is None else [note]


async def list_lapsed(
    db: AsyncSession, actor: Actor, filters: LapsedFilter, page: PageRequest
) -> Page[LapsedOut]:
    """List a page of those who stopped and did not return, the earliest first."""
    _check_filters(filters)
    day = today()
    since, until = filters.from_ or _FIRST_MONTH, filters.to or month_of(day)
    if since > until:
        raise InvalidInput(errors=[_TO_BEFORE_FROM])
    days = find_stop_days(since, until)
    rows, cursor = await queries.read_lapsed_coverages(db, actor, filters, days, day, page)
    details_by_id = await queries.read_renewal_details(db, actor, [row.id for row in rows])
    items = [
        LapsedOut(
            **_coverage_fields(actor, row, details_by_id[row.id]),
            stopped_in=find_stop_month(_last_covered_day(row)),
            last_day=_last_covered_day(row),
            why=details_by_id[row.id].why,
        )
        for row in rows
    ]
    return Page(items=items, next_cursor=cursor)


async def summarise_renewals(
    db: AsyncSession, actor: Actor, filters: RenewalSummaryFilter, page: PageRequest
) -> RenewalSummaryOut:
    """Summarise due, renewed and retention; who may not read members sees no figure of fewer than five of them.

    Raises: InvalidInput.
    """
    if filters.from_ > filters.to:
        raise InvalidInput(errors=[_TO_BEFORE_FROM])
    rows = await queries.read_renewal_tallies(db, filters, today())
    total = next(_to_tally(row) for row in rows if row["whole"])
    cells = {row["key"]: _to_tally(row) for row in rows if not row["whole"]}
    names = {row["key"]: row["name"] for row in rows}
    suppress = not actor.has_permission(Permission.MEMBER_READ)
    suppressed_keys = find_suppressed_tallies(cells) if suppress else set()
    hide_total = suppress and bool(find_suppressed_tallies({"": total}))
    after = get_cursor_values(page, str)
    keys = [key for key in sorted(cells) if after is None or key > str(after[0])]
    return RenewalSummaryOut(
        date_from=filters.from_,
        date_to=filters.to,
        by=filters.by,
        grace_days=filters.grace_days,
        total=RetentionOut(**_to_figures(total, hide=hide_total)),
        items=[
            RetentionCellOut(
                **_to_figures(cells[key], hide=key in suppressed_keys), key=key or None, name=names[key]
            )
            for key in keys[: page.limit]
        ],
        next_cursor=page.next_cursor(keys, lambda key: (key,)),
    )


class _PriceEstimator:
    """Estimates prices by the rules of another day from what was paid last; equal terms are priced once.

    supported_before: months with the state's support so far, by member.
    """

    def __init__(self, book: Rulebook, today: date, supported_before: Mapping[UUID, int]) -> None:
        self._book, self._today, self._supported_before = book, today, supported_before
        self._prices_by_terms: dict[tuple[QuoteTerms, str], Prices] = {}

    def estimate(self, payment: PremiumPayment, day: date) -> int | None:
        """The đồng that the person would pay; None where the law has no price."""
        terms, province = self._build_terms(payment), payment.province_code
        prices = self._prices_by_terms.setdefault(
            (terms, province), Prices(self._book, terms, self._today, province)
        )
        price = prices.find_quote_on(day)
        return price and price.amount

    def _build_terms(self, payment: PremiumPayment) -> QuoteTerms:
        group = parse_enrolled_group(payment.support_group)
        if payment.product == Product.BHXH_TN:
            return QuoteTerms(
                product=Product.BHXH_TN,
                method=Method(payment.method),
                monthly_income=payment.monthly_income,
                support_group=narrow_to_support_kind(group),
                supported_before=self._supported_before[payment.member_id],
            )
        supports = RuleLookup(self._book, self._today).optional_value(f"bhyt_support_rate_{group}")
        buyer = CardBuyer(payment.household_order or 1, None if supports is None else group)
        return QuoteTerms(product=Product.BHYT_HGD, months=payment.months, members=(buyer,))


def _check_filters(filters: RenewalFilterBase) -> None:
    """Check that a group is named once only. Raises: InvalidInput."""
    try:
        choose_pointer(filters.group_id, filters.group_code, "group")
    except InvalidInput as invalid:
        raise InvalidInput(
            errors=[
                FieldError("/query" + error.pointer, error.code, error.vi, error.en)
                for error in invalid.errors
            ]
        ) from None


def _last_covered_day(row: Coverage) -> date:
    """The last day covered. Rows of lists have one: what has no days is in none."""
    assert row.valid_to is not None  # noqa: S101 - the queries choose by it
    return row.valid_to if row.ended_on is None else min(row.valid_to, row.ended_on)


def _coverage_fields(actor: Actor, row: Coverage, details: Any) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _COVERAGE_FIELDS},
        "coverage_id": row.id,
        "full_name": details.full_name if actor.has_permission(Permission.MEMBER_READ) else None,
        "group_code": details.group_code,
        "collector_id": details.PremiumPayment.collector_id or details.PremiumPayment.posted_by,
        "pay_by": details.pay_by,
    }


def _to_tally(row: Mapping[str, Any]) -> Tally:
    return Tally(row["due"], row["renewed"], row["open"], row["persons"])


def _to_figures(tally: Tally, *, hide: bool) -> dict[str, Any]:
    names = ("due", "renewed", "open", "lapsed", "persons")
    if hide:
        return {**dict.fromkeys((*names, "retention")), "suppressed": True}
    rate = retention(tally.renewed, tally.due)
    figures = {name: getattr(tally, name) for name in names}
    return {**figures, "retention": None if rate is None else str(rate), "suppressed": False}
