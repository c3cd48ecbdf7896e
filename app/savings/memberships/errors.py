"""Errors of memberships."""

from app.core.errors import DomainError


class AlreadyMember(DomainError):
    """The person is already a member of the group at that time."""

    status, code = 409, "already_member"
    vi = "Người này đã là thành viên của tổ trong thời gian đó."
    en = "This person is already a member of the group at that time."
