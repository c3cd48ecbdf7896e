"""The items of a plan, as terms of quotes: the named goal, or everything that a pledge may buy."""

from typing import NamedTuple

from app.core.errors import FieldError, InvalidInput
from app.core.language import missing_field
from app.insurance.kinds import Method
from app.insurance.law.card import CARD_PERIODS
from app.insurance.law.premium import METHOD_MONTHS
from app.insurance.plans.schemas import PlanIn
from app.insurance.quotes.terms import CardBuyer, QuoteTerms
from app.savings.kinds import Product

_TERM_FIELDS = ("method", "months", "monthly_income", "from_month", "members")
_PERSON_FIELDS = ("from_month", "supported_before", "other_support_rate", "other_support")


class PlanItem(NamedTuple):
    """Something to buy. household_order: of one card; cards: how many together; None for what is no card."""

    terms: QuoteTerms
    household_order: int | None
    cards: int | None


def has_named_goal(body: PlanIn) -> bool:
    """Whether the plan names one thing to buy, and not whatever the pledge can."""
    return body.product is not None and (
        body.pledge is None or any(getattr(body, name) is not None for name in _TERM_FIELDS)
    )


def check_goal(body: PlanIn) -> None:
    """Check the goal. Raises: InvalidInput without a product or a pledge, or for terms without their product."""
    problems = []
    if body.product is None and (
        body.pledge is None or body.assets or any(getattr(body, name) is not None for name in _TERM_FIELDS)
    ):
        problems.append(missing_field("/product"))
    if body.due_date is not None and body.due_date < body.start_date:
        problems.append(DUE_BEFORE_START)
    if body.assets and body.product is not None and not has_named_goal(body):
        problems.append(missing_field("/method" if body.product is Product.BHXH_TN else "/months"))
    if problems:
        raise InvalidInput(errors=problems)


def build_goal_item(body: PlanIn) -> PlanItem:
    """Build the item that the plan names."""
    assert body.product is not None  # noqa: S101 - checked by has_named_goal()
    person_fields = {name: getattr(body, name) for name in _PERSON_FIELDS}
    if body.product is Product.BHXH_TN:
        group = body.support_group
    else:
        group = body.support_group if "support_group" in body.model_fields_set else None
    members = None if body.members is None else tuple(member.to_buyer() for member in body.members)
    if body.product is Product.BHYT_HGD and members is None:
        members = (CardBuyer(order=1),)
    terms = QuoteTerms(
        product=body.product,
        method=body.method,
        months=body.months,
        monthly_income=body.monthly_income,
        support_group=group,
        members=members,
        **person_fields,
    )
    household_order = members[0].order if members is not None and len(members) == 1 else None
    return PlanItem(terms, household_order, None if members is None else len(members))


def build_candidate_items(body: PlanIn) -> list[PlanItem]:
    """Build the items that a pledge may buy: the lowest premium by every method, and cards, singly and together."""
    items: list[PlanItem] = []
    if body.product is not Product.BHYT_HGD:
        items += [_build_premium_item(body, method) for method in METHOD_MONTHS]
    if body.product is not Product.BHXH_TN:
        sizes = [(order, [order]) for order in range(1, body.household_size + 1)]
        whole_household = [(None, list(range(1, body.household_size + 1)))] if body.household_size > 1 else []
        items += [
            _build_card_item(order, orders, months)
            for order, orders in (*sizes, *whole_household)
            for months in CARD_PERIODS
        ]
    return items


def _build_premium_item(body: PlanIn, method: Method) -> PlanItem:
    person_fields = {name: getattr(body, name) for name in _PERSON_FIELDS}
    terms = QuoteTerms(
        product=Product.BHXH_TN,
        method=method,
        support_group=body.support_group,
        **person_fields,
    )
    return PlanItem(terms, None, None)


def _build_card_item(household_order: int | None, orders: list[int], months: int) -> PlanItem:
    terms = QuoteTerms(
        product=Product.BHYT_HGD,
        months=months,
        members=tuple(CardBuyer(member_order) for member_order in orders),
    )
    return PlanItem(terms, household_order, len(orders))


DUE_BEFORE_START = FieldError(
    "/due_date",
    "due_before_start",
    "Ngày đóng trước ngày bắt đầu tiết kiệm.",
    "The due date comes before the first day of saving.",
)
