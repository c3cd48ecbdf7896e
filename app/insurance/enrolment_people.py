"""The members of rows: found in the network's register, or entered in it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from app.auth.actor import Actor
from app.core.errors import NotFound, Unavailable
from app.core.ids import uuid7s
from app.core.text import search_key
from app.insurance import enrolment_sets as sets
from app.insurance import enrolment_writes as writes
from app.insurance.duplicate_rules import Shared
from app.insurance.enrolment_errors import (
    NAMESAKE,
    SIMILAR_PERSON,
    ConflictsWithExisting,
    MemberElsewhere,
    at,
)
from app.insurance.enrolment_matching import NOBODY, Candidate, Known, Register, checked, namesakes_key
from app.insurance.enrolment_row import Row, waiting
from app.insurance.enrolment_schemas import EnrolmentIn

T = TypeVar("T")


class PeopleElsewhere(Unavailable):
    """Some of the people whom rows were to enter are in the register after all. numbers: of those rows.

    Another sender entered them meanwhile, who is seen the next time; or they are in places that are not the actor's.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        super().__init__()
        self.numbers = {number for row in rows for number in numbers_of(row)}


class People:
    """The part of the register that some rows are about.

    newcomers: whom these rows are to bring into the register, by id, each with the row that describes them; entered:
    whom they did. unseen: numbers of people who are in the register, but in places that are not the actor's.
    """

    def __init__(self, driver: sets.Driver, actor: Actor, unseen: Collection[str] = ()) -> None:
        self.driver, self.actor, self.unseen = driver, actor, unseen
        self.register = Register()
        self.newcomers: dict[UUID, Row] = {}
        self.entered: dict[UUID, EnrolmentIn] = {}

    async def read(self, rows: Sequence[Row]) -> None:
        """Read whom the rows name by number or id; a `member_id` that is not the actor's rejects its row."""
        await self._read_numbers(rows)
        for row in rows:
            if row.data.member_id is not None:
                member = self.register.by_id.get(row.data.member_id)
                if member is None:
                    row.reject(at("/member_id", NotFound))
                else:
                    row.take(member)
            if row.amends is not None and row.verdict is None:
                self._keep(row, row.amends.member_id)

    def _keep(self, row: Row, member_id: UUID) -> None:
        """A row that changes an enrolment keeps its member: whom it describes must be the same person."""
        known = self.register.by_id.get(member_id)
        if known is None or row.member not in (None, known):
            row.reject(at("/external_ref", ConflictsWithExisting))
        elif row.member is None:
            other_number = (
                row.data.national_id not in (None, known.national_id) and known.national_id is not None
            )
            match = checked(row.data, known, "/full_name")
            if match.error is not None or other_number:
                row.reject(match.error or at("/external_ref", ConflictsWithExisting))
            else:
                row.warnings += match.warnings
                row.take(known)

    async def find(self, rows: Sequence[Row]) -> None:
        """Give every row its member: found by number, else by name, else a newcomer. Rows need their places.

        Those with a number are proposed first, so that a row without one finds them in whatever order they came.
        """
        unknown = [row for row in rows if row.member is None]
        numbered = [row for row in unknown if _numbered(row)]
        unnumbered = [row for row in unknown if not _numbered(row)]
        self._match(numbered)
        numbered = [row for row in waiting(numbered) if row.member is None]
        if unnumbered:
            communes = {row.seat.commune_code for row in unnumbered}
            await sets.lock_names(self.driver, self.actor.network, communes)
        keys = set(
            present(namesakes_key(row.data, row.seat.commune_code) for row in (*numbered, *unnumbered))
        )
        if keys:
            self.register.add(await sets.read_namesakes(self.driver, self.actor.network, keys))
        self._propose_numbered(numbered)
        self._match(unnumbered)
        for row in unnumbered:
            self._compare(row)
        unnumbered = [row for row in waiting(unnumbered) if row.member is None]
        for row in unnumbered:
            if row.candidates:
                row.warnings.append(SIMILAR_PERSON)
        self._propose(unnumbered)

    async def enter(self) -> None:
        """Enter the newcomers. Raises: PeopleElsewhere."""
        if not self.newcomers:
            return
        made = await writes.enter_members(self.driver, self.actor, _people(self.newcomers))
        self.entered = {id_: row.data for id_, row in self.newcomers.items() if id_ in made}
        if len(made) < len(self.newcomers):
            raise PeopleElsewhere(row for id_, row in self.newcomers.items() if id_ not in made)

    def known_newcomers(self) -> list[Known]:
        """The newcomers as the register will have them."""
        return [self.register.by_id[id_] for id_ in self.newcomers]

    def _compare(self, row: Row) -> None:
        """Note who else in the register may be the person of a row."""
        row.candidates = self.register.candidates(row.data, row.seat.commune_code, row.member_id)

    def _propose_numbered(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if self.unseen and any(number in self.unseen for number in numbers_of(row)):
                pointer = "/national_id" if row.data.national_id else "/social_insurance_no"
                row.reject(at(pointer, MemberElsewhere))
                continue
            self._compare(row)
            if any(Shared.BIRTH_DATE in one.shared for one in row.candidates):
                row.warnings.append(NAMESAKE)
            elif row.candidates:
                row.warnings.append(SIMILAR_PERSON)
        # The citizen's number first: a row with only the other one may mean somebody who has both.
        self._propose(sorted(waiting(rows), key=lambda row: row.data.national_id is None))

    def _propose(self, rows: Sequence[Row]) -> None:
        """Propose one newcomer for all rows that speak of the same; the first row describes them."""
        named: dict[object, Known] = {}
        for id_, row in zip(uuid7s(len(rows)), rows, strict=True):
            if _numbered(row):
                self._match([row])  # somebody whom an earlier row proposed
                if row.member is None and row.verdict is None:
                    self._add(id_, row)
            elif (name := _named(row)) in named:
                row.take(named[name])
            else:
                named[name] = self._add(id_, row)

    def _add(self, id_: UUID, row: Row) -> Known:
        newcomer = _known(id_, row)
        self.register.add([newcomer])
        self.newcomers[id_] = row
        row.take(newcomer)
        return newcomer

    def _match(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if _numbered(row):
                match = self.register.by_numbers(row.data)
            else:
                match = self.register.by_name(row.data, row.seat.commune_code)
            if match is NOBODY:
                continue
            row.warnings += match.warnings
            if match.error is not None:
                row.reject(match.error)
            elif match.member is not None:
                row.take(match.member)

    async def _read_numbers(self, rows: Sequence[Row]) -> None:
        """Read the members who have one of the rows' numbers or ids."""
        numbers = (
            present(row.data.national_id for row in rows),
            present(row.data.social_insurance_no for row in rows),
            present(row.amends.member_id if row.amends else row.data.member_id for row in rows),
        )
        if any(numbers):
            self.register.add(await sets.read_members(self.driver, self.actor.network, *numbers))


async def read_candidates(driver: sets.Driver, network: str, member_id: UUID) -> list[Candidate]:
    """Who else in a network's register, as far as the actor sees it, may be the same person as a member of it."""
    found = await sets.read_members(driver, network, [], [], [member_id])
    for member in found:
        if key := namesakes_key(member, member.commune_code):
            register = Register(await sets.read_namesakes(driver, network, {key}))
            return register.candidates(member, member.commune_code, member.id)
    return []


def present(values: Iterable[T | None]) -> list[T]:
    """Those of the values that are there."""
    return [value for value in values if value is not None]


def _numbered(row: Row) -> bool:
    return row.data.national_id is not None or row.data.social_insurance_no is not None


def numbers_of(row: Row) -> list[str]:
    """The numbers by which a row names its person."""
    return present((row.data.national_id, row.data.social_insurance_no))


def _named(row: Row) -> object:
    """What makes two rows without a number speak of the same person."""
    return row.seat.commune_code, (row.data.full_name or "").casefold(), row.data.birth_date


def _people(newcomers: Mapping[UUID, Row]) -> list[list[Any]]:
    """New lines of the register, by the columns of `writes.PEOPLE`."""
    seats = [row.seat for row in newcomers.values()]
    data = [row.data for row in newcomers.values()]
    return [
        [*newcomers],
        [seat.province_code for seat in seats],
        [seat.commune_code for seat in seats],
        [one.full_name for one in data],
        [search_key(one.full_name or "") for one in data],
        [one.birth_date for one in data],
        [one.sex for one in data],
        [one.national_id for one in data],
        [one.social_insurance_no for one in data],
        [one.phone for one in data],
    ]


def _known(id_: UUID, row: Row) -> Known:
    """A new line of the register as it is known from now on."""
    data, seat = row.data, row.seat
    return Known(
        id=id_,
        full_name=data.full_name or "",
        birth_date=data.birth_date,
        national_id=data.national_id,
        social_insurance_no=data.social_insurance_no,
        died_on=None,
        province_code=seat.province_code,
        commune_code=seat.commune_code,
    )
