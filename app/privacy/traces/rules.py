"""What is a person's for sure, and what only looks like it. Pure: no database.

What is wiped cannot come back, so a row that somebody sent is the person's by a number in the column of numbers and the
same name in the column of names alone, and of a text nothing but a whole number is masked. Everything else that looks
like the person stays, and is noted for an officer to decide.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self
from uuid import UUID

from app.privacy.traces.names import has_name, is_same_name, normalise

_DIGITS: Final = re.compile(r"\d{8,}")
_SPACED_DIGITS: Final = re.compile(r"\d(?:[ .\-]?\d){7,}")
_SEPARATORS: Final = re.compile(r"[ .\-]")
_NO_DIGITS: Final = re.compile(r"\D+")
_CELL_NUMBER: Final = re.compile(r"[A-Za-z]{2}\d{13}|\d+")
_COUNTRY_CODE: Final = "84"
"""Of a phone of 9 digits, written in place of its zero."""
_CITIZEN_DIGITS: Final = (9, 12)
"""Of an old identity card (CMND), and of a citizen (CCCD); other numbers are of insurance."""
_MASKED_DIGITS: Final = 10
"""Fewer may be a phone's."""
_MASK: Final = "…"
_NOT_BEFORE, _NOT_AFTER = r"(?<![^\W_])", r"(?![^\W_])"
_NO_AMOUNT: Final = r"(?![1-9]\d{0,2}(?:[ .]\d{3})+(?![ .]?\d))"

_LOWER: Final = bytes(range(256)).lower()
_DROPPED: Final = bytes(
    code for code in range(256) if not chr(code).isascii() or not chr(code).isalpha() or chr(code).lower() in "aeiouyd"
)  # fmt: skip
"""Vowels and d, which diacritics change, all that is not ASCII, and what stands between words."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the columns of a row say of whom it is about; empty where it has no such column."""

    ids: tuple[str, ...] = ()
    citizen_numbers: tuple[str, ...] = ()
    insurance_numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """Who is looked for.

    key: the name as `normalise` leaves it; consonants: of the name, as `Glance` sees it; numbers: digits without zeros
    before them; citizen_numbers, insurance_numbers: those that nobody else in their network's register has; mask: finds
    these where a text is masked, None without any; is_covered: the text is of an organisation that covers their place,
    or once did.
    """

    member_id: UUID
    name: str
    key: str
    consonants: frozenset[bytes]
    numbers: frozenset[str]
    citizen_numbers: frozenset[str]
    insurance_numbers: frozenset[str]
    mask: re.Pattern[str] | None
    phone: str
    is_covered: bool

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Build from what `next_trace` tells of a search."""
        own = value["own"]
        citizen = {number for number in own if number.isdigit() and len(number) in _CITIZEN_DIGITS}
        return cls(
            UUID(value["member_id"]),
            value["full_name"],
            normalise(value["name"]),
            frozenset(_keep_consonants(value[name].encode()) for name in ("name", "full_name")),
            frozenset(map(_keep_digits, value["numbers"])) - {""},
            frozenset(map(_keep_digits, citizen)) - {""},
            frozenset(_keep_digits(number) for number in own if number not in citizen) - {""},
            _compile_mask(own),
            _keep_digits(value["phone"] or ""),
            value["covered"],
        )

    def owns(self, record: Record) -> bool:
        """Whether a row is theirs for sure: by id or number of its column, and not with another name in its own."""
        has_number = (
            any(cell.strip().lower() == str(self.member_id) for cell in record.ids)
            or any(_read_number(cell) in self.citizen_numbers for cell in record.citizen_numbers)
            or any(_read_number(cell) in self.insurance_numbers for cell in record.insurance_numbers)
        )
        return has_number and all(is_same_name(self.name, name) for name in record.names if name.strip())

    def resembles(self, texts: Iterable[str]) -> bool:
        """Whether texts have a number of theirs, or the name where their place is known or beside their phone."""
        texts = tuple(texts)
        numbers = _find_numbers(texts)
        if not numbers.isdisjoint(self.numbers) or any(str(self.member_id) in text.lower() for text in texts):
            return True
        is_near = self.is_covered or (bool(self.phone) and self.phone in numbers)
        return is_near and any(has_name(self.key, text) for text in texts)

    def is_mentioned(self, text: str) -> bool:
        """Whether a text of a row that is theirs has the name, a number or the phone."""
        has_phone = bool(self.phone) and self.phone in _find_numbers((text,))
        return has_phone or self.resembles((text,)) or has_name(self.key, text)


@dataclass(frozen=True, slots=True)
class Sought:
    """The people who are looked for in a piece; doubts: the places in it of what may be theirs and stays."""

    people: tuple[ErasedPerson, ...]
    doubts: set[str] = field(default_factory=set)

    def narrow(self, content: bytes) -> "Sought":
        """Those whom a content may name; their doubts are noted with these."""
        glance = Glance(content)
        return Sought(tuple(person for person in self.people if glance.may_name(person)), self.doubts)

    def owns(self, record: Record) -> bool:
        """Whether a row is of one of these people for sure."""
        return any(person.owns(record) for person in self.people)

    def has_id(self, value: Any) -> bool:
        """Whether this is the id of one of these people."""
        return any(value == str(person.member_id) for person in self.people)

    def note_doubt(self, texts: Iterable[str], place: str) -> None:
        """Note a place of the piece if its texts look like one of these people."""
        texts = tuple(texts)
        if any(person.resembles(texts) for person in self.narrow("\n".join(texts).encode()).people):
            self.doubts.add(place)

    def mask(self, text: str, place: str) -> str:
        """Mask the whole numbers of these people in a text; what else looks like them is noted with its place."""
        for person in self.people:
            text = person.mask.sub(_MASK, text) if person.mask else text
        self.note_doubt((text,), place)
        return text

    def is_mentioned(self, text: str) -> bool:
        """Whether a text of a row that is theirs mentions one of these people."""
        return any(person.is_mentioned(text) for person in self.people)


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
            any(number.encode() in self._compact for number in person.numbers)
            or str(person.member_id).encode() in self._content
            or any(consonants in self._consonants for consonants in person.consonants)
        )


def _compile_mask(numbers: Iterable[str]) -> re.Pattern[str] | None:
    """Find whole numbers as the database's `masked_text` does: digits together, or with spaces or dots between them."""
    patterns = []
    for number in numbers:
        digits = _NO_DIGITS.sub("", number)
        if len(digits) >= _MASKED_DIGITS:
            letters = rf"(?:{number[:2]}[ .]?)?" if number[:2].isalpha() else ""
            spaced = "[ .]?".join(digits)
            patterns.append(f"{_NOT_BEFORE}{letters}{digits}{_NOT_AFTER}")
            patterns.append(rf"{_NOT_BEFORE}(?<!\d[ .]){letters}{_NO_AMOUNT}{spaced}{_NOT_AFTER}(?![ .]\d)")
    return re.compile("|".join(patterns)) if patterns else None


def _read_number(cell: str) -> str:
    """The digits of a cell with one number and nothing else, without the zeros that a spreadsheet takes."""
    number = _SEPARATORS.sub("", cell.strip())
    return _keep_digits(number) if _CELL_NUMBER.fullmatch(number) else ""


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
