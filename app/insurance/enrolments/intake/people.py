"""Finds the members of rows in the network's register, or inserts them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from app.auth.actor import Actor
from app.core.errors import NotFound, Unavailable
from app.core.values.ids import uuid7s
from app.core.values.search_key import search_key
from app.insurance.enrolments.errors import ConflictsWithExisting
from app.insurance.enrolments.intake import writes
from app.insurance.enrolments.intake.row import EnrolmentRow, iter_pending
from app.insurance.enrolments.schemas import EnrolmentIn
from app.insurance.errors import build_field_error
from app.insurance.matching.errors import POSSIBLE_SAME_PERSON, SIMILAR_PERSON, MemberElsewhere
from app.insurance.matching.queries import lock_communes_for_names, read_members, read_namesakes
from app.insurance.matching.rules import (
    NO_MATCH,
    KnownMember,
    Register,
    build_namesakes_key,
    verify_match,
)
from app.insurance.matching.scoring import Shared

T = TypeVar("T")


class MemberInsertConflict(Unavailable):
    """Some of the members that were to be inserted exist already. numbers: of their rows.

    Another sender entered them meanwhile, who is seen the next time; or they are in places that are not the actor's.
    """

    def __init__(self, rows: Iterable[EnrolmentRow]) -> None:
        super().__init__()
        self.numbers = {number for row in rows for number in numbers_of(row)}


class MemberResolver:
    """Finds or inserts the members of some rows, with the part of the register that they need.

    newcomers: whom these rows are to bring into the register, by id, each with the row that describes them; entered:
    whom they did. unseen: numbers of people who are in the register, but in places that are not the actor's.
    """

    def __init__(
        self, driver: asyncpg.Connection, actor: Actor, hidden_numbers: Collection[str] = ()
    ) -> None:
        self.driver, self.actor, self.hidden_numbers = driver, actor, hidden_numbers
        self.register = Register()
        self.new_members: dict[UUID, EnrolmentRow] = {}
        self.inserted_members: dict[UUID, EnrolmentIn] = {}

    async def load_members(self, rows: Sequence[EnrolmentRow]) -> None:
        """Load the members that rows name by number or id; a `member_id` outside the scope rejects its row."""
        await self._load_by_numbers(rows)
        for row in rows:
            if row.data.member_id is not None:
                member = self.register.by_id.get(row.data.member_id)
                if member is None:
                    row.reject(build_field_error("/member_id", NotFound))
                else:
                    row.set_member(member)
            if row.existing is not None and row.verdict is None:
                self._keep_member(row, row.existing.member_id)

    def _keep_member(self, row: EnrolmentRow, member_id: UUID) -> None:
        """Keep the member of an enrolment that a row updates: the row must describe the same person."""
        known = self.register.by_id.get(member_id)
        if known is None or row.member not in (None, known):
            row.reject(build_field_error("/external_ref", ConflictsWithExisting))
        elif row.member is None:
            other_number = (
                row.data.national_id not in (None, known.national_id) and known.national_id is not None
            )
            match = verify_match(row.data, known, "/full_name")
            if match.error is not None or other_number:
                row.reject(match.error or build_field_error("/external_ref", ConflictsWithExisting))
            else:
                row.warnings += match.warnings
                row.set_member(known)

    async def resolve(self, rows: Sequence[EnrolmentRow]) -> None:
        """Set the member of every row: found by number, else by name, else a new one. Rows need their places.

        Those with a number are proposed first, so that a row without one finds them in whatever order they came.
        """
        unknown = [row for row in rows if row.member is None]
        numbered = [row for row in unknown if _has_number(row)]
        unnumbered = [row for row in unknown if not _has_number(row)]
        self._match(numbered)
        numbered = [row for row in iter_pending(numbered) if row.member is None]
        if unnumbered:
            communes = {row.commune_today.commune_code for row in unnumbered}
            await lock_communes_for_names(self.driver, self.actor.network, communes)
        keys = set(
            drop_none(
                build_namesakes_key(row.data, row.commune_today.commune_code)
                for row in (*numbered, *unnumbered)
            )
        )
        if keys:
            self.register.add(await read_namesakes(self.driver, self.actor.network, keys))
        self._add_numbered(numbered)
        self._match(unnumbered)
        for row in unnumbered:
            self._set_candidates(row)
        unnumbered = [row for row in iter_pending(unnumbered) if row.member is None]
        for row in unnumbered:
            if row.candidates:
                row.warnings.append(SIMILAR_PERSON)
        self._add_new_members(unnumbered)

    async def insert_new_members(self) -> None:
        """Insert the new members. Raises: MemberInsertConflict."""
        if not self.new_members:
            return
        inserted_ids = await writes.insert_new_members(
            self.driver, self.actor, _to_member_columns(self.new_members)
        )
        self.inserted_members = {
            id_: row.data for id_, row in self.new_members.items() if id_ in inserted_ids
        }
        if len(inserted_ids) < len(self.new_members):
            raise MemberInsertConflict(
                row for id_, row in self.new_members.items() if id_ not in inserted_ids
            )

    def get_new_members(self) -> list[KnownMember]:
        """The new members as the register will have them."""
        return [self.register.by_id[id_] for id_ in self.new_members]

    def _set_candidates(self, row: EnrolmentRow) -> None:
        """Set the other members of the register who may be the person of a row."""
        row.candidates = self.register.find_candidates(
            row.data, row.commune_today.commune_code, row.member_id
        )

    def _add_numbered(self, rows: Sequence[EnrolmentRow]) -> None:
        for row in rows:
            if self.hidden_numbers and any(number in self.hidden_numbers for number in numbers_of(row)):
                pointer = "/national_id" if row.data.national_id else "/social_insurance_no"
                row.reject(build_field_error(pointer, MemberElsewhere))
                continue
            self._set_candidates(row)
            if any(Shared.BIRTH_DATE in candidate.shared for candidate in row.candidates):
                row.warnings.append(POSSIBLE_SAME_PERSON)
            elif row.candidates:
                row.warnings.append(SIMILAR_PERSON)
        # The citizen's number first: a row with only the other one may mean somebody who has both.
        self._add_new_members(sorted(iter_pending(rows), key=lambda row: row.data.national_id is None))

    def _add_new_members(self, rows: Sequence[EnrolmentRow]) -> None:
        """Add one new member for all rows about the same person; the first row describes them."""
        added_by_identity: dict[object, KnownMember] = {}
        for id_, row in zip(uuid7s(len(rows)), rows, strict=True):
            if _has_number(row):
                self._match([row])  # somebody whom an earlier row proposed
                if row.member is None and row.verdict is None:
                    self._add_new_member(id_, row)
            elif (identity := _identity_of(row)) in added_by_identity:
                row.set_member(added_by_identity[identity])
            else:
                added_by_identity[identity] = self._add_new_member(id_, row)

    def _add_new_member(self, id_: UUID, row: EnrolmentRow) -> KnownMember:
        member = _to_known_member(id_, row)
        self.register.add([member])
        self.new_members[id_] = row
        row.set_member(member)
        return member

    def _match(self, rows: Iterable[EnrolmentRow]) -> None:
        for row in rows:
            if _has_number(row):
                match = self.register.find_by_numbers(row.data)
            else:
                match = self.register.find_by_name(row.data, row.commune_today.commune_code)
            if match is NO_MATCH:
                continue
            row.warnings += match.warnings
            if match.error is not None:
                row.reject(match.error)
            elif match.member is not None:
                row.set_member(match.member)

    async def _load_by_numbers(self, rows: Sequence[EnrolmentRow]) -> None:
        """Load the members who have one of the rows' numbers or ids."""
        numbers = (
            drop_none(row.data.national_id for row in rows),
            drop_none(row.data.social_insurance_no for row in rows),
            drop_none(row.existing.member_id if row.existing else row.data.member_id for row in rows),
        )
        if any(numbers):
            self.register.add(await read_members(self.driver, self.actor.network, *numbers))


def drop_none(values: Iterable[T | None]) -> list[T]:
    """The values that are not None."""
    return [value for value in values if value is not None]


def _has_number(row: EnrolmentRow) -> bool:
    return row.data.national_id is not None or row.data.social_insurance_no is not None


def numbers_of(row: EnrolmentRow) -> list[str]:
    """The numbers by which a row names its person."""
    return drop_none((row.data.national_id, row.data.social_insurance_no))


def _identity_of(row: EnrolmentRow) -> object:
    """The key under which two rows without a number are about the same person."""
    return row.commune_today.commune_code, (row.data.full_name or "").casefold(), row.data.birth_date


def _to_member_columns(new_members: Mapping[UUID, EnrolmentRow]) -> list[list[Any]]:
    """Columns of the new members, in the order of `writes.MEMBER_SHAPE`."""
    communes = [row.commune_today for row in new_members.values()]
    data = [row.data for row in new_members.values()]
    return [
        [*new_members],
        [seat.province_code for seat in communes],
        [seat.commune_code for seat in communes],
        [person.full_name for person in data],
        [search_key(person.full_name or "") for person in data],
        [person.birth_date for person in data],
        [person.sex for person in data],
        [person.national_id for person in data],
        [person.social_insurance_no for person in data],
        [person.phone for person in data],
    ]


def _to_known_member(id_: UUID, row: EnrolmentRow) -> KnownMember:
    """The new member of a row as the register will have them."""
    data, commune = row.data, row.commune_today
    return KnownMember(
        id=id_,
        full_name=data.full_name or "",
        birth_date=data.birth_date,
        national_id=data.national_id,
        social_insurance_no=data.social_insurance_no,
        died_on=None,
        province_code=commune.province_code,
        commune_code=commune.commune_code,
    )
