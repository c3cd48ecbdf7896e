"""Plans beside each other: what the others cost more and bring more than the first."""

from collections.abc import Sequence
from typing import Any

from app.core.errors import Words
from app.core.language import Language
from app.core.values.wording import format_dong
from app.insurance.benefits.case import EstimateCase, PensionRight
from app.insurance.benefits.figures.cost_and_time import cost_figure, missing_figure
from app.insurance.law.benefits.pension import monthly_pension


def own_money(case: EstimateCase) -> int:
    """What the person pays from now on, missing months included when the pension needs them."""
    own = cost_figure(case).amount or 0
    if case.right is PensionRight.BY_MISSING_PAYMENT and (missing := missing_figure(case)) is not None:
        own += missing.amount or 0
    return own


def pension_of(case: EstimateCase) -> int:
    """The pension a month; 0 without a right."""
    return 0 if case.right is PensionRight.NONE else monthly_pension(case.share, case.pension_average)


def months_to_recover(case: EstimateCase) -> int | None:
    """In how many months of the pension what is paid from now on comes back; None without a pension."""
    pension = pension_of(case)
    return -(-own_money(case) // pension) if pension else None


def compare_plans(cases: Sequence[EstimateCase], language: Language) -> list[dict[str, Any]]:
    """Compare each plan with the first: what the person pays more, and what the pension is more. Empty for one plan."""
    first_own, first_pension = own_money(cases[0]), pension_of(cases[0])
    rows = []
    for index, case in enumerate(cases[1:], start=1):
        own, pension = own_money(case) - first_own, pension_of(case) - first_pension
        words = Words(
            f"So với phương án 1, phương án {index + 1} tự đóng {_more_or_less(own)} và lương hưu hằng tháng "
            f"{_higher_or_lower(pension)}.",
            f"Compared with plan 1, plan {index + 1} costs the person {own:+,} đồng and brings {pension:+,} đồng of "
            "pension a month.",
        )
        rows.append(
            {
                "plan": index,
                "participant_pays_more": own,
                "pension_more": pension,
                "explanation": words.in_language(language),
            }
        )
    return rows


def _more_or_less(amount: int) -> str:
    return "bằng nhau" if not amount else f"{'thêm' if amount > 0 else 'ít hơn'} {format_dong(abs(amount))}"


def _higher_or_lower(amount: int) -> str:
    return (
        "bằng nhau" if not amount else f"{'cao hơn' if amount > 0 else 'thấp hơn'} {format_dong(abs(amount))}"
    )
