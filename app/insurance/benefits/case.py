"""One way to save, followed to its end: when there is a right to a pension, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from app.insurance.benefits.planning import EstimatedPerson, PlannedTime
from app.insurance.benefits.timeline import IncomePeriod, Timeline, average_of, present_month
from app.insurance.benefits.values import EstimateValues
from app.insurance.law.benefits.average import MONTHS_OF_YEAR, AverageIncome
from app.insurance.law.benefits.pension import PensionScale, pension_share


class PensionRight(StrEnum):
    """How the years of a pension come together."""

    AS_PLANNED = "as_planned"  # đủ năm theo phương án
    BY_MISSING_PAYMENT = "by_missing_payment"  # đủ năm nhờ đóng một lần cho những năm còn thiếu
    NONE = "none"  # chưa đủ năm


@dataclass(frozen=True)
class EstimateCase:
    """A saver, what a plan adds, and what follows. Months are numbers."""

    saver: EstimatedPerson
    planned: PlannedTime
    pay_missing: bool
    births: Sequence[int]
    values: EstimateValues

    @cached_property
    def timeline(self) -> Timeline:
        """What is paid month by month: so far, and by the plan."""
        return Timeline((*self.saver.paid.periods, *self.planned.periods))

    @cached_property
    def scale(self) -> PensionScale:
        """How the share of the pension grows for the saver."""
        return self.values.pension_scale(self.saver.sex)

    @cached_property
    def months_needed(self) -> int:
        """How many months a pension needs: 180."""
        return MONTHS_OF_YEAR * self.scale.years_needed

    @cached_property
    def missing(self) -> int:
        """How many months are missing when everything planned is paid."""
        return max(0, self.months_needed - self.timeline.months)

    @cached_property
    def settled(self) -> int:
        """The month in which age and plan are both over, not before that of the estimate."""
        return max(self.saver.retirement, present_month(self.values), self.timeline.last or 0)

    @cached_property
    def missing_month(self) -> int:
        """The first month in which missing months may be paid for: the one before that of the age, after the last paid.

        Source: Luật BHXH 41/2024/QH15, Article 36.3.e.
        """
        return max(self.saver.retirement - 1, present_month(self.values), (self.timeline.last or 0) + 1)

    @cached_property
    def monthly_until(self) -> int:
        """Until which month the missing months would be paid for month by month, without a break."""
        return max(self.timeline.last or 0, present_month(self.values) - 1) + self.missing

    @cached_property
    def may_pay_missing(self) -> bool:
        """Whether the law lets the missing months be paid for at once. Source: NĐ 159/2025/NĐ-CP, Article 7.1."""
        return 0 < self.missing <= self.values.whole("missing_months_max")

    @cached_property
    def right(self) -> PensionRight:
        """How there is a right to a pension."""
        if not self.missing:
            return PensionRight.AS_PLANNED
        return (
            PensionRight.BY_MISSING_PAYMENT
            if self.may_pay_missing and self.pay_missing
            else PensionRight.NONE
        )

    @cached_property
    def missing_income(self) -> int:
        """The income on which missing months are paid: the last one, not below the poverty line of the day."""
        ordered = sorted(self.timeline.periods, key=lambda period: period.first)
        line = self.values.whole("rural_poverty_line")
        return max(line, ordered[-1].income) if ordered else line

    @cached_property
    def pension_periods(self) -> tuple[IncomePeriod, ...]:
        """The periods that the pension is counted from: with the missing months, when they are paid."""
        if self.right is not PensionRight.BY_MISSING_PAYMENT:
            return self.timeline.periods
        extra = IncomePeriod(self.missing_month, self.missing, self.missing_income, missing=True)
        return (*self.timeline.periods, extra)

    @cached_property
    def pension_months(self) -> int:
        """The months that the pension is counted from."""
        return Timeline(self.pension_periods).months

    @cached_property
    def pension_from(self) -> int:
        """The first month of the pension: that after age, years and last payment are all there.

        Source: Luật BHXH 41/2024/QH15, Article 101.
        """
        if self.right is PensionRight.BY_MISSING_PAYMENT:
            return max(self.settled, self.missing_month) + 1
        return self.settled + 1

    @cached_property
    def average(self) -> AverageIncome:
        """The average of all months as planned."""
        return average_of(self.timeline.periods, self.values)

    @cached_property
    def pension_average(self) -> AverageIncome:
        """The average that the pension is counted from."""
        return average_of(self.pension_periods, self.values)

    @cached_property
    def share(self) -> Decimal:
        """The pension's share of the average; 0 without a right."""
        return pension_share(self.scale, self.pension_months)
