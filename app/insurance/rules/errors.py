"""Errors of insurance rules."""

from app.core.errors import Conflict, Forbidden, IdTaken, register_constraint


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
    """Who entered a rule does not confirm it, nor does an account that they made or changed since."""

    code = "second_person_needed"
    vi = "Người nhập quy định không tự xác nhận được; cần một quản trị viên BHXH khác xác nhận."
    en = "Who entered a rule may not confirm it: another administrator of BHXH has to."


class RuleWithdrawn(Conflict):
    """The rule was withdrawn before it began."""

    code = "rule_withdrawn"
    vi = "Quy định này đã được rút lại trước khi áp dụng."
    en = "This rule was withdrawn before it began."


register_constraint("ex_insurance_rule_overlap", RuleOverlaps)
register_constraint("insurance_rule_pkey", IdTaken)

UNKNOWN_RULE = ("unknown_rule", "Không có quy định mang tên này.", "There is no rule of this name.")
