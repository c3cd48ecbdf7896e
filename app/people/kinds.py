"""The closed lists of people that other packages use as well."""

from enum import StrEnum


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
