"""The closed lists of savings: mechanisms, products, kinds of groups, duties, periods."""

from enum import StrEnum


class Mechanism(StrEnum):
    """How a savings model raises money or reaches people (cơ chế)."""

    PIGGY_BANK = "piggy_bank"  # nuôi heo (lợn) đất
    FARM_PRODUCT = "farm_product"  # thu nhập từ nông sản: vườn rau an sinh
    DEDICATED_ASSET = "dedicated_asset"  # tài sản dành riêng: cây mai, cây bưởi
    POOLED_CAPITAL = "pooled_capital"  # hùn vốn
    ROTATING_FUND = "rotating_fund"  # góp vốn xoay vòng
    INSTALMENT = "instalment"  # trả góp
    RECYCLABLES = "recyclables"  # ve chai, biến rác thành thẻ
    DONATION = "donation"  # xã hội hóa, tặng sổ, tặng thẻ
    PUBLIC_SUPPORT = "public_support"  # nguồn lực địa phương hỗ trợ hoàn cảnh khó khăn
    RECRUITMENT_PLEDGE = "recruitment_pledge"  # mỗi cán bộ vận động 1–2 người
    FULL_COVERAGE_PLEDGE = "full_coverage_pledge"  # tổ liên gia, gia đình tham gia 100 %


class Product(StrEnum):
    """The insurance that members save for."""

    BHXH_TN = "bhxh_tn"  # BHXH tự nguyện
    BHYT_HGD = "bhyt_hgd"  # BHYT hộ gia đình


class GroupKind(StrEnum):
    """The kind of a group."""

    SAVINGS_GROUP = "savings_group"  # tổ tiết kiệm
    CLUB = "club"  # câu lạc bộ
    NEIGHBOUR_BLOCK = "neighbour_block"  # tổ liên gia
    FUND = "fund"  # quỹ


class Cycle(StrEnum):
    """How often a group collects."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"  # theo vụ
    YEAR = "year"


class Duty(StrEnum):
    """What a member does in the group (nhiệm vụ)."""

    MEMBER = "member"  # tổ viên
    LEADER = "leader"  # tổ trưởng
    TREASURER = "treasurer"  # thủ quỹ


class Per(StrEnum):
    """The period of a pledged amount."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Need(StrEnum):
    """Whom a model of donations or public support is for (hoàn cảnh)."""

    POOR = "poor"  # hộ nghèo
    NEAR_POOR = "near_poor"  # hộ cận nghèo
    HARDSHIP = "hardship"  # khó khăn nhưng không thuộc hộ nghèo, cận nghèo
    SERIOUS_ILLNESS = "serious_illness"  # bệnh hiểm nghèo
    LONE_ELDERLY = "lone_elderly"  # người già neo đơn
    ORPHAN = "orphan"  # trẻ mồ côi
    DISABILITY = "disability"  # người khuyết tật
    OTHER = "other"
