"""A province's support: by the resolution (nghị quyết HĐND) of the payment date, for the months of its own validity."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.insurance.law.card import CardChain
from app.insurance.law.coverage import find_months_within
from app.insurance.law.results import Formula
from app.insurance.rules.rulebook import RuleLookup

SUPPORT_TERMS: Final = ("province_rate", "province_dong")
"""The terms of a formula: the share and the đồng a month; with `_months` how many months are supported, and with
`_after` how many of the period come before them, where there are any."""


@dataclass(frozen=True, slots=True)
class SupportPeriod:
    """The months that are paid for. begins: None for missing months, which have no place in the calendar."""

    begins: date | None
    months: int
    chain: CardChain | None = None


@dataclass(frozen=True, slots=True)
class ProvinceSupport:
    """amount: đồng of all supported months; terms: of the formula, empty without a resolution for the group."""

    amount: int
    terms: Formula


def calculate_province_support(
    keys: tuple[str, str],
    period: SupportPeriod,
    support_of: Callable[[Decimal, int], int],
    lookup: RuleLookup,
) -> ProvinceSupport:
    """Calculate the province's support: a share as the state's, or đồng a month, or both.

    The payment date decides which resolution holds. It supports the months of which a day lies in its validity, and so
    ends with the month of its last day, while the state's support goes on to the period's end (NĐ 159/2025/NĐ-CP,
    Articles 5.5 and 16.5).
    keys: of share and đồng. support_of: the đồng for a share and so many months.
    """
    amount, terms = 0, dict[str, str | int | Decimal]()
    for name, key in zip(SUPPORT_TERMS, keys, strict=True):
        value = lookup.province_value(key)
        if not value:
            continue
        after, months = _find_supported_months(key, period, lookup)
        is_share = name == SUPPORT_TERMS[0]
        amount += support_of(value, months) if is_share else int(value) * months
        terms |= {name: value if is_share else int(value), f"{name}_months": months}
        if after:
            terms[f"{name}_after"] = after
    return ProvinceSupport(amount, terms)


def _find_supported_months(key: str, period: SupportPeriod, lookup: RuleLookup) -> tuple[int, int]:
    """How many months come before those that a resolution supports, and how many these are."""
    validity = lookup.validity_of(key)
    if validity is None or period.begins is None:
        return 0, period.months
    return find_months_within(period.begins, period.months, validity, period.chain)
