"""The closed lists of people that other packages use as well."""

from enum import StrEnum


class NumberStatus(StrEnum):
    """Whose a member's numbers are (tình trạng số định danh, mã số BHXH); told only to who sees the other member."""

    CONFIRMED = "confirmed"  # là của người này
    PENDING = "pending"  # chờ xác minh: người khác trong hội cũng có số này
    DISTINCT = "distinct"  # đã xác minh: hai người khác nhau, cùng một số


class SupportKind(StrEnum):
    """Whom the state supports (đối tượng được hỗ trợ).

    A member belongs to such a group from one day to another, and an enrolment in voluntary social insurance names
    one. `Need` (savings) is the wider list of hardships for donations, `CardGroup` (insurance) that of health cards.
    """

    POOR = "poor"  # hộ nghèo
    NEAR_POOR = "near_poor"  # hộ cận nghèo
    ETHNIC_MINORITY = "ethnic_minority"  # dân tộc thiểu số
    ISLAND = "island"  # xã đảo, đặc khu
    OTHER = "other"  # khác
