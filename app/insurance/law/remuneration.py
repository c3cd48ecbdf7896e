"""Remuneration of who collects premiums (thù lao): a share of the participants' own money, set by each province.

There are no built-in rates: without a rule of the province no remuneration is calculated.
Source: NĐ 233/2025/NĐ-CP, Article 19.5; QĐ 366/QĐ-BHXH (2026), Article 5.2.2h and form D11-TS.
"""

from decimal import Decimal
from typing import Final, Literal

from app.core.values.money import round_half_up
from app.insurance.kinds import Method
from app.savings.kinds import Product

RemunerationKind = Literal["first", "again"]
REMUNERATION_KINDS: Final[tuple[RemunerationKind, ...]] = ("first", "again")
"""For the first time (lần đầu), or going on (tiếp tục)."""


def remuneration_rate_keys(
    product: Product, kind: RemunerationKind, method: Method | None = None
) -> list[str]:
    """Keys of the rates that may apply, the most specific first: of the method, then of all methods."""
    general_key = f"remuneration_rate_{'bhyt' if product is Product.BHYT_HGD else 'bhxh_tn'}_{kind}"
    return [general_key] if method is None else [f"{general_key}_{method.value}", general_key]


def calculate_remuneration(rate: Decimal, own_money: int) -> int:
    """Calculate the remuneration of what the participant pays (no support); or the share of a refund taken back."""
    return round_half_up(rate * own_money)
