"""Who can agree to the use of a person's data (sự đồng ý)."""

from datetime import date
from enum import StrEnum
from typing import Final

CHILD_CONSENT_AGE: Final = 7
"""Years of age from which a child agrees together with the guardian (Luật 91/2025/QH15, Article 24)."""

CHILDHOOD_END_AGE: Final = 16
"""Years of age at which childhood ends (Luật Trẻ em 2016, Article 1)."""


class Purpose(StrEnum):
    """What the data may be used for (mục đích); each needs its own consent."""

    INSURANCE = "insurance"  # tham gia BHXH, BHYT
    SAVINGS = "savings"  # sổ tiết kiệm của tổ
    SHARING_BHXH = "sharing_bhxh"  # chuyển cho cơ quan BHXH
    SENSITIVE_DATA = "sensitive_data"  # dữ liệu nhạy cảm, như dân tộc
    PUBLICATION = "publication"  # nêu gương trên báo, đài
    REMINDERS = "reminders"  # nhắn tin nhắc


class ConsentMethod(StrEnum):
    """How a consent was given (hình thức)."""

    PAPER = "paper"
    ELECTRONIC = "electronic"
    SPOKEN_WITNESSED = "spoken_witnessed"


class Giver(StrEnum):
    """Who gave a consent: the person, the guardian (người giám hộ), or the child and the guardian."""

    SELF = "self"
    GUARDIAN = "guardian"
    BOTH = "both"


def compute_age(birth_date: date, day: date) -> int:
    """Compute the age in full years on a day; negative before birth."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (not had_birthday)


def allowed_givers(birth_date: date | None, day: date) -> frozenset[Giver]:
    """Return whose consent counts on a day: under 7 the guardian's, under 16 both together, then the person's.

    A grown person may have a guardian; of a person without a day of birth, nothing is known.
    Source: Luật 91/2025/QH15, Article 24; NĐ 356/2025/NĐ-CP.
    """
    if birth_date is None:
        return frozenset(Giver)
    age = compute_age(birth_date, day)
    if age < CHILD_CONSENT_AGE:
        return frozenset({Giver.GUARDIAN})
    return frozenset({Giver.BOTH} if age < CHILDHOOD_END_AGE else {Giver.SELF, Giver.GUARDIAN})
