"""Who may have a health card that the state pays for, by age: something to look at before a card is bought. Pure."""

from datetime import date, timedelta
from typing import Final

from app.core.errors import FieldError
from app.core.values.time import add_months, first_day, month_of
from app.insurance.kinds import CardGroup, EnrolledGroup
from app.insurance.law.card import shift_months
from app.people.kinds import SupportKind

CHILD_MONTHS: Final = 72
"""Under six years. Source: Luật BHYT as amended by Luật 51/2024/QH15, Article 12.3.h."""
SOCIAL_PENSION_AGE: Final = 75
"""Years from which the social pension is paid, with a card of the state's.

Source: Luật BHXH 41/2024/QH15, Article 21; Luật BHYT as amended by Luật 51/2024/QH15, Article 12.3.t.
"""
POOR_PENSION_AGE: Final = 70
"""The same for who belongs to a poor or near-poor household. Source: NĐ 176/2025/NĐ-CP, Article 2.2."""
POOR_GROUPS: Final[frozenset[EnrolledGroup]] = frozenset(
    {SupportKind.POOR, SupportKind.NEAR_POOR, CardGroup.NEAR_POOR, CardGroup.NEAR_POOR_POOR_COMMUNE}
)
"""The groups of people of poor and near-poor households."""
SOCIAL_PENSION_FROM: Final = date(2025, 7, 1)


def child_card_until(birth_date: date) -> date:
    """The last day of the free card of a child: 30 September of the year, or the end of the month, of 72 months.

    Source: NĐ 188/2025/NĐ-CP, Article 13.2; before it NĐ 146/2018/NĐ-CP, Article 13.2.
    """
    six = shift_months(birth_date, CHILD_MONTHS)
    if (birth_date.month, birth_date.day) <= (9, 30):
        return date(six.year, 9, 30)
    return first_day(add_months(month_of(six), 1)) - timedelta(days=1)


def find_free_card_notes(
    birth_date: date | None, day: date, pointer: str, *, is_poor: bool = False
) -> list[FieldError]:
    """The warnings about a card that a person of this age would begin on a day; none where the age is not known.

    is_poor: of a poor or near-poor household, as far as that is known.
    """
    if birth_date is None or day < birth_date:
        return []
    until = child_card_until(birth_date)
    if day <= until:
        return [
            FieldError(
                pointer,
                "card_free_for_child",
                f"Trẻ em dưới 6 tuổi được cấp thẻ BHYT miễn phí, dùng đến hết ngày {until:%d/%m/%Y}; hãy kiểm tra thẻ.",
                f"A child under six has a free health card until {until.isoformat()}; please look at it.",
            )
        ]
    if day < SOCIAL_PENSION_FROM:
        return []
    if day >= shift_months(birth_date, 12 * SOCIAL_PENSION_AGE):
        return [FieldError(pointer, _PENSION_CODE, *_FROM_75)]
    if is_poor and day >= shift_months(birth_date, 12 * POOR_PENSION_AGE):
        return [FieldError(pointer, _PENSION_CODE, *_FROM_70)]
    return []


_PENSION_CODE: Final = "card_free_with_social_pension"
_FROM_75: Final = (
    "Người từ đủ 75 tuổi hưởng trợ cấp hưu trí xã hội được cấp thẻ BHYT miễn phí; hãy kiểm tra thẻ.",
    "Whoever is 75 and has the social pension gets a health card free; please look at it.",
)
_FROM_70: Final = (
    "Người từ đủ 70 tuổi thuộc hộ nghèo, cận nghèo hưởng trợ cấp hưu trí xã hội được cấp thẻ miễn phí; hãy kiểm tra.",
    "Whoever is 70, poor or near-poor, and has the social pension gets a health card free; please look at it.",
)
