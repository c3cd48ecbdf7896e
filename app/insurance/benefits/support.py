"""What the state paid, or will pay, for months of voluntary social insurance."""

from collections.abc import Iterator

from app.insurance.benefits.timeline import IncomePeriod, number_month
from app.insurance.benefits.values import EstimateValues
from app.insurance.law.premium import state_support
from app.people.kinds import SupportKind


def support_declared(
    period: IncomePeriod, group: SupportKind | None, used: int, values: EstimateValues
) -> IncomePeriod:
    """The period with the support of its months by the values of each month (Mi = 0,22 × CNi × k), up to the limit.

    used: months with support before it. Source: NĐ 159/2025/NĐ-CP, Articles 5.2 and 9.2.
    """
    left = max(0, values.whole("support_months_max") - used)
    months = amount = 0
    for number in range(period.first, period.last + 1):
        month = number_month(number)
        share = values.value_in_month(f"support_rate_{group.value}", month) if group else None
        line = values.value_in_month("rural_poverty_line", month)
        if months >= left or not share or line is None:
            continue
        rate = values.value_in_month("bhxh_tn_rate", month) or values.value("bhxh_tn_rate")
        months, amount = months + 1, amount + state_support(share, rate, int(line), 1)
    return IncomePeriod(period.first, period.months, period.income, months, amount)


def split_by_support(
    first: int,
    months: int,
    incomes: tuple[int, int],
    group: SupportKind | None,
    used: int,
    values: EstimateValues,
) -> Iterator[IncomePeriod]:
    """Split months to come where the state's support ends. incomes: while there is support, and after it."""
    share = values.value(f"support_rate_{group.value}") if group else None
    supported = min(months, max(0, values.whole("support_months_max") - used)) if share else 0
    if supported and share:
        amount = state_support(
            share, values.value("bhxh_tn_rate"), values.whole("rural_poverty_line"), supported
        )
        yield IncomePeriod(first, supported, incomes[0], supported, amount)
    if months > supported:
        yield IncomePeriod(first + supported, months - supported, incomes[1])
