"""Rules of a person's record, without a database."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from app.core.errors import FieldError, InvalidInput
from app.core.values.text import is_old_id_card, national_id_warnings

OLD_ID_CARDS_UNTIL: Final = date(2024, 12, 31)
"""Last day on which somebody could join with an old identity card: none is valid since 2025-01-01."""


class Sex(StrEnum):
    """Sex as on a person's papers (giới tính)."""

    FEMALE = "female"
    MALE = "male"


class Relation(StrEnum):
    """What somebody is to the head of the household (quan hệ với chủ hộ); the head stands on the household."""

    SPOUSE = "spouse"  # vợ, chồng
    CHILD = "child"  # con
    CHILD_IN_LAW = "child_in_law"  # con dâu, con rể
    GRANDCHILD = "grandchild"  # cháu
    PARENT = "parent"  # bố, mẹ
    GRANDPARENT = "grandparent"  # ông, bà
    SIBLING = "sibling"  # anh, chị, em
    OTHER = "other"  # khác


_MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "birth_in_future": ("Ngày sinh nằm trong tương lai.", "The date of birth is in the future."),
    "death_in_future": ("Ngày mất nằm trong tương lai.", "The date of death is in the future."),
    "death_before_birth": ("Ngày mất trước ngày sinh.", "The date of death is before the date of birth."),
    "joining_in_future": ("Ngày tham gia nằm trong tương lai.", "The date of joining is in the future."),
    "joining_before_birth": (
        "Ngày tham gia trước ngày sinh.",
        "The date of joining is before the date of birth.",
    ),
    "joining_after_death": ("Ngày tham gia sau ngày mất.", "The date of joining is after the date of death."),
    "old_id_card": (
        "CMND 9 số chỉ ghi cho người tham gia trước năm 2025; hãy ghi số CCCD 12 số.",
        "The 9 digits of an old identity card are only for those who joined before 2025; give the 12 digits.",
    ),
    "relation_without_household": (
        "Quan hệ với chủ hộ cần có hộ gia đình.",
        "A relation to the head needs a household.",
    ),
    "referrer_is_self": ("Không thể tự giới thiệu chính mình.", "Nobody can be their own referrer."),
}

_FieldProblem = tuple[str, str, Collection[str]]
"""A field, the code of what is wrong with it, and the fields whose change could have caused it."""


def check_person(person: Mapping[str, Any], changed: Collection[str], today: date) -> None:
    """Refuse data that cannot be true of a person.

    person: columns of a member; changed: those that the request gives, so that an old record can still be edited.
    Raises: InvalidInput with every field concerned.
    """
    errors = [
        FieldError(f"/{field}", code, *_MESSAGES[code])
        for field, code, causes in _find_problems(person, today)
        if not set(causes).isdisjoint(changed)
    ]
    if errors:
        raise InvalidInput(errors=errors)


def _find_problems(person: Mapping[str, Any], today: date) -> Iterator[_FieldProblem]:
    yield from _find_day_problems(person, today)
    number, joined = person.get("national_id"), person.get("joined_on")
    if number and is_old_id_card(number) and (joined is None or joined > OLD_ID_CARDS_UNTIL):
        yield "national_id", "old_id_card", ("national_id", "joined_on")
    if person.get("relation_to_head") and not person.get("household_id"):
        yield "relation_to_head", "relation_without_household", ("relation_to_head", "household_id")
    if person.get("referrer_id") and person["referrer_id"] == person.get("id"):
        yield "referrer_id", "referrer_is_self", ("referrer_id",)


def _find_day_problems(person: Mapping[str, Any], today: date) -> Iterator[_FieldProblem]:
    born, joined, died = (person.get(name) for name in ("birth_date", "joined_on", "died_on"))
    if born and born > today:
        yield "birth_date", "birth_in_future", ("birth_date",)
    if died and died > today:
        yield "died_on", "death_in_future", ("died_on",)
    if joined and joined > today:
        yield "joined_on", "joining_in_future", ("joined_on",)
    if born and died and died < born:
        yield "died_on", "death_before_birth", ("birth_date", "died_on")
    if born and joined and joined < born:
        yield "joined_on", "joining_before_birth", ("birth_date", "joined_on")
    if died and joined and joined > died:
        yield "joined_on", "joining_after_death", ("joined_on", "died_on")


def find_member_warnings(person: Any) -> list[str]:
    """Find where a person's numbers and data disagree: never an error, because data are corrected later.

    Returns: `old_id_card`, `national_id_birth_year`, `national_id_sex`, `health_card_no_differs`, `number_to_check`.
    Source: Luật Căn cước 2023, Article 12; a health card's last ten digits are the social insurance number.
    """
    warnings = []
    number, card, insurance_no = person.national_id, person.health_card_no, person.social_insurance_no
    if number:
        warnings += (
            ["old_id_card"]
            if is_old_id_card(number)
            else national_id_warnings(number, person.birth_date, person.sex)
        )
    if card and insurance_no and card[-10:] != insurance_no:
        warnings.append("health_card_no_differs")
    if person.number_to_check:
        warnings.append("number_to_check")
    return warnings
