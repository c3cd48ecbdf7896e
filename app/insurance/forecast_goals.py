"""What each member of a group has to pay next, as orders of quotes with their due dates."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from app.insurance.enrolment_rules import Method, Support
from app.insurance.forecast_queries import Saver
from app.insurance.forecast_rules import PAID, begins_on, due_of_enrolment, due_of_pledge
from app.insurance.plan_rules import a_day
from app.insurance.premium_rules import MONTHS
from app.insurance.quote_schemas import CardMember, QuoteIn
from app.insurance.rulebook import Reading
from app.models.savings_model import SavingsModel
from app.savings.kinds import Per, Product

_YEAR = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """A payment that is due. support: of a card, the group that the state helps; it then counts in no order."""

    product: Product
    method: Method | None
    months: int
    income: int | None
    support: str | None
    supported_before: int
    due_on: date

    def order(self, place: int, today: date) -> QuoteIn:
        """As what a quote is asked for. place: among those of the household who buy cards in the same year."""
        if self.product is Product.BHXH_TN:
            return QuoteIn(
                product=self.product,
                payment_date=today,
                method=self.method,
                months=self.months if self.method is Method.MISSING_MONTHS else None,
                monthly_income=self.income,
                support_group=None if self.support is None else Support(self.support),
                supported_before=self.supported_before,
            )
        member = CardMember.model_validate({"order": place, "support_group": self.support})
        return QuoteIn(product=self.product, payment_date=today, months=self.months, members=[member])


def pledged_a_day(saver: Saver, model: SavingsModel | None) -> Fraction:
    """What a member promised to put by, đồng a day; without a promise of their own, what their model asks for."""
    own = [a_day(one["amount"], Per(one["per"])) for one in saver.pledges if one["amount"] is not None]
    return sum(own or map(Fraction, _asked(model).values()), Fraction(0))


def wanted_of(
    saver: Saver, model: SavingsModel | None, read: Reading, today: date, due: date | None
) -> list[Wanted]:
    """What a member has to pay next, the earliest first: by their enrolments, their pledges, or their model."""
    found = {one["product"]: _enrolled(one, read, due) for one in saver.enrolments if _goes_on(one)}
    for pledge in saver.pledges:
        if pledge["product"] is not None and pledge["product"] not in found:
            since = date.fromisoformat(pledge["since"])
            found[pledge["product"]] = _a_year(pledge["product"], due or due_of_pledge(since, today))
    if not found and model is not None:
        for product in model.products or _asked(model):
            found[product] = _a_year(product, due or due_of_pledge(saver.joined_on, today))
    return sorted(found.values(), key=lambda wanted: (wanted.due_on, wanted.product))


def places(wanted: Iterable[tuple[Saver, Sequence[Wanted]]]) -> dict[tuple[UUID, Wanted], int]:
    """In which order cards are bought in each household and year: 1 for the first, and for who has no household."""
    bought: dict[tuple[UUID, int], list[tuple[date, UUID, Wanted]]] = defaultdict(list)
    for saver, all_of_one in wanted:
        for one in all_of_one:
            if one.product is Product.BHYT_HGD and one.support is None:
                home = saver.household_id or saver.member_id
                bought[home, one.due_on.year].append((one.due_on, saver.member_id, one))
    return {
        (member, one): place
        for cards in bought.values()
        for place, (_, member, one) in enumerate(sorted(cards, key=lambda card: card[:2]), 1)
    }


def _asked(model: SavingsModel | None) -> dict[str, int]:
    """đồng a day that a piggy-bank model asks for, by product."""
    amounts = model.details.get("daily_amounts") if model is not None else None
    return {one["product"]: one["amount"] for one in amounts or ()}


def _goes_on(enrolment: dict[str, Any]) -> bool:
    """Whether there is something to pay: missing months are paid for once."""
    return enrolment["method"] != Method.MISSING_MONTHS or enrolment["status"] not in PAID


def _enrolled(enrolment: dict[str, Any], read: Reading, due: date | None) -> Wanted:
    product, method = Product(enrolment["product"]), Method(enrolment["method"])
    months, paid = enrolment["months"], enrolment["status"] in PAID
    count = MONTHS.get(method) if product is Product.BHXH_TN else None
    deadline = None if count is None else read.whole(f"deadline_months_{count}")
    covered_to = enrolment["covered_to"] and date.fromisoformat(enrolment["covered_to"])
    begins = begins_on(date.fromisoformat(enrolment["from_month"]), months, paid, covered_to)
    support = enrolment["support_group"]
    if product is Product.BHYT_HGD:
        support = support if read.optional(f"bhyt_support_rate_{support}") is not None else None
    return Wanted(
        product=product,
        method=method if product is Product.BHXH_TN else None,
        months=months,
        income=enrolment["monthly_income"],
        support=support,
        supported_before=enrolment["supported_before"] + (months if paid and support else 0),
        due_on=due or due_of_enrolment(product, begins, deadline),
    )


def _a_year(product: str, due: date) -> Wanted:
    premium = product == Product.BHXH_TN
    return Wanted(
        product=Product(product),
        method=Method.MONTHS_12 if premium else None,
        months=_YEAR,
        income=None,
        support=Support.OTHER.value if premium else None,
        supported_before=0,
        due_on=due,
    )
