"""Remuneration of who collects premiums (thù lao): a share of the participants' own money, set by each province.

There are no built-in rates: without a rule of the province nothing is reckoned.
Source: NĐ 233/2025/NĐ-CP, Article 19.5; QĐ 366/QĐ-BHXH (2026), Article 5.2.2h and form D11-TS.
"""

from decimal import Decimal
from typing import Final, Literal

from app.core.money import round_half_up
from app.insurance.enrolment_rules import Method
from app.savings.kinds import Product

Kind = Literal["first", "again"]
KINDS: Final[tuple[Kind, ...]] = ("first", "again")
"""For the first time (lần đầu), or going on (tiếp tục)."""


def rate_keys(product: Product, kind: Kind, method: Method | None = None) -> list[str]:
    """The names of the rates in the rules that may hold, the most particular first: of the method, then of all."""
    every = f"remuneration_rate_{'bhyt' if product is Product.BHYT_HGD else 'bhxh_tn'}_{kind}"
    return [every] if method is None else [f"{every}_{method.value}", every]


def remuneration(rate: Decimal, own_money: int) -> int:
    """Thù lao of what the participant pays, without budget's and donors' money; or the share of a refund taken back."""
    return round_half_up(rate * own_money)
