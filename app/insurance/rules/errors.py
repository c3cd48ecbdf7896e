"""Errors of insurance rules."""

from app.core.errors import Conflict, FieldError, Forbidden, IdTaken, register_constraint
from app.insurance.rules.names import describe_bounds


class RuleOverlaps(Conflict):
    """Another confirmed rule of this key and place holds on some of these days."""

    code = "rule_overlaps"
    vi = "Đã có quy định khác đang áp dụng trong thời gian này. Hãy kết thúc quy định cũ trước."
    en = "Another rule holds during this time. End it first."


class RuleInUse(Conflict):
    """Days that have passed were quoted with this rule."""

    code = "rule_in_use"
    vi = "Quy định đã được áp dụng cho những ngày đã qua; chỉ được kết thúc từ hôm nay trở đi."
    en = "The rule has been in use on days that have passed; it can end today at the earliest."


class SecondPersonNeeded(Forbidden):
    """Who entered a rule or proposed its end does not confirm it, nor an account that they made or changed since."""

    code = "second_person_needed"
    vi = "Người nhập hoặc đề nghị kết thúc quy định không tự xác nhận được; cần một quản trị viên BHXH khác xác nhận."
    en = "Who entered a rule or proposed its end may not confirm it: another administrator of BHXH has to."


class EndAlreadyProposed(Conflict):
    """Another last day of the rule waits to be confirmed."""

    code = "end_already_proposed"
    vi = "Quy định này đã có đề nghị kết thúc vào ngày khác đang chờ xác nhận. Hãy rút đề nghị đó trước."
    en = "Another end of this rule waits to be confirmed. Withdraw it first."


class NoEndProposed(Conflict):
    """No end of the rule waits to be confirmed: it was confirmed, withdrawn or refused, or never proposed."""

    code = "no_end_proposed"
    vi = "Quy định này không có đề nghị kết thúc nào đang chờ xác nhận."
    en = "No end of this rule waits to be confirmed."


class RuleWithdrawn(Conflict):
    """The rule was withdrawn before it began."""

    code = "rule_withdrawn"
    vi = "Quy định này đã được rút lại trước khi áp dụng."
    en = "This rule was withdrawn before it began."


register_constraint("ex_insurance_rule_overlap", RuleOverlaps)
register_constraint("insurance_rule_pkey", IdTaken)

UNKNOWN_RULE = ("unknown_rule", "Không có quy định mang tên này.", "There is no rule of this name.")

OUTSIDE_VALIDITY = FieldError(
    "/valid_to",
    "outside_time",
    "Ngày kết thúc nằm ngoài thời hạn của quy định.",
    "The last day is outside the period of the rule.",
)


def value_not_of_kind(pointer: str, key: str) -> FieldError:
    """The value does not fit its key: says which numbers do."""
    return FieldError(pointer, "value_not_of_kind", *describe_bounds(key))
