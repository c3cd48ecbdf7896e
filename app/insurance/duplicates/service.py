"""Duplicates: of two enrolments of one person BHXH keeps one and rejects the other; no union sees those of another."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import InvalidInput, NotFound
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest
from app.core.values.references import reference_not_found
from app.core.values.time import add_months, month_of, now
from app.core.values.versions import apply_edit
from app.insurance.duplicates import queries
from app.insurance.duplicates.errors import MergeMovedOn, NotDuplicates
from app.insurance.duplicates.schemas import Duplicate, DuplicateFilter, MergeIn
from app.insurance.enrolments.errors import WrongEnrolmentStatus
from app.insurance.enrolments.lifecycle import (
    announce_enrolments,
    check_transition,
    get_reason_codes,
    transition,
)
from app.insurance.enrolments.rules import SENT_STATUSES, Action
from app.insurance.kinds import EnrolmentStatus
from app.models.insurance.enrolment import Enrolment
from app.models.insurance.enrolment_merge import EnrolmentMerge

ALREADY_REGISTERED: Final = {
    "pointer": "",
    "code": "already_registered",
    "text": "BHXH đã ghi nhận việc tham gia của người này cho cùng loại và cùng thời gian.",
}
"""The reason that the union of the dropped enrolment reads: it names nobody else."""


class StateBeforeMerge(BaseModel):
    """The fields of the dropped enrolment that a merge changes, kept so that it can be undone."""

    status: EnrolmentStatus
    reasons: list[dict[str, Any]]
    decided_at: datetime | None
    decided_by: UUID | None


async def list_duplicates(db: AsyncSession, filters: DuplicateFilter, page: PageRequest) -> Page[Duplicate]:
    """List one page of the duplicates that match the filters."""
    rows, cursor = await queries.read_duplicates(
        db, filters, [status.value for status in SENT_STATUSES], page
    )
    return Page(items=rows, next_cursor=cursor)


async def read_merge(db: AsyncSession, merge_id: UUID) -> Duplicate:
    """Read one merge, undone ones too. Raises: NotFound."""
    duplicate = await queries.find_merge_by_id(db, merge_id)
    if duplicate is None:
        raise NotFound
    return duplicate


async def merge_enrolments(db: AsyncSession, actor: Actor, body: MergeIn) -> tuple[Duplicate, bool]:
    """Keep one of two enrolments and reject the other; False when this very merge exists already.

    Raises: InvalidInput, NotFound, NotDuplicates, WrongEnrolmentStatus when the one to keep has ended or the one to
    drop is paid: then its union gives the money back first.
    """
    if body.keep == body.drop:
        raise InvalidInput.at(
            "/drop", "same_as_keep", vi="Hai đăng ký phải khác nhau.", en="Give two enrolments."
        )
    pair = await queries.lock_enrolments_by_id(db, actor, (body.keep, body.drop))
    for pointer, enrolment_id in (("/keep", body.keep), ("/drop", body.drop)):
        if enrolment_id not in pair:
            raise reference_not_found(pointer)
    existing = await queries.find_merge_of(db, actor, body.keep, body.drop)
    if existing is not None:
        return await read_merge(db, existing.id), False
    created = await _create_merge(db, actor, pair[body.keep], pair[body.drop])
    return await read_merge(db, created.id), True


async def _create_merge(db: AsyncSession, actor: Actor, keep: Enrolment, drop: Enrolment) -> EnrolmentMerge:
    if keep.status not in SENT_STATUSES:
        raise WrongEnrolmentStatus(status=keep.status)
    check_transition(drop, Action.MERGE)
    shared = await queries.compare_members(db, actor, keep.member_id, drop.member_id)
    if not shared or keep.product != drop.product or not _months_overlap(keep, drop):
        raise NotDuplicates
    state_before = StateBeforeMerge.model_validate(drop, from_attributes=True).model_dump(mode="json")
    await transition(db, actor, drop, Action.MERGE, reasons=[ALREADY_REGISTERED])
    row = EnrolmentMerge(
        id=uuid7(),
        network=actor.network,
        organisation_id=actor.organisation_id,
        province_code=drop.province_code,
        commune_code=drop.commune_code,
        product=drop.product,
        shared=[number.value for number in shared],
        keep_id=keep.id,
        drop_id=drop.id,
        before=state_before,
        dropped_version=drop.version,
        merged_by=actor.id,
    )
    db.add(row)
    await record_event(db, actor, Event.ENROLMENT_MERGED, row, _event_fields(row))
    await db.flush()
    return row


async def undo_merge(db: AsyncSession, actor: Actor, merge_id: UUID) -> Duplicate:
    """Restore the dropped enrolment to what it was before the merge.

    Raises: NotFound, MergeMovedOn when the merge was undone or the enrolment has changed since, EnrolmentExists when
    its union has entered the same anew.
    """
    duplicate = await read_merge(db, merge_id)
    assert duplicate.drop_id is not None  # noqa: S101 - every merge names the two
    locked = await queries.lock_enrolments_by_id(db, actor, (duplicate.drop_id,))
    row = await queries.lock_merge(db, actor, merge_id)
    if row is None or row.drop_id not in locked:
        raise NotFound
    dropped = locked[row.drop_id]
    if row.undone_at is not None or dropped.version != row.dropped_version:
        raise MergeMovedOn
    state_before = StateBeforeMerge.model_validate(row.before)
    apply_edit(dropped, dropped.version, dict(state_before) | {"status": state_before.status.value})
    row.undone_at, row.undone_by = now(), actor.id
    fields = {"status": dropped.status, "reasons": get_reason_codes(dropped)}
    await record_event(db, actor, Event.ENROLMENT_RESTORED, dropped, fields)
    await record_event(db, actor, Event.ENROLMENT_MERGE_UNDONE, row, _event_fields(row))
    await db.flush()
    await announce_enrolments(db, [dropped])
    return await read_merge(db, merge_id)


def _months_overlap(one: Enrolment, other: Enrolment) -> bool:
    """Whether two enrolments have a month in common."""
    begins, ends = zip(*(_month_range(row) for row in (one, other)), strict=True)
    return bool(max(begins) < min(ends))


def _month_range(row: Enrolment) -> tuple[str, str]:
    """The first month of an enrolment and the first that is no longer its."""
    first = month_of(row.from_month)
    return first, add_months(first, row.months)


def _event_fields(row: EnrolmentMerge) -> dict[str, Any]:
    return {"keep_id": str(row.keep_id), "drop_id": str(row.drop_id), "shared": row.shared}
