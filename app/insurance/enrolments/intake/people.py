"""Finds the members of rows in the network's register, or describes new ones; part of the second stage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from app.core.errors import NotFound
from app.core.values.ids import uuid7s
from app.insurance.enrolments.errors import ConflictsWithExisting
from app.insurance.enrolments.intake.context import IntakeContext
from app.insurance.enrolments.intake.row import EnrolmentRow, drop_none, select_pending
from app.insurance.errors import build_field_error
from app.insurance.matching.errors import POSSIBLE_SAME_PERSON, SIMILAR_PERSON
from app.insurance.matching.namesakes import KnownMember
from app.insurance.matching.queries import lock_communes_for_names, read_members, read_namesakes
from app.insurance.matching.rules import NO_MATCH, Register, build_namesakes_key, verify_match
from app.insurance.matching.scoring import Shared


@dataclass(slots=True)
class _People:
    """The part of the register that rows need, and whom they bring into it, each with the row that describes them."""

    register: Register
    new_members: dict[UUID, EnrolmentRow] = field(default_factory=dict)


async def read_named_members(
    context: IntakeContext, register: Register, rows: Sequence[EnrolmentRow]
) -> None:
    """Read the members that rows name by number or id; a `member_id` outside the scope rejects its row."""
    numbers = (
        drop_none(row.data.national_id for row in rows),
        drop_none(row.data.social_insurance_no for row in rows),
        drop_none(row.existing.member_id if row.existing else row.data.member_id for row in rows),
    )
    if any(numbers):
        register.add(await read_members(context.driver, context.actor.network, *numbers))
    for row in rows:
        if row.data.member_id is not None:
            member = register.by_id.get(row.data.member_id)
            if member is None:
                row.reject(build_field_error("/member_id", NotFound))
            else:
                row.set_member(member)
        if row.existing is not None and row.verdict is None:
            _keep_member(row, register.by_id.get(row.existing.member_id))


def _keep_member(row: EnrolmentRow, known: KnownMember | None) -> None:
    """Keep the member of an enrolment that a row updates: the row must describe the same person."""
    if known is None or row.member not in (None, known):
        row.reject(build_field_error("/external_ref", ConflictsWithExisting))
    elif row.member is None:
        other_number = row.data.national_id not in (None, known.national_id) and known.national_id is not None
        match = verify_match(row.data, known, "/full_name")
        if match.error is not None or other_number:
            row.reject(match.error or build_field_error("/external_ref", ConflictsWithExisting))
        else:
            row.warnings += match.warnings
            row.set_member(known)


async def match_members(
    context: IntakeContext, register: Register, rows: Sequence[EnrolmentRow]
) -> dict[UUID, EnrolmentRow]:
    """Set the member of every row: found by number, else by name, else a new one. Rows need their places.

    Those with a number are proposed first, so that a row without one finds them in whatever order they came.
    Returns: the new members, by id, each with the row that describes them.
    """
    people = _People(register)
    unknown = [row for row in rows if row.member is None]
    numbered = [row for row in unknown if row.has_number]
    unnumbered = [row for row in unknown if not row.has_number]
    _match(register, numbered)
    numbered = [row for row in select_pending(numbered) if row.member is None]
    await _read_namesakes(context, register, numbered, unnumbered)
    _add_numbered(people, numbered)
    _match(register, unnumbered)
    _add_unnumbered(people, unnumbered)
    return people.new_members


def _match(register: Register, rows: Iterable[EnrolmentRow]) -> None:
    """Set the member of the rows whose person is in the register."""
    for row in rows:
        if row.has_number:
            match = register.find_by_numbers(row.data)
        else:
            match = register.find_by_name(row.data, row.commune_today.commune_code)
        if match is NO_MATCH:
            continue
        row.warnings += match.warnings
        if match.error is not None:
            row.reject(match.error)
        elif match.member is not None:
            row.set_member(match.member)


async def _read_namesakes(
    context: IntakeContext,
    register: Register,
    numbered: Sequence[EnrolmentRow],
    unnumbered: Sequence[EnrolmentRow],
) -> None:
    """Read the people whom rows may mean by name; where that decides, nobody else may enter such people meanwhile."""
    network = context.actor.network
    if unnumbered:
        communes = {row.commune_today.commune_code for row in unnumbered}
        await lock_communes_for_names(context.driver, network, communes)
    wanted = {
        (key, row.data.birth_date)
        for row in (*numbered, *unnumbered)
        if row.data.birth_date
        and (key := build_namesakes_key(row.data, row.commune_today.commune_code)) is not None
    }
    if wanted:
        read = await read_namesakes(context.driver, network, wanted)
        register.add(read.members)
        register.add_crowds(read.crowds)


def _add_numbered(people: _People, rows: Sequence[EnrolmentRow]) -> None:
    """Add the people whose number nobody whom the actor sees has."""
    for row in rows:
        _set_candidates(people.register, row)
        if any(Shared.BIRTH_DATE in candidate.shared for candidate in row.candidates):
            row.warnings.append(POSSIBLE_SAME_PERSON)
        elif row.candidates:
            row.warnings.append(SIMILAR_PERSON)
    # The citizen's number first: a row with only the other one may mean somebody who has both.
    pending = sorted(select_pending(rows), key=lambda row: row.data.national_id is None)
    for id_, row in zip(uuid7s(len(pending)), pending, strict=True):
        _match(people.register, [row])  # somebody whom an earlier row described
        if row.member is None and row.verdict is None:
            _add_new_member(people, id_, row)


def _add_unnumbered(people: _People, rows: Sequence[EnrolmentRow]) -> None:
    """Add the people without a number who are not in the register: one for all rows about the same person, whom the
    first row describes."""
    for row in rows:
        _set_candidates(people.register, row)
    pending = [row for row in select_pending(rows) if row.member is None]
    for row in pending:
        if row.candidates:
            row.warnings.append(SIMILAR_PERSON)
    added_by_identity: dict[object, KnownMember] = {}
    for id_, row in zip(uuid7s(len(pending)), pending, strict=True):
        identity = row.commune_today.commune_code, (row.data.full_name or "").casefold(), row.data.birth_date
        if identity in added_by_identity:
            row.set_member(added_by_identity[identity])
        else:
            added_by_identity[identity] = _add_new_member(people, id_, row)


def _set_candidates(register: Register, row: EnrolmentRow) -> None:
    """Set the other members of the register who may be the person of a row."""
    row.candidates = register.find_candidates(row.data, row.commune_today.commune_code, row.member_id)


def _add_new_member(people: _People, id_: UUID, row: EnrolmentRow) -> KnownMember:
    """Add the new member of a row, as the register will have them."""
    data, commune = row.data, row.commune_today
    member = KnownMember(
        id=id_,
        full_name=data.full_name or "",
        birth_date=data.birth_date,
        national_id=data.national_id,
        social_insurance_no=data.social_insurance_no,
        died_on=None,
        province_code=commune.province_code,
        commune_code=commune.commune_code,
    )
    people.register.add([member])
    people.new_members[id_] = row
    row.set_member(member)
    return member
