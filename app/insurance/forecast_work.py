"""Forecasts of the members of one group: what each has to pay next, and whether their savings will do."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from app.insurance import forecast_goals as goals
from app.insurance.forecast_goals import Wanted
from app.insurance.forecast_queries import Saver
from app.insurance.forecast_rules import Due, Outlook, outlooks, pace_of, worst
from app.insurance.forecast_schemas import GoalForecastOut, MemberForecastOut
from app.insurance.plan_pledge import LAST_DAY
from app.insurance.plan_prices import Prices
from app.insurance.quote_schemas import QuoteIn
from app.insurance.rulebook import Reading, Rulebook
from app.models.savings_model import SavingsModel


class Goal(NamedTuple):
    """A payment with its price. day: whose rules are used, the due date or, when that has passed, today."""

    wanted: Wanted
    prices: Prices
    day: date
    price: int


class Forecaster:
    """Works forecasts out as of one day. Members who want the same share its price.

    priced: every price that was asked for, with its day.
    """

    def __init__(self, book: Rulebook, model: SavingsModel | None, today: date, due: date | None) -> None:
        self.book, self.model, self.today, self.due = book, model, today, due
        self.priced: list[tuple[Prices, date]] = []
        self._known: dict[str, Prices] = {}

    def forecast(self, rows: Sequence[Saver]) -> list[MemberForecastOut]:
        """One for each of the members."""
        read = Reading(self.book, self.today)
        wanted = [(row, goals.wanted_of(row, self.model, read, self.today, self.due)) for row in rows]
        places = goals.places(wanted)
        return [
            self._member(row, [
                goal for one in theirs if (goal := self._goal(one, places.get((row.member_id, one), 1))) is not None
            ])
            for row, theirs in wanted
        ]  # fmt: skip

    def _goal(self, wanted: Wanted, place: int) -> Goal | None:
        """Its price by the rules of the due date, or of today where that day has none yet; None without either."""
        prices = self._prices(wanted.order(place, self.today))
        for day in (max(wanted.due_on, self.today), self.today):
            found = prices.maybe(day)
            if found is not None:
                if (prices, day) not in self.priced:
                    self.priced.append((prices, day))
                return Goal(wanted, prices, day, found.amount)
        return None

    def _prices(self, order: QuoteIn) -> Prices:
        return self._known.setdefault(order.model_dump_json(), Prices(self.book, order, self.today))

    def _member(self, row: Saver, theirs: Sequence[Goal]) -> MemberForecastOut:
        pledged = goals.pledged_a_day(row, self.model)
        began = max(row.joined_on, row.first_on or row.joined_on)
        pace = pace_of(row.saved_long, pledged, began, self.today)
        available = row.balance - row.held
        dues = [Due(goal.wanted.due_on, goal.price) for goal in theirs]
        found = outlooks(available, pace.a_day, dues, self.today, LAST_DAY)
        return MemberForecastOut(
            membership_id=row.id,
            member_id=row.member_id,
            full_name=row.full_name,
            balance=row.balance,
            held=row.held,
            available=available,
            saved_28_days=row.saved_short,
            saved_90_days=row.saved_long,
            pledge_per_day=int(pledged) if pledged else None,
            pace_per_day=int(pace.a_day // 1),
            pace_basis=pace.basis,
            status=worst([outlook.standing for outlook in found]),
            short_by=max((outlook.short_by for outlook in found), default=0),
            goals=[self._told(goal, outlook) for goal, outlook in zip(theirs, found, strict=True)],
        )

    def _told(self, goal: Goal, outlook: Outlook) -> GoalForecastOut:
        now, waiting = goal.prices.maybe(self.today), goal.prices.if_confirmed(goal.day)
        return GoalForecastOut(
            product=goal.wanted.product,
            method=goal.wanted.method,
            months=goal.wanted.months,
            due_on=goal.wanted.due_on,
            days_left=outlook.days_left,
            price_today=now and now.amount,
            price=goal.price,
            price_if_confirmed=waiting and waiting[0].amount,
            needed=outlook.needed,
            expected=outlook.expected,
            status=outlook.standing,
            short_by=outlook.short_by,
            reached_on=outlook.reached_on,
            per_day_needed=outlook.a_day_needed,
        )
