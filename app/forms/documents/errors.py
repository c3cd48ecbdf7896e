"""Error of every form that would be empty."""

from app.core.errors import Conflict


class NothingToList(Conflict):
    """No row is left that the filters choose and that is in no list yet."""

    code = "nothing_to_list"
    vi = "Không có dòng nào để lập danh sách: chưa có khoản đóng phù hợp, hoặc đã nằm trong danh sách khác."
    en = "There is nothing to list: no payment fits, or all that do are in a list already."
