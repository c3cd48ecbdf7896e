"""What a plan is for, as orders of quotes: the thing that is named, or everything that a pledge may buy."""

from typing import NamedTuple

from app.core.errors import FieldError, InvalidInput
from app.insurance import quote_errors as errors
from app.insurance.card_rules import PERIODS
from app.insurance.enrolment_rules import Method
from app.insurance.plan_schemas import PlanIn
from app.insurance.premium_rules import MONTHS
from app.insurance.quote_schemas import CardMember, QuoteIn
from app.savings.kinds import Product

_TERMS = ("method", "months", "monthly_income", "from_month", "members")
_OF_PERSON = (
    "from_month", "supported_before", "province_code", "other_support_rate", "other_support", "assume",
)  # fmt: skip


class Order(NamedTuple):
    """Something to buy. order: of one card; cards: how many together; None for what is no card."""

    wanted: QuoteIn
    order: int | None
    cards: int | None


def names_goal(body: PlanIn) -> bool:
    """Whether one thing is to be bought, and not whatever the pledge can."""
    return body.product is not None and (
        body.pledge is None or any(getattr(body, name) is not None for name in _TERMS)
    )


def check_goal(body: PlanIn) -> None:
    """Raises: InvalidInput for a plan that names neither a thing nor a pledge, or terms without their product."""
    found = []
    if body.product is None and (
        body.pledge is None or body.assets or any(getattr(body, name) is not None for name in _TERMS)
    ):
        found.append(errors.missing("/product"))
    if body.due_date is not None and body.due_date < body.start_date:
        found.append(DUE_BEFORE_START)
    if body.assets and body.product is not None and not names_goal(body):
        found.append(errors.missing("/method" if body.product is Product.BHXH_TN else "/months"))
    if found:
        raise InvalidInput(errors=found)


def goal(body: PlanIn) -> Order:
    """The one thing that the plan names."""
    assert body.product is not None  # noqa: S101 - names_goal() says so
    own = {name: getattr(body, name) for name in _OF_PERSON}
    if body.product is Product.BHXH_TN:
        group = body.support_group
    else:
        group = body.support_group if "support_group" in body.model_fields_set else None
    members = body.members
    if body.product is Product.BHYT_HGD and members is None:
        members = [CardMember(order=1)]
    wanted = QuoteIn.model_construct(
        product=body.product,
        payment_date=body.start_date,
        method=body.method,
        months=body.months,
        monthly_income=body.monthly_income,
        support_group=group,
        members=members,
        **own,
    )
    single = members[0].order if members is not None and len(members) == 1 else None
    return Order(wanted, single, None if members is None else len(members))


def candidates(body: PlanIn) -> list[Order]:
    """What a pledge may buy: the lowest premium by every method, and cards of the household, singly and together."""
    found: list[Order] = []
    if body.product is not Product.BHYT_HGD:
        found += [_premium(body, method) for method in MONTHS]
    if body.product is not Product.BHXH_TN:
        sizes = [(order, [order]) for order in range(1, body.household_size + 1)]
        whole = [(None, list(range(1, body.household_size + 1)))] if body.household_size > 1 else []
        found += [
            _cards(body, order, orders, months) for order, orders in (*sizes, *whole) for months in PERIODS
        ]
    return found


def _premium(body: PlanIn, method: Method) -> Order:
    own = {name: getattr(body, name) for name in _OF_PERSON}
    wanted = QuoteIn.model_construct(
        product=Product.BHXH_TN,
        payment_date=body.start_date,
        method=method,
        support_group=body.support_group,
        **own,
    )
    return Order(wanted, None, None)


def _cards(body: PlanIn, order: int | None, orders: list[int], months: int) -> Order:
    wanted = QuoteIn.model_construct(
        product=Product.BHYT_HGD,
        payment_date=body.start_date,
        months=months,
        province_code=body.province_code,
        members=[CardMember(order=one) for one in orders],
        assume=body.assume,
    )
    return Order(wanted, order, len(orders))


DUE_BEFORE_START = FieldError(
    "/due_date",
    "due_before_start",
    "Ngày đóng trước ngày bắt đầu tiết kiệm.",
    "The due date comes before the first day of saving.",
)
