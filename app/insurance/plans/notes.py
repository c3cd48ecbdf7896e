"""Rules used by the prices of a plan or a forecast, and warnings about them."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from app.core.errors import FieldError
from app.core.values.wording import format_dong
from app.insurance.plans.prices import Prices, point_at_due_date
from app.insurance.quotes import errors
from app.insurance.rules.rulebook import Rule, RuleLookup


def collect_price_warnings(prices: Prices, last: date | None) -> Iterable[FieldError]:
    """Collect warnings about the price on the due date, and about values that await confirmation by then."""
    if last is None or (quoted := prices.find_quote_on(last)) is None:
        return
    yield from map(point_at_due_date, quoted.quote.warnings)
    if quoted.raised:
        yield INCOME_RAISED
    confirmed = prices.quote_if_confirmed(last)
    relevant_ids = {rule.id for rule in confirmed[1]} if confirmed else set()
    for rule in quoted.lookup.unconfirmed:
        note = point_at_due_date(errors.rule_awaits_confirmation(rule))
        yield (
            _add_confirmed_price(note, confirmed[0].amount) if confirmed and rule.id in relevant_ids else note
        )
    yield from map(point_at_due_date, errors.list_run_out_warnings(quoted.lookup))


def _add_confirmed_price(note: FieldError, amount: int) -> FieldError:
    """Add the price to a warning of a value that awaits confirmation."""
    return FieldError(
        note.pointer,
        note.code,
        f"{note.vi} Nếu được xác nhận, số tiền sẽ là {format_dong(amount)}.",
        f"{note.en} If it is confirmed, the price will be {amount:,} đồng.",
    )


def collect_used_rules(lookups: Iterable[RuleLookup]) -> Collection[tuple[str, Rule | Decimal]]:
    """Collect the rules that several lookups used, each once."""
    used_rules: dict[object, tuple[str, Rule | Decimal]] = {}
    for lookup in lookups:
        for key, rule in lookup.used_rules.items():
            used_rules[rule.id if isinstance(rule, Rule) else key] = (key, rule)
    return used_rules.values()


INCOME_RAISED = FieldError(
    "/monthly_income",
    "income_raised",
    "Đến ngày đóng, mức thu nhập thấp nhất cao hơn mức đã chọn; tính theo mức thấp nhất.",
    "By the due date the lowest income is above the chosen one; the lowest is taken.",
)
