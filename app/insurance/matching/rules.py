"""Matches a row to a member of a register: by its numbers, else by name, birth date and commune. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from app.core.errors import FieldError
from app.core.values.search_key import search_key
from app.insurance.errors import build_field_error
from app.insurance.matching.errors import (
    BIRTH_DATE_DIFFERS,
    FOUND_BY_NAME,
    NAME_DIFFERS,
    SOCIAL_NO_DIFFERS,
    AmbiguousMember,
    DifferentPerson,
    MemberDied,
    NumbersOfTwoMembers,
)
from app.insurance.matching.namesakes import KnownMember, Namesakes
from app.insurance.matching.scoring import Shared, score_shared

NamesakesKey = tuple[str, str, int]
"""Commune, name as searched, year of birth: what people share who can be taken for one another."""

MAX_CANDIDATES: Final = 5


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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member who may be the person that a row means. score: as `score_shared`."""

    member: KnownMember
    score: str
    shared: tuple[Shared, ...]


class Match(NamedTuple):
    """The result of matching a row: a member, `NO_MATCH`, or an error."""

    member: KnownMember | None = None
    error: FieldError | None = None
    warnings: tuple[FieldError, ...] = ()


NO_MATCH: Final = Match()


class Register:
    """The part of a network's register that was read for some rows."""

    def __init__(self, members: Iterable[KnownMember] = ()) -> None:
        self.by_id: dict[UUID, KnownMember] = {}
        self._by_national_id: dict[str, KnownMember] = {}
        self._by_social_no: dict[str, KnownMember] = {}
        self._namesakes: dict[NamesakesKey, Namesakes] = {}
        self._crowds: set[tuple[NamesakesKey, date]] = set()
        self.add(members)

    def add(self, members: Iterable[KnownMember]) -> None:
        """Add members that were read or inserted since."""
        for member in members:
            if member.id in self.by_id:
                continue
            self.by_id[member.id] = member
            _add_holder(self._by_national_id, member.national_id, member)
            _add_holder(self._by_social_no, member.social_insurance_no, member)
            if member.birth_date:
                key = (member.commune_code, search_key(member.full_name), member.birth_date.year)
                namesakes = self._namesakes.get(key)
                if namesakes is None:
                    namesakes = self._namesakes[key] = Namesakes()
                namesakes.add(member)

    def add_crowds(self, crowds: Iterable[tuple[NamesakesKey, date]]) -> None:
        """Add the days on which more namesakes were born than were read."""
        self._crowds.update(crowds)

    def find_by_numbers(self, person: Person) -> Match:
        """Find the member who has one of the person's numbers; `NO_MATCH` when neither is known."""
        by_national_id = self._by_national_id.get(person.national_id or "")
        by_social_no = self._by_social_no.get(person.social_insurance_no or "")
        if by_national_id and by_social_no and by_national_id is not by_social_no:
            return Match(error=build_field_error("/social_insurance_no", NumbersOfTwoMembers))
        member = by_national_id or by_social_no
        if member is None:
            return NO_MATCH
        if _numbers_differ(person.national_id, member.national_id):
            return Match(error=build_field_error("/national_id", NumbersOfTwoMembers))
        return verify_match(person, member, "/national_id" if by_national_id else "/social_insurance_no")

    def find_by_name(self, person: Person, commune_code: str) -> Match:
        """Find the member of exactly this name, birth date and commune; `NO_MATCH` when there is none."""
        key = build_namesakes_key(person, commune_code)
        namesakes = self._namesakes.get(key) if key else None
        if key is None or namesakes is None or person.full_name is None or person.birth_date is None:
            return NO_MATCH
        matches = namesakes.find_by_name(person.full_name, person.birth_date)
        if len(matches) > 1 or (key, person.birth_date) in self._crowds:
            return Match(error=build_field_error("/full_name", AmbiguousMember))
        if not matches:
            return NO_MATCH
        match = verify_match(person, matches[0], "/full_name")
        return Match(match.member, match.error, (FOUND_BY_NAME, *match.warnings))

    def find_candidates(
        self, person: Person, commune_code: str, excluded_id: UUID | None = None
    ) -> list[Candidate]:
        """Find who may be this person, the likeliest first: namesakes born in the same year, but for those whose
        number says that they are somebody else. excluded_id: the member whom the row is already about."""
        key = build_namesakes_key(person, commune_code)
        namesakes = self._namesakes.get(key) if key else None
        if namesakes is None or person.birth_date is None:
            return []
        candidates = (
            _build_candidate(member, shared_date)
            for member, shared_date in namesakes.iter_candidates(person.birth_date, person.national_id)
            if member.id != excluded_id
        )
        return list(islice(candidates, MAX_CANDIDATES))


def _add_holder(holders: dict[str, KnownMember], number: str | None, member: KnownMember) -> None:
    """Add the holder of a number: of several whom the actor sees the one whose it is held to be, else the first."""
    if number:
        holder = holders.setdefault(number, member)
        if (member.number_pending, member.id) < (holder.number_pending, holder.id):
            holders[number] = member


def _build_candidate(member: KnownMember, shared_date: Shared) -> Candidate:
    shared = (Shared.NAME, shared_date, Shared.COMMUNE)
    return Candidate(member, score_shared(shared), shared)


def build_namesakes_key(person: Person, commune_code: str) -> NamesakesKey | None:
    """Build the key that a person shares with those who may be mistaken for them."""
    if person.full_name is None or person.birth_date is None:
        return None
    return commune_code, search_key(person.full_name), person.birth_date.year


def _numbers_differ(sent: str | None, known: str | None) -> bool:
    """Whether two citizen's numbers belong to two people; a 9-digit one is the same person's old card."""
    return sent is not None and known is not None and sent != known and len(known) == 12


def verify_match(person: Person, member: KnownMember, pointer: str) -> Match:
    """Compare a person with a member: the match with warnings for what differs, or an error."""
    if member.died_on is not None:
        return Match(error=build_field_error(pointer, MemberDied))
    warnings = []
    if search_key(person.full_name or "") != search_key(member.full_name):
        warnings.append(NAME_DIFFERS)
    if member.birth_date is not None and person.birth_date != member.birth_date:
        warnings.append(BIRTH_DATE_DIFFERS)
    if len(warnings) == 2:
        return Match(error=build_field_error(pointer, DifferentPerson))
    if member.social_insurance_no and person.social_insurance_no not in (None, member.social_insurance_no):
        warnings.append(SOCIAL_NO_DIFFERS)
    return Match(member, None, tuple(warnings))
