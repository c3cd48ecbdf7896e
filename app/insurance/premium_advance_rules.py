"""Instalments of an advance (trả góp): how much is due when. Amounts are đồng."""

from datetime import date

from app.insurance.card_rules import shifted


def schedule(amount: int, instalments: int, first_due: date) -> list[tuple[date, int]]:
    """Due day and amount of each instalment: monthly and equal; what does not divide is spread over the first ones."""
    part, rest = divmod(amount, instalments)
    return [(shifted(first_due, nth), part + (nth < rest)) for nth in range(instalments)]


def next_due(due: list[tuple[date, int]], repaid: int) -> date | None:
    """The day of the first instalment that is not paid in full; None when all is repaid."""
    for day, amount in due:
        if repaid < amount:
            return day
        repaid -= amount
    return None


def overdue(due: list[tuple[date, int]], repaid: int, on: date) -> int:
    """What fell due before a day and is not repaid."""
    return max(0, sum(amount for day, amount in due if day < on) - repaid)
