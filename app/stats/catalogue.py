"""The catalogue of figures (danh mục chỉ số), each with its definition."""

from typing import Final

from app.stats.schemas import MetricOut

SUMMARY_METRICS: Final = (
    MetricOut(
        key="groups",
        unit="groups",
        vi="Số tổ",
        en="Groups",
        formula="groups that had started by the last day and had not ended before the first",
    ),
    MetricOut(
        key="members",
        unit="people",
        vi="Số thành viên",
        en="Members",
        formula="different people with a membership in one of these groups on some day of the period",
    ),
    MetricOut(
        key="money.saved",
        unit="đồng",
        vi="Tiết kiệm còn lại sau rút",
        en="Saved",
        formula="savings + sales − withdrawals",
    ),
    MetricOut(
        key="money.savings",
        unit="đồng",
        vi="Tiền gửi",
        en="Savings",
        formula="Σ entries of kind saving − their reversals",
    ),
    MetricOut(
        key="money.sales",
        unit="đồng",
        vi="Bán sản phẩm",
        en="Sales",
        formula="Σ entries of kind sale − their reversals",
    ),
    MetricOut(
        key="money.donations",
        unit="đồng",
        vi="Ủng hộ",
        en="Donations",
        formula="Σ entries of kind donation − their reversals",
    ),
    MetricOut(
        key="money.withdrawals",
        unit="đồng",
        vi="Rút",
        en="Withdrawals",
        formula="Σ entries of kind withdrawal − their reversals",
    ),
    MetricOut(
        key="money.payments",
        unit="đồng",
        vi="Thanh toán từ khoản tạm giữ",
        en="Payments out of holds",
        formula="Σ holds that were posted",
    ),
    MetricOut(
        key="enrolled.submitted",
        unit="people",
        vi="Số người đăng ký",
        en="Enrolled, submitted",
        formula="different people with an enrolment that begins in the period and was not refused or withdrawn",
    ),
    MetricOut(
        key="enrolled.accepted",
        unit="people",
        vi="Số người được BHXH tiếp nhận",
        en="Enrolled, accepted",
        formula="of these, accepted by BHXH",
    ),
)
"""The figures of a summary by their field names; each for the caller's scope and the period."""
