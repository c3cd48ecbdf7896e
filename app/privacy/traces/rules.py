"""Whom a text names of those who were erased. Pure: no database."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self
from uuid import UUID

from app.core.values.search_key import search_key

_NO_LETTERS: Final = re.compile(r"[^0-9a-z]+")
_DIGITS: Final = re.compile(r"\d{8,}")
_SPACED_DIGITS: Final = re.compile(r"\d(?:[ .\-]?\d){7,}")
_SEPARATORS: Final = re.compile(r"[ .\-]")
_COUNTRY_CODE: Final = "84"
"""Of a phone of 9 digits, written in place of its zero."""
_NATIONAL_ID_DIGITS: Final = range(10, 13)
"""Digits of a CCCD or a BHXH number, of which a spreadsheet may have taken the zeros at the beginning."""

_LOWER: Final = bytes(range(256)).lower()
_DROPPED: Final = bytes(
    code for code in range(256) if not chr(code).isascii() or not chr(code).isalpha() or chr(code).lower() in "aeiouyd"
)  # fmt: skip
"""Vowels and d, which diacritics change, all that is not ASCII, and what stands between words."""


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """Who is looked for.

    name: search key; consonants: of the name, as `Glance` sees it; birth_dates: the day, spelled each way; numbers:
    CCCD, BHXH, card and phone; is_covered: whether the text is of an organisation that covers their place.
    """

    member_id: UUID
    name: str
    consonants: frozenset[bytes]
    birth_dates: frozenset[str]
    numbers: frozenset[str]
    is_covered: bool

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Build from what `next_trace` tells of a search."""
        born = None if value["birth_date"] is None else date.fromisoformat(value["birth_date"])
        return cls(
            UUID(value["member_id"]),
            _normalise(value["name"]),
            frozenset(_keep_consonants(value[name].encode()) for name in ("name", "full_name")),
            frozenset() if born is None else _spell_day(born),
            frozenset(map(_strip_zeros, value["numbers"])),
            value["covered"],
        )


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is compared: `words` in lower case without diacritics, `numbers` without separators and zeros at the
    beginning."""

    words: str
    numbers: frozenset[str]

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a text."""
        runs = [*_DIGITS.findall(text), *(_SEPARATORS.sub("", run) for run in _SPACED_DIGITS.findall(text))]
        numbers = set(map(_strip_zeros, runs))
        numbers |= {
            number[2:] for number in numbers if len(number) == 11 and number.startswith(_COUNTRY_CODE)
        }
        return cls(f" {_normalise(text)} ", frozenset(numbers))

    def names(self, person: ErasedPerson) -> bool:
        """Whether this is about the person: it has their id, one of their numbers, or their name.

        A name alone counts where their place is covered, and unless it stands beside another full number without their
        day of birth: that is a namesake.
        """
        if self.numbers & person.numbers or self.has_id(person):
            return True
        if not person.is_covered or f" {person.name} " not in self.words:
            return False
        has_day = any(f" {day} " in self.words for day in person.birth_dates)
        return has_day or not any(len(number) in _NATIONAL_ID_DIGITS for number in self.numbers)

    def has_id(self, person: ErasedPerson) -> bool:
        """Whether it has the id of the person."""
        return str(person.member_id).replace("-", " ") in self.words


def is_named(people: Iterable[ErasedPerson], text: str) -> bool:
    """Whether a text is about one of these people; most are seen at a glance not to be."""
    glance = Glance(text.encode())
    likely = [person for person in people if glance.may_name(person)]
    return bool(likely) and any(map(Text.read(text).names, likely))


class Glance:
    """A quick look at a text of any length, a millisecond for a megabyte: never wrong about who is not named in it.

    Of names it sees the consonants alone: the same with and without diacritics, composed or not, in capitals or not.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._compact = content.translate(None, b" .-")
        self._consonants = _keep_consonants(content)

    def may_name(self, person: ErasedPerson) -> bool:
        """Whether it may have the id of a person, a number or the name."""
        return (
            any(number.encode() in self._compact for number in person.numbers)
            or str(person.member_id).encode() in self._content
            or any(consonants in self._consonants for consonants in person.consonants)
        )


def select_named(people: Iterable[ErasedPerson], content: bytes) -> list[ErasedPerson]:
    """Select those whom a content may name."""
    glance = Glance(content)
    return [person for person in people if glance.may_name(person)]


def _keep_consonants(content: bytes) -> bytes:
    return content.translate(_LOWER, _DROPPED)


def _normalise(text: str) -> str:
    return _NO_LETTERS.sub(" ", search_key(text)).strip()


def _strip_zeros(digits: str) -> str:
    return digits.lstrip("0")


def _spell_day(day: date) -> frozenset[str]:
    """Spell a day as files do, without its separators."""
    return frozenset((
        f"{day:%d %m %Y}", f"{day.day} {day.month} {day.year}", f"{day:%Y %m %d}", f"{day:%d%m%Y}", f"{day:%Y%m%d}",
    ))  # fmt: skip
