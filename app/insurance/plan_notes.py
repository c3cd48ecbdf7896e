"""What a plan or a forecast says of its prices: the rules that they rest on, and what to be warned of."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from app.core.errors import FieldError
from app.insurance import quote_errors as errors
from app.insurance.plan_prices import Prices, due
from app.insurance.rulebook import Reading, Rule


def warnings_of(prices: Prices, last: date | None) -> Iterable[FieldError]:
    """Warnings of the due date, and what awaits confirmation by then."""
    if last is None or (found := prices.maybe(last)) is None:
        return
    yield from map(due, found.notes)
    if found.raised:
        yield INCOME_RAISED
    waiting = prices.if_confirmed(last)
    matter = {rule.id for rule in waiting[1]} if waiting else set()
    for rule in found.read.awaiting:
        note = due(errors.awaiting(rule))
        yield _would_be(note, waiting[0].amount) if waiting and rule.id in matter else note


def _would_be(note: FieldError, amount: int) -> FieldError:
    """A warning of a value that awaits confirmation, with the price that it would make."""
    vi, en = f"{amount:,}".replace(",", "."), f"{amount:,}"
    return FieldError(
        note.pointer,
        note.code,
        f"{note.vi} Nếu được xác nhận, số tiền sẽ là {vi} đồng.",
        f"{note.en} Were it confirmed, the price would be {en} đồng.",
    )


def used_by(readings: Iterable[Reading]) -> Collection[tuple[str, Rule | Decimal]]:
    """The rules that several readings used, each once."""
    found: dict[object, tuple[str, Rule | Decimal]] = {}
    for read in readings:
        for key, rule in read.used.items():
            found[rule.id if isinstance(rule, Rule) else key] = (key, rule)
    return found.values()


INCOME_RAISED = FieldError(
    "/monthly_income",
    "income_raised",
    "Đến ngày đóng, mức thu nhập thấp nhất cao hơn mức đã chọn; tính theo mức thấp nhất.",
    "By the due date the lowest income is above the chosen one; the lowest is taken.",
)
