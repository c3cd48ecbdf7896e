"""Errors of savings groups."""

from app.core.errors import DomainError


class GroupCodeTaken(DomainError):
    """Another group of the network has the code."""

    status, code = 409, "group_code_taken"
    vi = "Mã tổ này đã được dùng."
    en = "Another group already has this code."


class GroupHasMoney(DomainError):
    """A group cannot end while it holds money, because afterwards no entry can be recorded."""

    status, code = 409, "group_has_money"
    vi = "Tổ còn tiền. Hãy rút hoặc chi hết trước khi kết thúc."
    en = "The group still holds money. Withdraw or spend it first."
