"""Errors about pairs of members with one number."""

from app.core.errors import Conflict


class NotAPair(Conflict):
    """The two members have no number in common that is still to be settled."""

    code = "not_a_pair"
    vi = "Hai hội viên này không có số trùng nào đang chờ xử lý."
    en = "These two members have no number in common that is still to be settled."
