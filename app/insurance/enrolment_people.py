"""The members of rows: found in the network's register, or entered in it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.ids import uuid7
from app.core.text import search_key
from app.insurance import enrolment_sets as sets
from app.insurance.duplicate_rules import Shared
from app.insurance.enrolment_errors import (
    NAMESAKE,
    SIMILAR_PERSON,
    ConflictsWithExisting,
    MemberElsewhere,
    at,
)
from app.insurance.enrolment_matching import Candidate, Known, Register, checked, namesakes_key
from app.insurance.enrolment_row import Row, waiting

T = TypeVar("T")


class People:
    """The part of the register that some rows are about.

    entered: whom these rows brought into the register, by id.
    """

    def __init__(self, driver: sets.Driver, actor: Actor) -> None:
        self.driver, self.actor = driver, actor
        self.register = Register()
        self.entered: dict[UUID, Known] = {}

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
        """Give every row its member: found by number, else by name, else entered. Rows need their places.

        Those with a number are entered first, so that a row without one finds them in whatever order they came.
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
        await self._enter_numbered(numbered)
        self._match(unnumbered)
        for row in unnumbered:
            self._compare(row)
        unnumbered = [row for row in waiting(unnumbered) if row.member is None]
        for row in unnumbered:
            if row.candidates:
                row.warnings.append(SIMILAR_PERSON)
        await self._enter(unnumbered)

    def _compare(self, row: Row) -> None:
        """Note who else in the register may be the person of a row."""
        row.candidates = self.register.candidates(row.data, row.seat.commune_code, row.member_id)

    async def _enter_numbered(self, rows: Sequence[Row]) -> None:
        """Enter people with a number. Whom another sender entered meanwhile is read again; who stays unseen is in
        places that are not the actor's."""
        for row in rows:
            self._compare(row)
            if any(Shared.BIRTH_DATE in one.shared for one in row.candidates):
                row.warnings.append(NAMESAKE)
            elif row.candidates:
                row.warnings.append(SIMILAR_PERSON)
        await self._enter(rows)
        lost = [row for row in waiting(rows) if row.member is None]
        if lost:
            await self._read_numbers(lost)
            self._match(lost)
        for row in waiting(lost):
            if row.member is None:
                pointer = "/national_id" if row.data.national_id else "/social_insurance_no"
                row.reject(at(pointer, MemberElsewhere))

    async def _enter(self, rows: Sequence[Row]) -> None:
        """Enter one person for all rows that speak of the same; the first row describes them."""
        proposed: dict[object, dict[str, Any]] = {}
        for row in rows:
            proposed.setdefault(_identity(row), _entry(row))
        if not proposed:
            return
        made = await sets.enter_members(self.driver, self.actor, list(proposed.values()))
        entered = {key: _known(entry) for key, entry in proposed.items() if entry["id"] in made}
        self.entered |= {member.id: member for member in entered.values()}
        self.register.add(entered.values())
        for row in rows:
            if not _numbered(row):
                row.take(entered[_identity(row)])
        self._match([row for row in rows if row.member is None])

    def _match(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if _numbered(row):
                match = self.register.by_numbers(row.data)
            else:
                match = self.register.by_name(row.data, row.seat.commune_code)
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


def _identity(row: Row) -> object:
    """What makes two rows of one batch speak of the same person."""
    data = row.data
    if data.national_id or data.social_insurance_no:
        return data.national_id or data.social_insurance_no
    return row.seat.commune_code, (data.full_name or "").casefold(), data.birth_date


def _entry(row: Row) -> dict[str, Any]:
    """A new line of the register."""
    data = row.data
    return {
        "id": uuid7(),
        "province_code": row.seat.province_code,
        "commune_code": row.seat.commune_code,
        "full_name": data.full_name,
        "search_name": search_key(data.full_name or ""),
        "birth_date": data.birth_date,
        "sex": data.sex,
        "national_id": data.national_id,
        "social_insurance_no": data.social_insurance_no,
        "phone": data.phone,
    }


def _known(entry: Mapping[str, Any]) -> Known:
    unread = {"search_name", "sex", "phone"}
    return Known(died_on=None, **{name: value for name, value in entry.items() if name not in unread})
