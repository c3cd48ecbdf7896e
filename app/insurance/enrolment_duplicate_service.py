"""Duplicates: of two enrolments of one person BHXH keeps one and rejects the other; no union learns of another."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.core.errors import InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest
from app.core.time import add_months, month_of, now
from app.core.versions import apply_edit
from app.insurance import enrolment_duplicate_queries as queries
from app.insurance.enrolment_duplicate_schemas import Duplicate, DuplicateFilter, MergeIn
from app.insurance.enrolment_errors import EnrolmentStatus, MergeMovedOn, NotDuplicates
from app.insurance.enrolment_life import check_step, codes_of, take, tell
from app.insurance.enrolment_rules import SENT, Action, Status
from app.models.enrolment import Enrolment
from app.models.enrolment_merge import EnrolmentMerge
from app.people.errors import absent

ALREADY_REGISTERED: Final = {
    "pointer": "",
    "code": "already_registered",
    "text": "BHXH đã ghi nhận việc tham gia của người này cho cùng loại và cùng thời gian.",
}
"""What the union of the dropped enrolment is told: that it is not needed, and nothing of anybody else."""


class Before(BaseModel):
    """What a merge changes of the dropped enrolment, kept for its undoing."""

    status: Status
    reasons: list[dict[str, Any]]
    decided_at: datetime | None
    decided_by: UUID | None


async def list_duplicates(db: AsyncSession, wanted: DuplicateFilter, page: PageRequest) -> Page[Duplicate]:
    """One page of the duplicates that the filters choose."""
    rows, cursor = await queries.list_duplicates(db, wanted, [status.value for status in SENT], page)
    return Page(items=rows, next_cursor=cursor)


async def read_merge(db: AsyncSession, merge_id: UUID) -> Duplicate:
    """One merge, undone ones too. Raises: NotFound."""
    found = await queries.read_merge(db, merge_id)
    if found is None:
        raise NotFound
    return found


async def merge(db: AsyncSession, actor: Actor, body: MergeIn) -> tuple[Duplicate, bool]:
    """Keep one of two enrolments and reject the other; False when just this was done before.

    Raises: InvalidInput, NotFound, NotDuplicates, EnrolmentStatus when the one to keep is out of life, or the one to
    drop is paid: then its union gives the money back first.
    """
    if body.keep == body.drop:
        raise InvalidInput.at(
            "/drop", "same_as_keep", vi="Hai đăng ký phải khác nhau.", en="Give two enrolments."
        )
    pair = await queries.lock_pair(db, actor, (body.keep, body.drop))
    for pointer, wanted in (("/keep", body.keep), ("/drop", body.drop)):
        if wanted not in pair:
            raise absent(pointer)
    done = await queries.merge_of(db, actor, body.keep, body.drop)
    if done is not None:
        return await read_merge(db, done.id), False
    made = await _merged(db, actor, pair[body.keep], pair[body.drop])
    return await read_merge(db, made.id), True


async def _merged(db: AsyncSession, actor: Actor, keep: Enrolment, drop: Enrolment) -> EnrolmentMerge:
    if keep.status not in SENT:
        raise EnrolmentStatus(status=keep.status)
    check_step(drop, Action.MERGE)
    shared = await queries.shared_by_members(db, actor, keep.member_id, drop.member_id)
    if not shared or keep.product != drop.product or not _overlap(keep, drop):
        raise NotDuplicates
    before = Before.model_validate(drop, from_attributes=True).model_dump(mode="json")
    await take(db, actor, drop, Action.MERGE, reasons=[ALREADY_REGISTERED])
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
        before=before,
        dropped_version=drop.version,
        merged_by=actor.id,
    )
    db.add(row)
    await record(db, actor, Event.ENROLMENT_MERGED, row, _pair(row))
    await db.flush()
    return row


async def undo(db: AsyncSession, actor: Actor, merge_id: UUID) -> Duplicate:
    """Put the dropped enrolment back where it was.

    Raises: NotFound, MergeMovedOn when the merge was undone or the enrolment has changed since, EnrolmentExists when
    its union has entered the same anew.
    """
    found = await read_merge(db, merge_id)
    assert found.drop_id is not None  # noqa: S101 - every merge names the two
    pair = await queries.lock_pair(db, actor, (found.drop_id,))
    row = await queries.lock_merge(db, actor, merge_id)
    if row is None or row.drop_id not in pair:
        raise NotFound
    dropped = pair[row.drop_id]
    if row.undone_at is not None or dropped.version != row.dropped_version:
        raise MergeMovedOn
    before = Before.model_validate(row.before)
    apply_edit(dropped, dropped.version, dict(before) | {"status": before.status.value})
    row.undone_at, row.undone_by = now(), actor.id
    fields = {"status": dropped.status, "reasons": codes_of(dropped)}
    await record(db, actor, Event.ENROLMENT_RESTORED, dropped, fields)
    await record(db, actor, Event.ENROLMENT_MERGE_UNDONE, row, _pair(row))
    await db.flush()
    await tell(db, dropped)
    return await read_merge(db, merge_id)


def _overlap(one: Enrolment, other: Enrolment) -> bool:
    """Whether two enrolments have a month in common."""
    begins, ends = zip(*(_months(row) for row in (one, other)), strict=True)
    return bool(max(begins) < min(ends))


def _months(row: Enrolment) -> tuple[str, str]:
    """The first month of an enrolment and the first that is no longer its."""
    first = month_of(row.from_month)
    return first, add_months(first, row.months)


def _pair(row: EnrolmentMerge) -> dict[str, Any]:
    return {"keep_id": str(row.keep_id), "drop_id": str(row.drop_id), "shared": row.shared}
