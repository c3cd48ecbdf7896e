"""Remuneration of who collects premiums (thù lao): a share of the participants' own money, set by each province.

There are no built-in rates: without a rule of the province nothing is reckoned.
Source: NĐ 233/2025/NĐ-CP, Article 19.5; QĐ 366/QĐ-BHXH (2026), Article 5.2.2h and form D11-TS.
"""

from decimal import Decimal
from typing import Literal

from app.core.money import round_half_up
from app.savings.kinds import Product

Kind = Literal["first", "again"]


def rate_key(product: Product, kind: Kind) -> str:
    """The name of the rate in the rules: for the first time (lần đầu) or again (tiếp tục)."""
    return f"remuneration_rate_{'bhyt' if product is Product.BHYT_HGD else 'bhxh_tn'}_{kind}"


def remuneration(rate: Decimal, own_money: int) -> int:
    """Thù lao of what the participant pays, without budget's and donors' money; or the share of a refund taken back."""
    return round_half_up(rate * own_money)
