"""How amounts and shares are written in a Vietnamese sentence."""

from decimal import Decimal


def format_amount(amount: int) -> str:
    """An amount with dots between thousands: 1.366.200."""
    return f"{amount:,}".replace(",", ".")


def format_dong(amount: int) -> str:
    """An amount of money: 1.366.200 đồng."""
    return f"{format_amount(amount)} đồng"


def format_share(share: Decimal) -> str:
    """A share (0.2928) as a percentage: 29,28 %."""
    text = format(share * 100, "f")
    return f"{(text.rstrip('0').rstrip('.') if '.' in text else text).replace('.', ',')} %"


def capitalise(text: str) -> str:
    """A text as a sentence begins with it; the letters after the first stay."""
    return text[:1].upper() + text[1:]


def say_month(month: str) -> str:
    """A month (2026-08) without a leading zero: 8/2026."""
    return f"{int(month[5:])}/{month[:4]}"
