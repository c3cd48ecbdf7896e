"""Instalments of an advance (trả góp): how much is due when. Amounts are đồng."""

from datetime import date

from app.insurance.law.card import shift_months


def schedule_instalments(amount: int, instalments: int, first_due: date) -> list[tuple[date, int]]:
    """Compute the due day and amount of each monthly instalment; what does not divide is spread over the first ones."""
    part, rest = divmod(amount, instalments)
    return [(shift_months(first_due, index), part + (index < rest)) for index in range(instalments)]


def find_next_due(instalments: list[tuple[date, int]], repaid: int) -> date | None:
    """Find the day of the first instalment that is not paid in full; None when all is repaid."""
    for day, amount in instalments:
        if repaid < amount:
            return day
        repaid -= amount
    return None


def sum_overdue(instalments: list[tuple[date, int]], repaid: int, on: date) -> int:
    """Sum what fell due before a day and is not repaid."""
    return max(0, sum(amount for day, amount in instalments if day < on) - repaid)
