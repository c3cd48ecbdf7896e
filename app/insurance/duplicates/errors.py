"""Errors about duplicates."""

from app.core.errors import Conflict


class NotDuplicates(Conflict):
    """The two enrolments are not of one person, one product and the same time."""

    code = "not_duplicates"
    vi = "Hai đăng ký này không cùng một người, cùng loại và cùng thời gian."
    en = "These enrolments are not of one person for one product and the same time."


class MergeMovedOn(Conflict):
    """The merge was undone, or the enrolment that it dropped has changed since."""

    code = "merge_moved_on"
    vi = "Việc gộp này đã được hoàn tác hoặc đăng ký đã thay đổi sau đó."
    en = "This merge was undone, or the enrolment has changed since."
