"""Computes the forecasts of a group's members: the next payments of each, and whether their savings suffice."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from app.insurance.forecasts.due_payments import (
    DuePayment,
    assign_card_orders,
    calculate_daily_pledge,
    find_due_payments,
)
from app.insurance.forecasts.queries import Saver
from app.insurance.forecasts.rules import (
    PaymentForecast,
    PricedDueDate,
    forecast_payments,
    measure_pace,
    worst_status,
)
from app.insurance.forecasts.schemas import GoalForecastOut, MemberForecastOut
from app.insurance.plans.pledge import LAST_DAY
from app.insurance.plans.prices import Prices
from app.insurance.quotes.terms import QuoteTerms
from app.insurance.rules.rulebook import Rulebook, RuleLookup
from app.models.savings.savings_model import SavingsModel


class PricedPayment(NamedTuple):
    """A payment with its price. day: whose rules are used, the due date or, when that has passed, today."""

    payment: DuePayment
    prices: Prices
    day: date
    price: int


class Forecaster:
    """Computes forecasts as of one day. Members with the same terms share their price.

    province: whose extra support is subtracted. used_prices: every price that was used, with its day.
    """

    def __init__(
        self,
        book: Rulebook,
        model: SavingsModel | None,
        today: date,
        due: date | None,
        province: str | None = None,
    ) -> None:
        self.book, self.model, self.today, self.due = book, model, today, due
        self._province = province
        self.used_prices: list[tuple[Prices, date]] = []
        self._prices_by_terms: dict[QuoteTerms, Prices] = {}

    def forecast(self, savers: Sequence[Saver]) -> list[MemberForecastOut]:
        """Forecast each of the members."""
        lookup = RuleLookup(self.book, self.today)
        payments_by_saver = [
            (saver, find_due_payments(saver, self.model, lookup, self.today, self.due)) for saver in savers
        ]
        card_orders = assign_card_orders(payments_by_saver)
        return [
            self._forecast_member(
                saver,
                [
                    priced
                    for payment in payments
                    if (
                        priced := self._price_payment(payment, card_orders.get((saver.member_id, payment), 1))
                    )
                    is not None
                ],
            )
            for saver, payments in payments_by_saver
        ]

    def _price_payment(self, payment: DuePayment, household_order: int) -> PricedPayment | None:
        """Price a payment by the rules of the due date, or else of today; None without either."""
        prices = self._prices_of(payment.to_terms(household_order))
        for day in (max(payment.due_on, self.today), self.today):
            quoted = prices.find_quote_on(day)
            if quoted is not None:
                if (prices, day) not in self.used_prices:
                    self.used_prices.append((prices, day))
                return PricedPayment(payment, prices, day, quoted.amount)
        return None

    def _prices_of(self, terms: QuoteTerms) -> Prices:
        return self._prices_by_terms.setdefault(terms, Prices(self.book, terms, self.today, self._province))

    def _forecast_member(self, saver: Saver, priced_payments: Sequence[PricedPayment]) -> MemberForecastOut:
        pledged = calculate_daily_pledge(saver, self.model)
        began = max(saver.joined_on, saver.first_on or saver.joined_on)
        pace = measure_pace(saver.saved_long, pledged, began, self.today)
        available = saver.balance - saver.held
        dues = [PricedDueDate(priced.payment.due_on, priced.price) for priced in priced_payments]
        forecasts = forecast_payments(available, pace.per_day, dues, self.today, LAST_DAY)
        return MemberForecastOut(
            membership_id=saver.id,
            member_id=saver.member_id,
            full_name=saver.full_name,
            balance=saver.balance,
            held=saver.held,
            available=available,
            saved_28_days=saver.saved_short,
            saved_90_days=saver.saved_long,
            pledge_per_day=int(pledged) if pledged else None,
            pace_per_day=int(pace.per_day // 1),
            pace_basis=pace.basis,
            status=worst_status([forecast.status for forecast in forecasts]),
            short_by=max((forecast.short_by for forecast in forecasts), default=0),
            goals=[
                self._to_response(priced, forecast)
                for priced, forecast in zip(priced_payments, forecasts, strict=True)
            ],
        )

    def _to_response(self, priced: PricedPayment, forecast: PaymentForecast) -> GoalForecastOut:
        now, confirmed = priced.prices.find_quote_on(self.today), priced.prices.quote_if_confirmed(priced.day)
        return GoalForecastOut(
            product=priced.payment.product,
            method=priced.payment.method,
            months=priced.payment.months,
            due_on=priced.payment.due_on,
            days_left=forecast.days_left,
            price_today=now and now.amount,
            price=priced.price,
            price_if_confirmed=confirmed and confirmed[0].amount,
            needed=forecast.needed,
            expected=forecast.expected,
            status=forecast.status,
            short_by=forecast.short_by,
            reached_on=forecast.reached_on,
            per_day_needed=forecast.per_day_needed,
        )
