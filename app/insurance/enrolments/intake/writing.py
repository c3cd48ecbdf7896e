"""Third stage of the intake: writes members, then enrolments, and sets the verdict of each row."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from app.core.errors import IdTaken
from app.core.values.ids import uuid7s
from app.core.values.search_key import search_key
from app.insurance.eligibility.queries import read_findings
from app.insurance.eligibility.rules import SharingStep, filter_errors, filter_warnings
from app.insurance.eligibility.terms import EligibilityQuery, PayableTerms
from app.insurance.enrolments.errors import ConflictsWithExisting, MemberInsertConflict
from app.insurance.enrolments.intake.context import IntakeContext
from app.insurance.enrolments.intake.lookups import read_live_enrolments
from app.insurance.enrolments.intake.row import (
    EnrolmentKey,
    EnrolmentRow,
    MatchedRows,
    drop_none,
    select_pending,
)
from app.insurance.enrolments.intake.schemas import Verdict
from app.insurance.enrolments.intake.statements import insert_enrolments, is_repriced, update_enrolments
from app.insurance.enrolments.release import release_in_driver
from app.insurance.errors import build_field_error
from app.insurance.kinds import EnrolmentStatus
from app.insurance.law.proof import Proof
from app.people.members.bulk import NewMember, insert_members


async def insert_new_members(context: IntakeContext, matched: MatchedRows) -> None:
    """Insert the members whom rows bring into the register.

    Raises: MemberInsertConflict, after which what was written is to be rolled back.
    """
    new_members = matched.new_members
    if not new_members:
        return
    members = [_to_new_member(id_, row) for id_, row in new_members.items()]
    if await insert_members(context.driver, context.actor, members, keep_pending=True):
        raise MemberInsertConflict


async def write_enrolments(context: IntakeContext, matched: MatchedRows) -> None:
    """Write the enrolments of matched rows, whose members are all in the register."""
    rows, new_members = matched.rows, matched.new_members
    await _reject_ineligible(context, select_pending(rows), new_members)
    await _update_enrolments(context, [row for row in select_pending(rows) if row.existing])
    created_ids = await _insert_enrolments(context, select_pending(rows))
    _copy_first_outcomes(rows)
    if not context.options.show_new_ids:
        _clear_ids(rows, created_ids | new_members.keys())


def _to_new_member(id_: UUID, row: EnrolmentRow) -> NewMember:
    data = row.data
    return NewMember(
        id=id_,
        province_code=row.commune_today.province_code,
        commune_code=row.commune_today.commune_code,
        full_name=data.full_name or "",
        search_name=search_key(data.full_name or ""),
        birth_date=data.birth_date,
        sex=data.sex,
        national_id=data.national_id,
        social_insurance_no=data.social_insurance_no,
        phone=data.phone,
    )


async def _reject_ineligible(
    context: IntakeContext, rows: Sequence[EnrolmentRow], new_members: Mapping[UUID, EnrolmentRow]
) -> None:
    """Reject submitted rows of people who may not be insured; a draft is checked when it is submitted."""
    if context.options.status is not EnrolmentStatus.SUBMITTED:
        return
    queries = []
    for row in rows:
        member_id, _, month = row.key
        described_by = new_members.get(member_id)
        new_member = described_by.data if described_by else None
        queries.append(
            EligibilityQuery(
                member_id,
                row.data.product,
                month,
                row.months,
                new_member,
                row.data.consented_on,
                SharingStep.BATCH,
                PayableTerms(
                    row.data.method,
                    row.data.monthly_income,
                    row.data.support_group,
                    row.data.months_paid_before or 0,
                    Proof.of(row.data),
                ),
                None if row.existing is None else row.existing.id,
            )
        )
    for row, findings in zip(rows, await read_findings(context.driver, queries), strict=True):
        if not findings:
            continue
        for note in filter_errors(findings):
            row.reject(note)
        row.warnings += [note for note in filter_warnings(findings) if note not in row.warnings]


async def _update_enrolments(context: IntakeContext, rows: Sequence[EnrolmentRow]) -> None:
    """Update earlier enrolments, and free what is held for those whose terms change; of two rows that move a person to
    the same month the second is rejected."""
    if not rows:
        return
    first_by_key: dict[EnrolmentKey, EnrolmentRow] = {}
    for row in rows:
        assert row.existing is not None  # noqa: S101 - chosen by it
        row.enrolment_id = row.existing.id
        first_by_key.setdefault(row.key, row)
    changed_ids = await update_enrolments(context, list(first_by_key.values()))
    for row in rows:
        if row.enrolment_id in changed_ids and first_by_key[row.key].enrolment_id == row.enrolment_id:
            row.verdict = Verdict.UPDATED
        else:
            row.reject(build_field_error("/external_ref", ConflictsWithExisting))
    repriced = [row.enrolment_id for row in rows if row.verdict is Verdict.UPDATED and is_repriced(row)]
    await release_in_driver(context.driver, context.actor, drop_none(repriced))


async def _insert_enrolments(context: IntakeContext, rows: Sequence[EnrolmentRow]) -> set[UUID]:
    """Insert the enrolments of rows; returns the ids of those that are new."""
    if not rows:
        return set()
    for row, new_id in zip(rows, uuid7s(len(rows)), strict=True):
        row.enrolment_id = row.data.id or new_id
    created_ids = await insert_enrolments(context, rows)
    for row in rows:
        if row.enrolment_id in created_ids:
            row.verdict = Verdict.CREATED
    repeated = select_pending(rows)
    if repeated:
        live = await read_live_enrolments(context.driver, {row.key for row in repeated})
        for row in repeated:
            _judge_repeated(row, live.get(row.key), created_ids)
    return created_ids


def _judge_repeated(
    row: EnrolmentRow, existing: Mapping[str, Any] | None, created_ids: Collection[UUID]
) -> None:
    """Set the verdict of a row that repeats an enrolment: one that existed, or that of an earlier row."""
    row.enrolment_id = existing["id"] if existing else None
    if existing is None and row.data.id is not None:
        row.reject(build_field_error("/id", IdTaken))
    elif existing is None:
        row.reject(build_field_error("/external_ref", ConflictsWithExisting))
    elif existing["id"] not in created_ids and existing["content_hash"].hex() == row.content_hash:
        row.verdict = Verdict.UNCHANGED
    else:
        row.verdict = Verdict.DUPLICATE


def _copy_first_outcomes(rows: Iterable[EnrolmentRow]) -> None:
    """Copy to rows that repeat an earlier one the outcome of that one."""
    for row in rows:
        first = row.first_occurrence
        if first is None:
            continue
        row.enrolment_id, row.member_id = first.enrolment_id, first.member_id
        row.errors, row.warnings, row.candidates = first.errors, first.warnings, first.candidates
        if first.verdict not in (Verdict.CREATED, Verdict.UPDATED):
            row.verdict = first.verdict


def _clear_ids(rows: Iterable[EnrolmentRow], ids: Collection[UUID]) -> None:
    """Clear these ids, which after a dry run do not exist."""
    for row in rows:
        row.enrolment_id = None if row.enrolment_id in ids else row.enrolment_id
        row.member_id = None if row.member_id in ids else row.member_id
        row.candidates = [candidate for candidate in row.candidates if candidate.member.id not in ids]
