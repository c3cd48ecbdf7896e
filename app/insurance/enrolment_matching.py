"""Which member of a register a row means: by its numbers, else by name, birth date and commune. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from app.core.errors import FieldError
from app.core.text import search_key
from app.insurance.duplicate_rules import Shared, are_two_persons, score_of, shared_birth
from app.insurance.enrolment_errors import (
    BIRTH_DATE_DIFFERS,
    FOUND_BY_NAME,
    NAME_DIFFERS,
    SOCIAL_NO_DIFFERS,
    AmbiguousMember,
    DifferentPerson,
    MemberDied,
    NumbersOfTwo,
    at,
)

Namesakes = tuple[str, str, int]
"""Commune, name as searched, year of birth: what people share who can be taken for one another."""

MOST_CANDIDATES: Final = 5


class Person(Protocol):
    """A person as a row describes them."""

    @property
    def full_name(self) -> str | None: ...
    @property
    def birth_date(self) -> date | None: ...
    @property
    def national_id(self) -> str | None: ...
    @property
    def social_insurance_no(self) -> str | None: ...


class Known(NamedTuple):
    """A member as the register has them."""

    id: UUID
    full_name: str
    birth_date: date | None
    national_id: str | None
    social_insurance_no: str | None
    died_on: date | None
    province_code: str
    commune_code: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member who may be the person that a row means. score: as `duplicate_rules.score_of`."""

    member: Known
    score: str
    shared: tuple[Shared, ...]


class Match(NamedTuple):
    """Whom a row means: a member, nobody known yet (`NOBODY`), or an error."""

    member: Known | None = None
    error: FieldError | None = None
    warnings: tuple[FieldError, ...] = ()


NOBODY: Final = Match()


class Register:
    """The part of a network's register that was read for some rows."""

    def __init__(self, members: Iterable[Known] = ()) -> None:
        self.by_id: dict[UUID, Known] = {}
        self._by_national_id: dict[str, Known] = {}
        self._by_social_no: dict[str, Known] = {}
        self._namesakes: dict[Namesakes, list[Known]] = {}
        self._ranked: dict[tuple[Namesakes, date], list[Candidate]] = {}
        self.add(members)

    def add(self, members: Iterable[Known]) -> None:
        """Take in what was read or entered since."""
        self._ranked.clear()
        for member in members:
            if member.id in self.by_id:
                continue
            self.by_id[member.id] = member
            if member.national_id:
                self._by_national_id[member.national_id] = member
            if member.social_insurance_no:
                self._by_social_no[member.social_insurance_no] = member
            if member.birth_date:
                key = (member.commune_code, search_key(member.full_name), member.birth_date.year)
                self._namesakes.setdefault(key, []).append(member)

    def by_numbers(self, person: Person) -> Match:
        """The member who has one of the person's numbers; no member when neither is known."""
        one = self._by_national_id.get(person.national_id or "")
        other = self._by_social_no.get(person.social_insurance_no or "")
        if one and other and one is not other:
            return Match(error=at("/social_insurance_no", NumbersOfTwo))
        found = one or other
        if found is None:
            return NOBODY
        if _contradicts(person.national_id, found.national_id):
            return Match(error=at("/national_id", NumbersOfTwo))
        return checked(person, found, "/national_id" if one else "/social_insurance_no")

    def by_name(self, person: Person, commune_code: str) -> Match:
        """The member of just this name, birth date and commune; no member when there is none."""
        same = [
            known
            for known in self.namesakes(person, commune_code)
            if known.full_name.casefold() == (person.full_name or "").casefold()
        ]
        if len(same) > 1:
            return Match(error=at("/full_name", AmbiguousMember))
        if not same:
            return NOBODY
        found = checked(person, same[0], "/full_name")
        return Match(found.member, found.error, (FOUND_BY_NAME, *found.warnings))

    def namesakes(self, person: Person, commune_code: str) -> list[Known]:
        """Members whose name sounds like the person's, with the same birth date and commune."""
        key = namesakes_key(person, commune_code)
        known = self._namesakes.get(key, []) if key else []
        return [one for one in known if one.birth_date == person.birth_date]

    def candidates(
        self, person: Person, commune_code: str, apart_from: UUID | None = None
    ) -> list[Candidate]:
        """Members who may be this person, the likeliest first: namesakes born in the same year, but for those whose
        number says that they are somebody else. apart_from: the member whom the row is of already."""
        key = namesakes_key(person, commune_code)
        if key is None or key not in self._namesakes or person.birth_date is None:
            return []
        ranked = self._ranked.get((key, person.birth_date))
        if ranked is None:
            ranked = self._ranked[key, person.birth_date] = _ranked(self._namesakes[key], person.birth_date)
        others = (
            one
            for one in ranked
            if one.member.id != apart_from and not are_two_persons(person.national_id, one.member.national_id)
        )
        return list(islice(others, MOST_CANDIDATES))


def _ranked(namesakes: Iterable[Known], birth_date: date) -> list[Candidate]:
    """Namesakes as candidates for somebody born on this day, best first, then as they were entered."""
    found = []
    for known in namesakes:
        birth = known.birth_date and shared_birth(birth_date, known.birth_date)
        if birth:
            shared = (Shared.NAME, birth, Shared.COMMUNE)
            found.append(Candidate(known, score_of(shared), shared))
    found.sort(key=lambda one: one.member.id)
    return sorted(found, key=lambda one: one.score, reverse=True)


def namesakes_key(person: Person, commune_code: str) -> Namesakes | None:
    """What a person shares with those who can be taken for them."""
    if person.full_name is None or person.birth_date is None:
        return None
    return commune_code, search_key(person.full_name), person.birth_date.year


def _contradicts(sent: str | None, known: str | None) -> bool:
    """Whether two citizen's numbers are of two people; a 9-digit one is the same person's old card."""
    return sent is not None and known is not None and sent != known and len(known) == 12


def checked(person: Person, found: Known, pointer: str) -> Match:
    """The member, unless they cannot be meant; with what differs from the register as warnings."""
    if found.died_on is not None:
        return Match(error=at(pointer, MemberDied))
    warnings = []
    if search_key(person.full_name or "") != search_key(found.full_name):
        warnings.append(NAME_DIFFERS)
    if found.birth_date is not None and person.birth_date != found.birth_date:
        warnings.append(BIRTH_DATE_DIFFERS)
    if len(warnings) == 2:
        return Match(error=at(pointer, DifferentPerson))
    if found.social_insurance_no and person.social_insurance_no not in (None, found.social_insurance_no):
        warnings.append(SOCIAL_NO_DIFFERS)
    return Match(found, None, tuple(warnings))
