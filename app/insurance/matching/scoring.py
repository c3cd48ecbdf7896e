"""Compares two entries of a register: what they share, and how likely they are one person. Pure."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Final, Protocol


class Shared(StrEnum):
    """What two entries share (thông tin trùng)."""

    NATIONAL_ID = "national_id"  # số định danh
    SOCIAL_INSURANCE_NO = "social_insurance_no"  # mã số BHXH
    NAME = "name"  # họ tên, không kể dấu
    COMMUNE = "commune"  # xã, phường
    BIRTH_DATE = "birth_date"  # ngày sinh
    BIRTH_DATE_SWAPPED = "birth_date_swapped"  # ngày và tháng sinh đổi chỗ
    BIRTH_YEAR = "birth_year"  # chỉ năm sinh


class Certainty(StrEnum):
    """How surely two entries are of one person (mức độ chắc chắn)."""

    CERTAIN = "certain"  # trùng số
    PROBABLE = "probable"  # trùng họ tên, ngày sinh, xã


IDENTITY_NUMBERS: Final = (Shared.NATIONAL_ID, Shared.SOCIAL_INSURANCE_NO)

# Decimals as text: they are compared and sorted, never calculated with.
_SCORES: Final = {
    Shared.NATIONAL_ID: "1.00",
    Shared.SOCIAL_INSURANCE_NO: "1.00",
    Shared.BIRTH_DATE: "0.95",
    Shared.BIRTH_DATE_SWAPPED: "0.80",
    Shared.BIRTH_YEAR: "0.60",
}


class RegisterEntry(Protocol):
    """The fields of a person in a register that tell people apart."""

    @property
    def search_name(self) -> str: ...
    @property
    def commune_code(self) -> str: ...
    @property
    def birth_date(self) -> date | None: ...
    @property
    def national_id(self) -> str | None: ...
    @property
    def social_insurance_no(self) -> str | None: ...


def score_shared(shared: Collection[str]) -> str:
    """How likely two who share these fields are one person, "0.00" to "1.00": the strongest field decides."""
    return max((score for field, score in _SCORES.items() if field in shared), default="0.00")


def classify_certainty(shared: Collection[str]) -> Certainty:
    """Certain when a number is shared, else probable."""
    return Certainty.CERTAIN if any(number in shared for number in IDENTITY_NUMBERS) else Certainty.PROBABLE


def compare_birth_dates(one: date, other: date) -> Shared | None:
    """What two birth dates have in common; None for those of different years."""
    if one == other:
        return Shared.BIRTH_DATE
    if one.year != other.year:
        return None
    return (
        Shared.BIRTH_DATE_SWAPPED if (one.month, one.day) == (other.day, other.month) else Shared.BIRTH_YEAR
    )


def are_two_persons(one: str | None, other: str | None) -> bool:
    """Whether two national ids are of two people. A 9-digit one may be the same person's old card."""
    return one is not None and other is not None and one != other and len(one) == len(other) == 12


def compare_entries(one: RegisterEntry, other: RegisterEntry) -> list[Shared]:
    """What makes two entries a duplicate: the numbers that both have, else name, commune and birth date, which may have
    day and month swapped; empty when they are none. A year of birth alone is too little."""
    numbers = [
        number for number in IDENTITY_NUMBERS if getattr(one, number) == getattr(other, number) is not None
    ]
    if numbers:
        return numbers
    same_name_and_commune = one.search_name == other.search_name and one.commune_code == other.commune_code
    if not same_name_and_commune or one.birth_date is None or other.birth_date is None:
        return []
    shared_date = compare_birth_dates(one.birth_date, other.birth_date)
    if shared_date in (None, Shared.BIRTH_YEAR) or are_two_persons(one.national_id, other.national_id):
        return []
    return [Shared.NAME, shared_date, Shared.COMMUNE]
