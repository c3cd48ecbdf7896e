"""The catalogue of metrics (chỉ số): what each counts, in which units, and what its ratio means."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.campaigns.kinds import Unit
from app.campaigns.numbers import count_decimals
from app.core.errors import InvalidInput


class Metric(StrEnum):
    """What a target or an observation is about (chỉ số)."""

    COVERAGE_BHYT = "coverage_bhyt"
    PARTICIPATION_BHXH_TN = "participation_bhxh_tn"
    LABOUR_IN_BHXH = "labour_in_bhxh"
    LABOUR_IN_BHTN = "labour_in_bhtn"
    FAMILY_COVERAGE = "family_coverage"
    UNIT_REACH = "unit_reach"
    FACILITY_COVERAGE = "facility_coverage"
    INDIVIDUAL_SHARE = "individual_share"
    AREA_SHARE = "area_share"
    CONVERSION = "conversion"
    LATE_PAYMENT_RATE = "late_payment_rate"
    TARGET_COMPLETION = "target_completion"
    MULTIPLE_OF_GOAL = "multiple_of_goal"
    AVERAGE_GROUP_SIZE = "average_group_size"
    PARTICIPANTS_BHXH_TN = "participants_bhxh_tn"
    PARTICIPANTS_BHYT_HGD = "participants_bhyt_hgd"
    NEW_PARTICIPANTS = "new_participants"
    MEMBERS = "members"
    GROUPS = "groups"
    MODELS = "models"
    ASSET_OWNERS = "asset_owners"
    RECRUITS = "recruits"
    CONTINUITY = "continuity"
    SAVED = "saved"
    CARDS_GIVEN = "cards_given"
    BOOKS_GIVEN = "books_given"
    EVENT_REACH = "event_reach"
    SESSIONS = "sessions"
    LOOKUPS = "lookups"
    RANK = "rank"
    AWARDS = "awards"
    PAYOUTS = "payouts"
    INITIATIVES = "initiatives"


class Ratio(StrEnum):
    """What numerator / denominator of a metric is."""

    SHARE = "share"  # a part of a whole: at most 100 %
    COMPLETION = "completion"  # of a target: may pass 100 %
    MULTIPLE = "multiple"  # times a goal
    AVERAGE = "average"  # the value itself is for each one
    COUNT = "count"  # the value counts; by the denominator it is so much for each one


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """One entry of the catalogue. units: those that its value may have."""

    vi: str
    en: str
    units: frozenset[Unit]
    ratio: Ratio


def _entry(vi: str, en: str, *units: Unit, ratio: Ratio) -> MetricEntry:
    return MetricEntry(vi, en, frozenset(units), ratio)


def _share(vi: str, en: str) -> MetricEntry:
    return _entry(vi, en, Unit.PERCENT, ratio=Ratio.SHARE)


def _count(vi: str, en: str, *units: Unit) -> MetricEntry:
    return _entry(vi, en, *units, ratio=Ratio.COUNT)


_PEOPLE_UNITS = (Unit.PEOPLE, Unit.HOUSEHOLDS)

METRIC_CATALOGUE: Final[dict[Metric, MetricEntry]] = {
    Metric.COVERAGE_BHYT: _share("Tỷ lệ bao phủ BHYT", "Insured of the population"),
    Metric.PARTICIPATION_BHXH_TN: _share(
        "Tỷ lệ người trong độ tuổi lao động tham gia BHXH tự nguyện", "Participants of the working-age people"
    ),
    Metric.LABOUR_IN_BHXH: _share(
        "Tỷ lệ lực lượng lao động tham gia BHXH", "Labour force in social insurance"
    ),
    Metric.LABOUR_IN_BHTN: _share(
        "Tỷ lệ lực lượng lao động tham gia BHTN", "Labour force in unemployment insurance"
    ),
    Metric.FAMILY_COVERAGE: _share("Người thân có BHYT", "Insured of the family members"),
    Metric.UNIT_REACH: _entry(
        "Đơn vị có mô hình", "Units with an active group", Unit.PERCENT, Unit.PLACES, ratio=Ratio.SHARE
    ),
    Metric.FACILITY_COVERAGE: _entry(
        "Cơ sở đã triển khai", "Facilities that do it", Unit.PERCENT, Unit.FACILITIES, ratio=Ratio.SHARE
    ),
    Metric.INDIVIDUAL_SHARE: _share("Tỷ trọng của một cá nhân", "One person's share of the new participants"),
    Metric.AREA_SHARE: _share("Tỷ trọng của địa bàn", "An area's share of the wider area"),
    Metric.CONVERSION: _share("Thành viên mô hình đã tham gia", "Insured of the model's members"),
    Metric.LATE_PAYMENT_RATE: _share("Tỷ lệ chậm đóng", "Late payment"),
    Metric.TARGET_COMPLETION: _entry(
        "Tỷ lệ hoàn thành chỉ tiêu", "Achieved of the target", Unit.PERCENT, ratio=Ratio.COMPLETION
    ),
    Metric.MULTIPLE_OF_GOAL: _entry(
        "Gấp mấy lần mục tiêu", "Rate as a multiple of the goal", Unit.MULTIPLE, ratio=Ratio.MULTIPLE
    ),
    Metric.AVERAGE_GROUP_SIZE: _entry(
        "Số người bình quân mỗi tổ", "Members per group", *_PEOPLE_UNITS, ratio=Ratio.AVERAGE
    ),
    Metric.PARTICIPANTS_BHXH_TN: _count(
        "Số người tham gia BHXH tự nguyện", "Participants in voluntary insurance", *_PEOPLE_UNITS
    ),
    Metric.PARTICIPANTS_BHYT_HGD: _count(
        "Số người tham gia BHYT hộ gia đình", "People in household health insurance", *_PEOPLE_UNITS
    ),
    Metric.NEW_PARTICIPANTS: _count("Số người tham gia mới", "New participants", *_PEOPLE_UNITS),
    Metric.MEMBERS: _count("Số thành viên mô hình", "Members of the model", *_PEOPLE_UNITS),
    Metric.GROUPS: _count("Số tổ, câu lạc bộ", "Groups", Unit.GROUPS),
    Metric.MODELS: _count("Số mô hình", "Models", Unit.MODELS, Unit.PLACES),
    Metric.ASSET_OWNERS: _count(
        "Số hộ, vườn có tài sản của mô hình", "Owners of the asset", Unit.HOUSEHOLDS, Unit.FARMS, Unit.ASSETS
    ),
    Metric.RECRUITS: _count("Số người vận động được", "People recruited", *_PEOPLE_UNITS),
    Metric.CONTINUITY: _count("Số năm tham gia liên tục", "Consecutive insured years", Unit.YEARS),
    Metric.SAVED: _count("Số tiền tiết kiệm được", "Money saved", Unit.DONG),
    Metric.CARDS_GIVEN: _count("Số thẻ BHYT đã tặng", "Health cards given", Unit.CARDS),
    Metric.BOOKS_GIVEN: _count("Số sổ BHXH đã tặng", "Insurance books given", Unit.BOOKS),
    Metric.EVENT_REACH: _count("Số lượt người được truyền thông", "People reached", Unit.PEOPLE, Unit.TIMES),
    Metric.SESSIONS: _count("Số buổi", "Sessions", Unit.SESSIONS),
    Metric.LOOKUPS: _count("Số lượt tra cứu", "Look-ups", Unit.TIMES),
    Metric.RANK: _count("Thứ hạng", "Rank", Unit.RANK),
    Metric.AWARDS: _count("Số khen thưởng", "Awards", Unit.AWARDS),
    Metric.PAYOUTS: _count("Chi hỗ trợ ngoài thù lao", "Payouts outside commission", Unit.DONG),
    Metric.INITIATIVES: _count("Số sáng kiến", "Initiatives", Unit.INITIATIVES),
}
"""Every metric."""


WHOLE_UNITS: Final = frozenset(Unit) - {Unit.PERCENT, Unit.MULTIPLE}
"""What is counted one by one; "2.248 người" is 2248 people, not two and a quarter."""


def check_unit(metric: Metric, unit: Unit, pointer: str) -> None:
    """Refuse a unit in which the metric is not measured. Raises: InvalidInput at *pointer*."""
    allowed_units = METRIC_CATALOGUE[metric].units
    if unit not in allowed_units:
        names = ", ".join(sorted(allowed_units))
        raise InvalidInput.at(
            pointer,
            "unit_of_metric",
            vi=f"Chỉ số này được tính bằng: {names}.",
            en=f"This metric is measured in: {names}.",
        )


def check_value(metric: Metric, value: Decimal, unit: str, pointer: str) -> None:
    """Refuse a fraction of what is counted one by one, except in an average. Raises: InvalidInput at *pointer*."""
    if METRIC_CATALOGUE[metric].ratio is not Ratio.AVERAGE:
        check_whole_number(value, unit, pointer)


def check_whole_number(value: Decimal, unit: str, pointer: str) -> None:
    """Refuse a fraction of what is counted one by one. Raises: InvalidInput at *pointer*."""
    if unit in WHOLE_UNITS and count_decimals(value) > 0:
        raise InvalidInput.at(
            pointer,
            "whole_number",
            vi="Đơn vị này cần số nguyên; không dùng dấu chấm ngăn cách hàng nghìn.",
            en="This unit needs a whole number; no dot between thousands.",
        )
