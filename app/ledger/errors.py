"""Errors of the ledger. Its SQL functions raise these by their code."""

from app.core.errors import DomainError, IdempotencyKeyReused, IdTaken, InvalidInput, register_constraint


class AlreadyReversed(DomainError):
    """The transaction has already been reversed."""

    status, code = 409, "already_reversed"
    vi = "Giao dịch này đã được hủy bằng một bút toán đảo."
    en = "This transaction has already been reversed."


class NotReversible(DomainError):
    """Only contributions can be reversed: not a reversal, not a sheet as a whole."""

    status, code = 409, "not_reversible"
    vi = "Loại giao dịch này không đảo được; với bảng thu, hãy đảo từng dòng."
    en = "This kind of transaction cannot be reversed; of a sheet, reverse its lines."


class InsufficientBalance(DomainError):
    """The account's balance, less what is held, is lower than the amount to be taken."""

    status, code = 409, "insufficient_balance"
    vi = "Số dư không đủ."
    en = "The balance is not enough."


class InsufficientBalanceThen(InsufficientBalance):
    """What is taken on an earlier day would leave less than nothing at the end of that day or of a later one.

    day, available: the day with the least, and how much could be taken, in đồng.
    """

    raised_as = "insufficient_balance_then"
    vi = "Cuối ngày {day} số dư khả dụng chỉ có {available} đồng, không đủ cho khoản chi ghi lùi ngày này."
    en = "At the end of {day} only {available} đồng were available: not enough for what is dated back."


class PeriodClosed(DomainError):
    """The books of that day are closed."""

    status, code = 409, "period_closed"
    vi = "Kỳ kế toán của ngày này đã khóa sổ."
    en = "The books for that day are closed."


class ClosingBackwards(DomainError):
    """The books are closed through a later day and cannot be reopened."""

    status, code = 409, "closing_backwards"
    vi = "Sổ đã khóa đến một ngày muộn hơn; không mở lại kỳ đã khóa."
    en = "The books are closed through a later day; a closed period cannot be reopened."


class AlreadyResolved(DomainError):
    """The hold has already been posted or voided."""

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


class EntryBeforeGroup(InvalidInput):
    """The group had not been founded by that day."""

    code = "before_group"
    vi = "Tổ chưa thành lập vào ngày này."
    en = "The group had not been founded by that day."


class EntryBeforeBooks(InvalidInput):
    """The books of the network in the province begin later. day: their first."""

    code = "before_books"
    vi = "Sổ của hội tại tỉnh, thành phố này bắt đầu từ ngày {day}; không ghi khoản nào của ngày trước đó."
    en = "The network's books in this province begin on {day}; nothing is recorded of a day before it."


class EntryBeforeJoining(InvalidInput):
    """The member had not joined the group by that day."""

    code = "before_joining"
    vi = "Người này chưa tham gia tổ vào ngày này."
    en = "This person had not joined the group by that day."


class EntryAfterGroupEnd(InvalidInput):
    """The group had ended by that day."""

    code = "group_ended"
    vi = "Tổ đã kết thúc trước ngày này."
    en = "The group had ended by that day."


class ReversalBeforeEntry(InvalidInput):
    """A reversal cannot be dated before what it reverses."""

    code = "reversal_before_entry"
    vi = "Ngày đảo không được trước ngày của giao dịch gốc."
    en = "A reversal must not be dated before its entry."


class NotWithinHold(InvalidInput):
    """The payment out of a hold is less than one đồng or more than the hold."""

    code = "not_within_hold"
    vi = "Số tiền thanh toán phải từ 1 đồng đến số đã tạm giữ."
    en = "The payment must be from 1 đồng to what is held."


class ResolvedBeforeHold(InvalidInput):
    """A hold cannot be posted or voided before the day it was made."""

    code = "resolved_before_hold"
    vi = "Ngày thanh toán hoặc hủy không được trước ngày tạm giữ."
    en = "A hold must not be posted or voided before its own day."


# Each of these is looked up first; where two requests are concurrent, the unique index decides.
register_constraint("uq_ledger_txn_key", IdempotencyKeyReused)
register_constraint("uq_ledger_txn_reverses", AlreadyReversed)
register_constraint("uq_ledger_txn_resolves", AlreadyResolved)
register_constraint("ledger_txn_pkey", IdTaken)
