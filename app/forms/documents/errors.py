"""The error of a form that would be empty."""

from app.core.errors import Conflict


class NothingToList(Conflict):
    """The list or report would have no row."""

    code = "nothing_to_list"
    vi = "Không có dòng nào để lập danh sách: chưa có khoản đóng phù hợp, hoặc đã nằm trong danh sách khác."
    en = "There is nothing to list: no payment matches, or all that do are in a list already."
