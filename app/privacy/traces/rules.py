"""Whom a text names of those who were erased, and how sure that is. Pure: no database.

What is wiped cannot come back, so a name alone is not enough: without a number of the person, what may as well be
somebody else's stays, and is noted for an officer to decide.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any, Final, Self
from uuid import UUID

from app.privacy.traces.names import NamePlace, find_name, normalise

_DIGITS: Final = re.compile(r"\d{8,}")
_SPACED_DIGITS: Final = re.compile(r"\d(?:[ .\-]?\d){7,}")
_SEPARATORS: Final = re.compile(r"[ .\-]")
_NO_DIGITS: Final = re.compile(r"\D+")
_COUNTRY_CODE: Final = "84"
"""Of a phone of 9 digits, written in place of its zero."""
_NUMBER: Final = re.compile(r"\d(?:[ .]?\d){8,12}")
"""CMND, phone, BHXH number, CCCD or the digits of a card: whose it is, a row says with it."""
_NUMBER_DIGITS: Final = range(9, 14)

_LOWER: Final = bytes(range(256)).lower()
_DROPPED: Final = bytes(
    code for code in range(256) if not chr(code).isascii() or not chr(code).isalpha() or chr(code).lower() in "aeiouyd"
)  # fmt: skip
"""Vowels and d, which diacritics change, all that is not ASCII, and what stands between words."""


class Belonging(IntEnum):
    """Whether a record is a person's."""

    NOT_THEIRS = 0
    DOUBTFUL = 1
    THEIRS = 2


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """Who is looked for.

    name: search key; consonants: of the name, as `Glance` sees it; born: the day; numbers: CCCD, BHXH and card, digits
    alone; phone: as well, or empty; is_alone: nobody else in their commune's register has the name; is_covered: the
    text is of an organisation that covers their place; is_near: and of one of communes only.
    """

    member_id: UUID
    name: str
    consonants: frozenset[bytes]
    born: date | None
    numbers: frozenset[str]
    phone: str
    commune: str
    is_alone: bool
    is_covered: bool
    is_near: bool

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Build from what `next_trace` tells of a search."""
        return cls(
            UUID(value["member_id"]),
            normalise(value["name"]),
            frozenset(_keep_consonants(value[name].encode()) for name in ("name", "full_name")),
            None if value["birth_date"] is None else date.fromisoformat(value["birth_date"]),
            frozenset(map(_keep_digits, value["numbers"])),
            _keep_digits(value["phone"] or ""),
            _keep_digits(value["commune"]),
            value["alone"],
            value["covered"],
            value["near"],
        )

    def owns(self, run: str) -> bool:
        """Whether a run of digits is one of their numbers or their phone."""
        return not _spell_number(run).isdisjoint(self.numbers | {self.phone})


@dataclass(frozen=True, slots=True)
class Record:
    """What one row, or one text, says of one person.

    texts: its cells; references: cells whose numbers are of something else, not of somebody else; born, commune: day of
    birth and the commune's code, empty where it says nothing of them.
    """

    texts: tuple[str, ...]
    references: tuple[str, ...] = ()
    born: str = ""
    commune: str = ""

    def judge(self, person: ErasedPerson) -> Belonging:
        """Judge whether this is the person's: it has their id or number, or their name and nothing against it."""
        if self.has_number(person):
            return Belonging.THEIRS
        place = max(find_name(person.name, text) for text in (*self.texts, *self.references, ""))
        if place is NamePlace.NOWHERE:
            return Belonging.NOT_THEIRS
        has_phone = bool(person.phone) and person.phone in _find_numbers((*self.texts, *self.references))
        is_born_then = self._compare_birth(person.born)
        if is_born_then is False or self._has_other_number(person):
            return Belonging.DOUBTFUL if has_phone or is_born_then else Belonging.NOT_THEIRS
        if has_phone:
            return Belonging.THEIRS if place is NamePlace.WHOLE else Belonging.DOUBTFUL
        if not person.is_covered:
            return Belonging.NOT_THEIRS
        commune = _keep_digits(self.commune)
        if commune and commune != person.commune:
            return Belonging.DOUBTFUL if is_born_then else Belonging.NOT_THEIRS
        is_near = bool(commune) or person.is_near
        is_sure = is_near and place is NamePlace.WHOLE and (is_born_then or person.is_alone)
        return Belonging.THEIRS if is_sure else Belonging.DOUBTFUL

    def has_number(self, person: ErasedPerson) -> bool:
        """Whether it has the id of the person, or one of their numbers."""
        texts = (*self.texts, *self.references)
        return any(str(person.member_id) in text.lower() for text in texts) or not _find_numbers(
            texts
        ).isdisjoint(person.numbers)

    def _has_other_number(self, person: ErasedPerson) -> bool:
        runs = (
            _SEPARATORS.sub("", run)
            for text in self.texts
            for run in (*_DIGITS.findall(text), *_NUMBER.findall(text))
        )
        return any(len(run) in _NUMBER_DIGITS and not person.owns(run) for run in runs)

    def _compare_birth(self, born: date | None) -> bool | None:
        """Whether the day of birth is this one. None: one of the two is not known, or only the year is."""
        if born is None:
            return None
        days = _spell_day(born)
        if not any(char.isdigit() for char in self.born):
            return any(f" {day} " in f" {normalise(text)} " for text in self.texts for day in days) or None
        said = normalise(self.born)
        if any(f" {day} " in f" {said} " for day in days):
            return True
        return None if said in {f"{born.year}", f"{born:%m %Y}", f"{born.month} {born.year}"} else False


@dataclass(frozen=True, slots=True)
class Sought:
    """The people who are looked for in a piece; doubts: the places in it of what may be theirs and stays."""

    people: tuple[ErasedPerson, ...]
    doubts: set[str] = field(default_factory=set)

    def narrow(self, content: bytes) -> "Sought":
        """Those whom a content may name; their doubts are noted with these."""
        glance = Glance(content)
        return Sought(tuple(person for person in self.people if glance.may_name(person)), self.doubts)

    def judge(self, record: Record) -> Belonging:
        """How sure it is that a record is of one of these people; most are seen at a glance not to be."""
        likely = self.narrow("\n".join((*record.texts, *record.references)).encode())
        return max((record.judge(person) for person in likely.people), default=Belonging.NOT_THEIRS)

    def is_named(self, record: Record, place: str) -> bool:
        """Whether a record is of one of these people for sure; a doubt is noted with its place in the piece."""
        verdict = self.judge(record)
        if verdict is Belonging.DOUBTFUL:
            self.doubts.add(place)
        return verdict is Belonging.THEIRS

    def has_number(self, text: str) -> bool:
        """Whether a text has the id or a number of one of these people."""
        return any(Record((text,)).has_number(person) for person in self.narrow(text.encode()).people)

    def may_be_named(self, text: str) -> bool:
        """Whether a text has a number, phone or the name of one of these people."""
        likely = self.narrow(text.encode()).people
        numbers = _find_numbers((text,)) if likely else set()
        return any(
            person.phone in numbers
            or find_name(person.name, text) is not NamePlace.NOWHERE
            or Record((text,)).has_number(person)
            for person in likely
        )


class Glance:
    """A quick look at a text of any length, a millisecond for a megabyte: never wrong about who is not named in it.

    Of names it sees the consonants alone: the same with and without diacritics, composed or not, in capitals or not.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content.lower()
        self._compact = content.translate(None, b" .-")
        self._consonants = _keep_consonants(content)

    def may_name(self, person: ErasedPerson) -> bool:
        """Whether it may have the id of a person, a number or the name."""
        return (
            any(number.encode() in self._compact for number in (*person.numbers, person.phone) if number)
            or str(person.member_id).encode() in self._content
            or any(consonants in self._consonants for consonants in person.consonants)
        )


def _find_numbers(texts: Iterable[str]) -> set[str]:
    """The numbers of texts as they are compared."""
    return {
        spelled
        for text in texts
        for run in (*_DIGITS.findall(text), *_SPACED_DIGITS.findall(text))
        for spelled in _spell_number(_SEPARATORS.sub("", run))
    }


def _spell_number(run: str) -> set[str]:
    """A number without zeros at the beginning, which a spreadsheet takes; a phone without its country, too."""
    plain = run.lstrip("0")
    return {plain, plain[2:]} if len(plain) == 11 and plain.startswith(_COUNTRY_CODE) else {plain}


def _keep_digits(number: str) -> str:
    return _NO_DIGITS.sub("", number).lstrip("0")


def _keep_consonants(content: bytes) -> bytes:
    return content.translate(_LOWER, _DROPPED)


def _spell_day(day: date) -> frozenset[str]:
    """Spell a day as files do, without its separators."""
    return frozenset((
        f"{day:%d %m %Y}", f"{day.day} {day.month} {day.year}", f"{day:%Y %m %d}", f"{day:%d%m%Y}", f"{day:%Y%m%d}",
    ))  # fmt: skip
