"""What the ledger refuses. The SQL functions raise these by their code."""

from app.core.errors import DomainError, InvalidInput


class AlreadyReversed(DomainError):
    """A transaction can be reversed once."""

    status, code = 409, "already_reversed"
    vi = "Giao dịch này đã được hủy bằng một bút toán đảo."
    en = "This transaction has already been reversed."


class NotReversible(DomainError):
    """Only contributions can be reversed: not a reversal, not a sheet as a whole."""

    status, code = 409, "not_reversible"
    vi = "Loại giao dịch này không đảo được; với bảng thu, hãy đảo từng dòng."
    en = "This kind of transaction cannot be reversed; of a sheet, reverse its lines."


class InsufficientBalance(DomainError):
    """The account does not hold (or does not have free) what is to be taken."""

    status, code = 409, "insufficient_balance"
    vi = "Số dư không đủ."
    en = "The balance is not enough."


class PeriodClosed(DomainError):
    """The books of that day are closed."""

    status, code = 409, "period_closed"
    vi = "Kỳ kế toán của ngày này đã khóa sổ."
    en = "The books for that day are closed."


class AlreadyResolved(DomainError):
    """A hold is posted or voided once."""

    status, code = 409, "already_resolved"
    vi = "Khoản tạm giữ này đã được thanh toán hoặc hủy."
    en = "This hold has already been posted or voided."


class NotInGroup(InvalidInput):
    """The member has no membership in this group on that day."""

    code = "not_in_group"
    vi = "Người này không phải thành viên của tổ vào ngày đó."
    en = "This person is not a member of the group on that day."


class BusinessDateFuture(InvalidInput):
    """An entry cannot be dated after today."""

    code = "business_date_future"
    vi = "Ngày ghi sổ không được sau ngày hôm nay."
    en = "The business date must not be after today."


class GroupEnded(InvalidInput):
    """The group had ended by that day."""

    code = "group_ended"
    vi = "Tổ đã kết thúc trước ngày này."
    en = "The group had ended by that day."


class ReversalBeforeEntry(InvalidInput):
    """A reversal cannot be dated before what it reverses."""

    code = "reversal_before_entry"
    vi = "Ngày đảo không được trước ngày của giao dịch gốc."
    en = "A reversal must not be dated before its entry."


class MoreThanHeld(InvalidInput):
    """A payment out of a hold is at most the hold."""

    code = "more_than_held"
    vi = "Số tiền thanh toán lớn hơn số đã tạm giữ."
    en = "The payment is more than what is held."
