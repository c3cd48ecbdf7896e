"""The closed lists of campaigns, awards, payouts, targets and observations."""

from enum import StrEnum


class CampaignKind(StrEnum):
    """What a campaign does (loại chiến dịch, phong trào)."""

    COMMUNICATION = "communication"  # truyền thông: bài chòi, hội nghị, phát thanh
    RECRUITMENT_DRIVE = "recruitment_drive"  # mỗi cán bộ vận động 1–2 người, người thân, giáo viên
    EMULATION = "emulation"  # thi đua theo chủ điểm
    COVERAGE_DRIVE = "coverage_drive"  # vận động nhóm nhỏ, đi từng hộ, phủ 100 %
    INITIATIVE = "initiative"  # sáng kiến
    SUPPORT_DRIVE = "support_drive"  # xã hội hóa, tặng sổ BHXH, thẻ BHYT


class CampaignLevel(StrEnum):
    """The level of a campaign, an award or an initiative (cấp)."""

    NATIONAL = "national"  # trung ương
    SECTOR = "sector"  # cấp Ngành
    PROVINCE = "province"
    DISTRICT = "district"  # until 2025
    COMMUNE = "commune"
    HAMLET = "hamlet"  # thôn, ấp, khu vực
    BLOCK = "block"  # tổ liên gia


class Recruiter(StrEnum):
    """Who recruits in a recruitment drive (người vận động)."""

    CADRE = "cadre"  # cán bộ
    PARTY_MEMBER = "party_member"  # đảng viên
    UNION_MEMBER = "union_member"  # đoàn viên, hội viên
    WORKER = "worker"  # người lao động
    TEACHER = "teacher"  # giáo viên
    COLLECTOR = "collector"  # nhân viên thu


class Gift(StrEnum):
    """What a support drive gives."""

    MONEY = "money"  # tiền
    BOOK = "book"  # sổ BHXH
    CARD = "card"  # thẻ BHYT


class EventKind(StrEnum):
    """What happened (loại sự kiện)."""

    SHOW = "show"  # buổi biểu diễn, truyền thông
    MEETING = "meeting"  # hội nghị, họp chi bộ, họp tổ
    LAUNCH = "launch"  # lễ phát động, ra mắt
    HANDOVER = "handover"  # trao sổ, trao thẻ
    VISIT = "visit"  # đi từng hộ, từng nhóm nhỏ
    OTHER = "other"


class AttendanceOf(StrEnum):
    """What an attendance counts."""

    TOTAL = "total"  # cả sự kiện
    EACH_SESSION = "each_session"  # mỗi buổi


class RecipientKind(StrEnum):
    """Who received an award or a payout."""

    PERSON = "person"
    GROUP = "group"
    ORGANISATION = "organisation"


class PayoutKind(StrEnum):
    """What is paid outside commission (chi hỗ trợ ngoài thù lao); commission (thù lao) is none of these."""

    MOBILISER_SUPPORT = "mobiliser_support"  # hỗ trợ người vận động
    REWARD = "reward"  # tiền thưởng
    CARD_SUPPORT = "card_support"  # hỗ trợ mua thẻ BHYT
    PREMIUM_SUPPORT = "premium_support"  # hỗ trợ đóng BHXH tự nguyện
    EVENT_COST = "event_cost"  # chi tổ chức sự kiện
    OTHER = "other"


class Period(StrEnum):
    """The kind of a target's period (kỳ)."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    OTHER = "other"


class Unit(StrEnum):
    """What a number counts or measures (đơn vị)."""

    PEOPLE = "people"
    HOUSEHOLDS = "households"
    GROUPS = "groups"  # tổ, câu lạc bộ
    CARDS = "cards"  # thẻ BHYT
    BOOKS = "books"  # sổ BHXH
    DONG = "dong"
    PERCENT = "percent"
    RANK = "rank"
    MULTIPLE = "multiple"  # gấp … lần
    YEARS = "years"
    TIMES = "times"  # lượt
    SESSIONS = "sessions"  # buổi
    PLACES = "places"  # tỉnh, xã, thôn
    FACILITIES = "facilities"  # cơ sở khám chữa bệnh
    MODELS = "models"  # mô hình
    FARMS = "farms"  # vườn
    ASSETS = "assets"  # cây, con
    AWARDS = "awards"
    INITIATIVES = "initiatives"  # sáng kiến


class Nature(StrEnum):
    """How a number relates to time: as of a day, or over a period."""

    STOCK = "stock"  # có đến ngày
    FLOW = "flow"  # phát sinh trong kỳ, "tăng mới"
    NET_CHANGE = "net_change"  # tăng, giảm ròng


class Base(StrEnum):
    """What a number is compared with."""

    NONE = "none"
    SAME_PERIOD_LAST_YEAR = "same_period_last_year"  # cùng kỳ năm trước
    YEAR_START = "year_start"  # đầu năm
    BASE_YEAR = "base_year"  # so với năm …
    TARGET = "target"  # chỉ tiêu giao
    GOAL = "goal"  # mục tiêu nghị quyết


class DifferenceKind(StrEnum):
    """What a printed difference from the base is."""

    COUNT = "count"  # in the number's own unit
    POINTS = "points"  # điểm phần trăm
    RELATIVE = "relative"  # phần trăm của gốc
    AMBIGUOUS = "ambiguous"  # "vượt 8 %": points or relative, the text does not say


class SourceKind(StrEnum):
    """Where a number was found."""

    NEWSPAPER = "newspaper"
    REPORT = "report"
    SYSTEM = "system"


class Flag(StrEnum):
    """An inconsistency that a rule finds in a figure; the figure stays as printed."""

    PARTS_DIFFER_FROM_TOTAL = "parts_differ_from_total"
    PART_EXCEEDS_TOTAL = "part_exceeds_total"
    RATIO_DIFFERS_FROM_VALUE = "ratio_differs_from_value"
    AMBIGUOUS_POINTS_OR_RELATIVE = "ambiguous_points_or_relative"
    DIFFERENT_UNITS = "different_units"
    OVER_WHOLE = "over_whole"
    PARTIAL_YEAR = "partial_year"
    NO_NUMBER = "no_number"


class Caution(StrEnum):
    """A problem of a figure that only a reader can notice, noted with it."""

    NOT_ADDITIVE = "not_additive"  # different sets, or rates of areas: must not be summed
    RANK_BY_OTHER_MEASURE = "rank_by_other_measure"  # a count printed beside a rank by rate
    PLACE_UNCERTAIN = "place_uncertain"
    BASE_NOT_PRINTED = "base_not_printed"  # "vượt chỉ tiêu", the target is not given
