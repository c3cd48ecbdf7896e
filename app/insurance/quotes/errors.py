"""Errors and warnings of quotes, field by field."""

from datetime import date

from app.core.errors import FieldError
from app.core.values.wording import capitalise, format_dong
from app.insurance.rules.names import format_rule_value, name_rule
from app.insurance.rules.rulebook import Rule, RuleLookup


def field_not_for_product(pointer: str) -> FieldError:
    """Error for a field that this product or method does not have."""
    return FieldError(
        pointer,
        "not_for_product",
        "Trường này không dùng cho sản phẩm hoặc phương thức đã chọn.",
        "This field is not for the chosen product or method.",
    )


def income_below_minimum(minimum: int) -> FieldError:
    """Error for an income below the rural poverty line."""
    return FieldError(
        "/monthly_income",
        "income_below_minimum",
        f"Mức thu nhập thấp nhất là {format_dong(minimum)}.",
        f"The lowest income is {minimum:,} đồng.",
    )


def income_above_maximum(maximum: int) -> FieldError:
    """Error for an income above 20 times the reference level."""
    return FieldError(
        "/monthly_income",
        "income_above_maximum",
        f"Mức thu nhập cao nhất là {format_dong(maximum)}.",
        f"The highest income is {maximum:,} đồng.",
    )


def income_off_step(minimum: int, step: int) -> FieldError:
    """Error or warning for an income that is not the poverty line plus a multiple of the step."""
    return FieldError(
        "/monthly_income",
        "income_off_step",
        f"Mức thu nhập nên là {format_dong(minimum)} cộng bội số của {format_dong(step)}.",
        f"The income should be {minimum:,} đồng plus a multiple of {step:,} đồng.",
    )


def too_many_months(pointer: str, maximum: int) -> FieldError:
    """Error for more months or years than may be paid at once, or than there were."""
    return FieldError(pointer, "too_many_months", f"Nhiều nhất là {maximum}.", f"At most {maximum}.")


def chain_assumed(pointer: str, begins: date) -> FieldError:
    """Warning that a card's months are counted from its own first day, as nothing is known of the cards before."""
    return FieldError(
        pointer,
        "card_chain_assumed",
        f"Hạn thẻ được tính từ ngày {begins:%d/%m/%Y}. Nếu các thẻ nối tiếp trước đó bắt đầu vào ngày muộn hơn trong "
        "tháng thì thẻ này hết hạn muộn hơn vài ngày.",
        f"The card's months are counted from {begins.isoformat()}. If the cards that it follows on began on a later "
        "day of the month, it ends some days later.",
    )


def list_rule_warnings(lookup: RuleLookup) -> list[FieldError]:
    """Warnings of values of the day that only wait to be confirmed, and of those that have run out."""
    return [*map(rule_awaits_confirmation, lookup.unconfirmed), *list_run_out_warnings(lookup)]


def list_run_out_warnings(lookup: RuleLookup) -> list[FieldError]:
    """Of the values that were used after they were confirmed for and of which no other waits to be confirmed."""
    waiting = {rule.key for rule in lookup.unconfirmed}
    return [rule_run_out(rule) for rule in lookup.run_out if rule.key not in waiting]


def rule_awaits_confirmation(rule: Rule) -> FieldError:
    """Warning of a value of the day that BHXH has not confirmed, and that was therefore not used."""
    day, name, value = rule.valid_from, name_rule(rule.key), format_rule_value(rule.key, rule.value)
    return FieldError(
        "/payment_date",
        "rule_awaits_confirmation",
        f"{capitalise(name.vi)} mới là {value.vi}, áp dụng từ ngày {day:%d/%m/%Y}, chưa được BHXH xác nhận nên chưa "
        "tính.",
        f"{capitalise(name.en)} of {value.en} from {day.isoformat()} is not confirmed and was not used.",
    )


def rule_run_out(rule: Rule) -> FieldError:
    """Warning of a value that is quoted after the last day for which it is confirmed; error for who pays by it."""
    name, value, day = name_rule(rule.key), format_rule_value(rule.key, rule.value), rule.confirmed_to
    assert day is not None  # noqa: S101 - the lookup found that it has passed
    return FieldError(
        "/payment_date",
        "rule_run_out",
        f"{capitalise(name.vi)} ({value.vi}) chỉ được xác nhận đến hết ngày {day:%d/%m/%Y}; sau ngày này phải chờ BHXH "
        "xác nhận mức áp dụng rồi mới đóng.",
        f"{capitalise(name.en)} ({value.en}) is confirmed up to {day.isoformat()}; nothing is paid by it "
        "after that day until BHXH confirms what holds.",
    )


INVALID_CARD_MONTHS = FieldError(
    "/months",
    "months_of_card",
    "BHYT hộ gia đình đóng 3, 6 hoặc 12 tháng.",
    "Household health insurance is paid for 3, 6 or 12 months.",
)
ARREARS_ENDED = FieldError(
    "/late_months",
    "arrears_ended",
    "Ngày này không còn quy định đóng bù.",
    "Arrears are no longer allowed on this day.",
)
AFTER_DEADLINE = FieldError(
    "/from_month",
    "after_deadline",
    "Ngày đóng đã quá hạn của kỳ này.",
    "The day of payment is after the deadline of this period.",
)
OTHER_SUPPORT_GIVEN_TWICE = FieldError(
    "/other_support",
    "one_of_two",
    "Chỉ ghi một trong hai: tỷ lệ hoặc số tiền hỗ trợ khác.",
    "Either a rate or an amount of other support, not both.",
)
ORDER_REPEATED = (
    "order_repeated",
    "Hai thành viên có cùng thứ tự.",
    "Two members have the same order.",
)
PAID_BY_BUDGET = (
    "paid_by_budget",
    "Nhóm này được ngân sách đóng toàn bộ, không mua thẻ theo hộ gia đình.",
    "The budget pays all for this group, which buys no card by household.",
)
GROUP_WITHOUT_SUPPORT = (
    "group_without_support",
    "Ngày này chưa có mức hỗ trợ được xác nhận cho nhóm này.",
    "On this day there is no confirmed support for this group.",
)
METHOD_NOT_REFUNDED = FieldError(
    "/method",
    "method_not_refunded",
    "Phương thức này không được hoàn trả; chỉ hoàn trả khi đóng 3, 6, 12 tháng hoặc nhiều năm về sau.",
    "This method is not refunded; only 3, 6, 12 months and years ahead are.",
)
CARD_NOT_REFUNDED = FieldError(
    "/product",
    "card_not_refunded",
    "Ngày này chưa có quy định được xác nhận về hoàn trả tiền thẻ BHYT.",
    "On this day there is no confirmed rule on refunds of cards.",
)
CASE_NOT_OF_CARD = FieldError(
    "/reason",
    "not_for_product",
    "Lý do này không phải trường hợp hoàn trả tiền thẻ BHYT.",
    "Cards are not refunded for this reason.",
)
CARD_CASE_NOT_REFUNDED = FieldError(
    "/reason",
    "card_case_not_refunded",
    "Vào ngày thẻ thôi sử dụng, quy định không cho hoàn trả tiền thẻ BHYT trong trường hợp này.",
    "On the day on which the card is no longer used, the law gives nothing back in this case.",
)
CARD_WAS_USED = FieldError(
    "/reason",
    "card_was_used",
    "Trước ngày 01/7/2025, người tham gia qua đời chỉ được hoàn trả khi thẻ chưa có giá trị sử dụng.",
    "Before 2025-07-01 a card is given back after a death only if it was not valid yet.",
)
MORE_THAN_UNUSED = FieldError(
    "/state_support",
    "more_than_unused",
    "Tiền hỗ trợ nhiều hơn số tiền của các tháng còn lại.",
    "The support is more than the premium of the remaining months.",
)
