"""Second stage of the intake: finds the earlier enrolment, member, place and group of each row; nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from app.core.errors import DomainError, IdTaken, NotFound
from app.core.values.time import first_day
from app.insurance.enrolments.errors import (
    ConflictsWithExisting,
    EnrolmentGroupEnded,
    ExternalRefRepeated,
    OwnGroupNeeded,
    PlaceUnknown,
    ReferenceClosed,
)
from app.insurance.enrolments.intake.context import IntakeContext
from app.insurance.enrolments.intake.lookups import read_communes, read_earlier_enrolments, read_groups
from app.insurance.enrolments.intake.people import match_members, read_named_members
from app.insurance.enrolments.intake.row import (
    CommuneOverTime,
    EnrolmentRow,
    ExistingEnrolment,
    MatchedRows,
    ValidRow,
    drop_none,
    select_pending,
)
from app.insurance.enrolments.intake.schemas import OnConflict, Verdict
from app.insurance.enrolments.rules import CLOSED_STATUSES, PRICED_COLUMNS
from app.insurance.enrolments.schemas import EnrolmentIn
from app.insurance.errors import build_field_error
from app.insurance.kinds import EnrolmentStatus
from app.insurance.matching.namesakes import KnownMember
from app.insurance.matching.rules import Register
from app.places.ended import commune_ended, commune_succeeded, read_ended_communes
from app.tenancy.errors import OutsideScope

_OPEN_STATUSES: Final = frozenset(
    {EnrolmentStatus.DRAFT, EnrolmentStatus.SUBMITTED, EnrolmentStatus.RETURNED}
)


async def match_rows(
    context: IntakeContext, valid_rows: Iterable[ValidRow], unwritten: Iterable[KnownMember] = ()
) -> MatchedRows:
    """Find what each row is about, or reject it.

    unwritten: members whom the rows before these bring into the register, and whom no statement can see yet.
    """
    rows = [EnrolmentRow.from_valid_row(row) for row in valid_rows]
    register = Register(unwritten)
    await _match_earlier_enrolments(context, rows)
    await read_named_members(context, register, select_pending(rows))
    await _match_places(context, select_pending(rows))
    await _match_groups(context, select_pending(rows))
    _match_repeated_refs(select_pending(rows))
    return MatchedRows(rows, await match_members(context, register, select_pending(rows)))


def can_match_ahead(rows: Iterable[ValidRow], before: MatchedRows | None) -> bool:
    """Whether rows can be matched outside the transaction that writes them, while those before are written.

    Not when a row names its person by name alone, because nobody may enter such people between the matching and the
    writing; nor when it names an enrolment that a row before may be about.
    """
    earlier = {ref for row in before.rows for ref in _enrolment_refs(row.data)} if before else set()
    return all(_names_by_number(row.data) and earlier.isdisjoint(_enrolment_refs(row.data)) for row in rows)


def _names_by_number(data: EnrolmentIn) -> bool:
    return not (data.national_id is None and data.social_insurance_no is None and data.member_id is None)


def _enrolment_refs(data: EnrolmentIn) -> list[object]:
    """The names that the sender gave an enrolment."""
    return drop_none((data.external_ref, data.id))


async def _match_earlier_enrolments(context: IntakeContext, rows: Sequence[EnrolmentRow]) -> None:
    """Match rows to enrolments that were sent before, by their reference or id."""
    refs = drop_none(row.data.external_ref for row in rows)
    ids = drop_none(row.data.id for row in rows)
    if not refs and not ids:
        return
    sent = await read_earlier_enrolments(context.driver, context.actor, refs, ids)
    by_ref = {existing["external_ref"]: existing for existing in sent if existing["own_ref"]}
    by_id = {existing["id"]: existing for existing in sent}
    updates_open = context.options.on_conflict is OnConflict.UPDATE_OPEN
    for row in rows:
        if row.data.external_ref in by_ref:
            existing = by_ref[row.data.external_ref]
            if updates_open and _is_open_change(existing, row):
                terms = {name: existing[name] for name in PRICED_COLUMNS}
                row.existing = ExistingEnrolment(
                    existing["id"], existing["member_id"], existing["version"], terms
                )
            else:
                _judge_resent(row, existing, "/external_ref", ConflictsWithExisting)
        elif row.data.id in by_id:
            _judge_resent(row, by_id[row.data.id], "/id", IdTaken)


def _is_open_change(existing: Mapping[str, Any], row: EnrolmentRow) -> bool:
    """Whether a row changes an enrolment that may still be edited."""
    is_new = existing["content_hash"].hex() != row.content_hash
    return is_new and existing["status"] in _OPEN_STATUSES and existing["product"] == row.data.product.value


def _judge_resent(
    row: EnrolmentRow, existing: Mapping[str, Any], pointer: str, error_type: type[DomainError]
) -> None:
    is_closed = existing["own_ref"] and existing["status"] in CLOSED_STATUSES
    if existing["content_hash"].hex() == row.content_hash:
        row.verdict = Verdict.UNCHANGED
        row.enrolment_id, row.member_id = existing["id"], existing["member_id"]
        if is_closed:
            row.warnings.append(build_field_error(pointer, ReferenceClosed))
    elif is_closed:
        row.reject(build_field_error(pointer, ReferenceClosed))
    else:
        row.reject(build_field_error(pointer, error_type))


async def _match_places(context: IntakeContext, rows: Sequence[EnrolmentRow]) -> None:
    """Set the commune today and in the first month; a row may name it by its code of either day, or by one that ended
    before and has one successor."""
    places = [
        (
            row.data.commune_code or (row.member.commune_code if row.member else ""),
            first_day(row.data.from_month),
        )
        for row in rows
    ]
    communes = await read_communes(context.driver, set(places), context.today)
    unnamed = [
        row for row, place in zip(rows, places, strict=True) if not _is_named(row, communes.get(place))
    ]
    codes = set(drop_none(row.data.commune_code for row in unnamed))
    ended = await read_ended_communes(context.driver, codes, context.today)
    outside = {place for place, commune in communes.items() if not _is_in_scope(context, commune)}
    for row, place in zip(rows, places, strict=True):
        commune = communes.get(place)
        before = None if _is_named(row, commune) else ended.get(row.data.commune_code or "")
        if before is not None and before.only_heir is None:
            row.reject(commune_ended("/commune_code", before))
        elif commune is None or not (before or _is_named(row, commune)):
            row.reject(build_field_error("/commune_code", PlaceUnknown))
        elif place in outside:
            row.reject(build_field_error("/commune_code", OutsideScope))
        else:
            row.commune_today, row.commune_at_start = commune
            if before is not None:
                row.warnings.append(commune_succeeded("/commune_code", before))


def _is_named(row: EnrolmentRow, commune: CommuneOverTime | None) -> bool:
    """Whether a row names its commune by the code of today or of its first month."""
    return commune is not None and commune.is_named_by(row.data.commune_code)


def _is_in_scope(context: IntakeContext, commune: CommuneOverTime) -> bool:
    return all(context.actor.covers(ref.province_code, ref.commune_code) for ref in commune)


async def _match_groups(context: IntakeContext, rows: Sequence[EnrolmentRow]) -> None:
    """Set the group of the rows that name one; a treasurer's rows all do."""
    if context.actor.groups is not None:
        for row in rows:
            if not (row.data.group_id or row.data.group_code):
                row.reject(build_field_error("/group_id", OwnGroupNeeded))
    rows = [row for row in rows if row.data.group_id or row.data.group_code]
    if not rows:
        return
    ids = drop_none(row.data.group_id for row in rows)
    codes = drop_none(row.data.group_code for row in rows)
    groups: dict[object, Mapping[str, Any]] = {}
    for group in await read_groups(context.driver, context.actor.network, ids, codes):
        groups[group["id"]] = groups[group["code"]] = group
    for row in rows:
        group = groups.get(row.data.group_id or row.data.group_code)
        pointer = "/group_id" if row.data.group_id else "/group_code"
        if group is None:
            row.reject(build_field_error(pointer, NotFound))
        elif group["ended_on"] is not None and group["ended_on"] < context.today:
            row.reject(build_field_error(pointer, EnrolmentGroupEnded))
        else:
            row.group_id = group["id"]


def _match_repeated_refs(rows: Sequence[EnrolmentRow]) -> None:
    """Keep each reference and each id of a batch for the first row that has it.

    A later row with the same content shares the first one's fate (`writing._copy_first_outcomes`), another is rejected.
    """
    first_by_ref: dict[object, EnrolmentRow] = {}
    for row in rows:
        for ref, pointer, error_type in (
            (row.data.external_ref, "/external_ref", ExternalRefRepeated),
            (row.data.id, "/id", IdTaken),
        ):
            first = row if ref is None else first_by_ref.setdefault(ref, row)
            if first is row or row.verdict is not None:
                continue
            if first.content_hash == row.content_hash:
                row.verdict, row.first_occurrence = Verdict.DUPLICATE, first
            else:
                row.reject(build_field_error(pointer, error_type))
