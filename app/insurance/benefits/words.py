"""Amounts, shares, months and sentences as people read them, in Vietnamese and English."""

from decimal import Decimal

from app.insurance.rules.keys import format_decimal


def format_number(value: Decimal) -> str:
    """A number with a comma: 1,5."""
    return format_decimal(value).replace(".", ",")


def format_time(months: int) -> str:
    """A length of time: 15 năm 4 tháng."""
    years, odd = divmod(months, 12)
    parts = [f"{years} năm"] * bool(years) + [f"{odd} tháng"] * bool(odd)
    return " ".join(parts) or "0 tháng"


def format_time_en(months: int) -> str:
    """A length of time: 15 years 4 months."""
    years, odd = divmod(months, 12)
    parts = [f"{years} years"] * bool(years) + [f"{odd} months"] * bool(odd)
    return " ".join(parts) or "0 months"
