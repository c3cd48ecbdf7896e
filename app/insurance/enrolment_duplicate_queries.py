"""Pairs of enrolments of one person, found through what their members share; and merges of such pairs.

The two lists run on the driver's connection of the session's transaction, within what row-level security lets the
actor see: a pair is seen by those who see both of its enrolments.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import scoped
from app.core.db import driver_of
from app.core.paging import PageRequest, cursor_values
from app.insurance.duplicate_rules import NUMBERS, Certainty, Shared, certainty_of, score_of, shared_by
from app.insurance.enrolment_duplicate_schemas import (
    Duplicate,
    DuplicateFilter,
    DuplicateSide,
    DuplicateStatus,
)
from app.insurance.enrolment_queries import visible_enrolments
from app.insurance.enrolment_sets import read_rows
from app.models.enrolment import Enrolment
from app.models.enrolment_merge import EnrolmentMerge
from app.models.member import Member
from app.places.queries import with_predecessors

_SIDES: Final = "array[to_jsonb(a) - 'content_hash', to_jsonb(b) - 'content_hash'] as sides"
_PLACED: Final = """
   and ($2::text is null or a.product = $2)
   and ($3::text is null or $3 in (a.province_code, b.province_code))
   and ($4::text[] is null or a.commune_code = any ($4) or b.commune_code = any ($4))
"""

# First the few members who share a number, in one walk of its index, then their enrolments. The later one is `a`.
_SAME_NUMBER: Final = """
    select one, other, array_agg(number order by number) as shared from (
        select m.id as one, p.id as other, 'national_id' as number
          from member m join member p on p.national_id = m.national_id and p.id <> m.id
        union all
        select m.id, p.id, 'social_insurance_no'
          from member m join member p on p.social_insurance_no = m.social_insurance_no and p.id <> m.id) as found
     group by one, other
"""

# Or the members of one name, commune and birth date, or birth date with day and month swapped: as `shared_by` says it.
_NAMED: Final = "p.commune_code = m.commune_code and p.search_name = m.search_name"
_APART: Final = """
 p.id <> m.id and (p.national_id = m.national_id or p.social_insurance_no = m.social_insurance_no
    or length(p.national_id) = 12 and length(m.national_id) = 12) is not true
"""
_SWAPPED: Final = """
 case when extract(day from m.birth_date) <= 12 and extract(day from m.birth_date) <> extract(month from m.birth_date)
      then make_date(extract(year from m.birth_date)::integer, extract(day from m.birth_date)::integer,
                     extract(month from m.birth_date)::integer) end
"""
ALIKE: Final = f"""
    select m.id as one, p.id as other, '{{name,birth_date,commune}}'::text[] as shared
      from member m join member p on {_NAMED} and p.birth_date = m.birth_date and {_APART}
    union all
    select m.id, p.id, '{{name,birth_date_swapped,commune}}'
      from member m join member p on {_NAMED} and p.birth_date = {_SWAPPED} and {_APART}
"""

_OPEN: Final = {
    certainty: f"""
with same as materialized ({pairs})
select 'open' as status, a.product, s.shared, {_SIDES}, a.id as later, b.id as earlier, null::uuid as merge_id,
       null::uuid as keep_id, null::uuid as drop_id, null::uuid as merged_by, null::timestamptz as merged_at,
       null::uuid as undone_by, null::timestamptz as undone_at
  from same s
  join enrolment a on a.member_id = s.one and a.status = any ($1::text[])
  join enrolment b on b.member_id = s.other and b.status = any ($1::text[]) and b.product = a.product and b.id < a.id
       and b.from_month < (a.from_month + make_interval(months => a.months))::date
       and a.from_month < (b.from_month + make_interval(months => b.months))::date
 where ($5::uuid is null or (a.id, b.id) < ($5, $6::uuid)) {_PLACED}
 order by a.id desc, b.id desc
 limit $7
"""
    for certainty, pairs in ((Certainty.CERTAIN, _SAME_NUMBER), (Certainty.PROBABLE, ALIKE))
}

_TOLD_BY: Final = {Certainty.CERTAIN: [*NUMBERS], Certainty.PROBABLE: [Shared.NAME]}
"""What the `shared` of a merge of each certainty has in it."""

_MERGES: Final = f"""
select case when g.undone_at is null then 'merged' else 'open' end as status, g.product, g.shared, {_SIDES},
       g.id as later, g.id as earlier, g.id as merge_id, g.keep_id, g.drop_id, g.merged_by, g.merged_at, g.undone_by,
       g.undone_at
  from enrolment_merge g
  join enrolment a on a.id = greatest(g.keep_id, g.drop_id)
  join enrolment b on b.id = least(g.keep_id, g.drop_id)
 where ($1::uuid is null or g.id = $1) and ($1 is not null or g.undone_at is null)
   and ($5::uuid is null or g.id < $5 and $6::uuid is not null)
   and ($8::text[] is null or g.shared && $8) {_PLACED}
 order by g.id desc
 limit $7
"""


async def list_duplicates(
    db: AsyncSession, wanted: DuplicateFilter, live: Sequence[str], page: PageRequest
) -> tuple[list[Duplicate], str | None]:
    """One page of the pairs, the one with the latest enrolment (merged: the latest merge) first.

    live: the statuses of enrolments that count.
    """
    communes = None
    if wanted.commune_code is not None:
        communes = list(await with_predecessors(db, [wanted.commune_code]))
    is_open = wanted.status is DuplicateStatus.OPEN
    sql = _OPEN[wanted.certainty] if is_open else _MERGES
    after = cursor_values(page, UUID, UUID) or (None, None)
    product = wanted.product and wanted.product.value
    rows = await read_rows(
        await driver_of(db), sql, list(live) if is_open else None, product, wanted.province_code, communes, *after,
        page.limit + 1, *(() if is_open else [_TOLD_BY[wanted.certainty]]),
    )  # fmt: skip
    cursor = page.next_cursor(rows, lambda row: (row["later"], row["earlier"]))
    return [_duplicate(row) for row in rows[: page.limit]], cursor


async def read_merge(db: AsyncSession, merge_id: UUID) -> Duplicate | None:
    """One merge, undone ones too."""
    await db.flush()
    rows = await read_rows(await driver_of(db), _MERGES, merge_id, None, None, None, None, None, 1, None)
    return _duplicate(rows[0]) if rows else None


async def lock_merge(db: AsyncSession, actor: Actor, merge_id: UUID) -> EnrolmentMerge | None:
    """A merge for a change of it."""
    stmt = scoped(actor, EnrolmentMerge).where(EnrolmentMerge.id == merge_id)
    return (await db.exec(stmt.with_for_update(key_share=True))).first()


async def lock_pair(db: AsyncSession, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Enrolment]:
    """Those of these enrolments that are the actor's, locked in the order of their ids, as every list of them is."""
    stmt = visible_enrolments(actor).where(col(Enrolment.id).in_(ids)).order_by(col(Enrolment.id))
    return {row.id: row for row in await db.exec(stmt.with_for_update(key_share=True))}


async def shared_by_members(db: AsyncSession, actor: Actor, one: UUID, other: UUID) -> list[Shared]:
    """What makes two members of the actor's one person; empty when nothing does."""
    members = (await db.exec(scoped(actor, Member).where(col(Member.id).in_((one, other))))).all()
    return shared_by(*members) if len(members) == 2 else []


async def merge_of(db: AsyncSession, actor: Actor, keep_id: UUID, drop_id: UUID) -> EnrolmentMerge | None:
    """The merge of just these two that stands."""
    stmt = scoped(actor, EnrolmentMerge).where(
        EnrolmentMerge.keep_id == keep_id,
        EnrolmentMerge.drop_id == drop_id,
        col(EnrolmentMerge.undone_at).is_(None),
    )
    return (await db.exec(stmt)).first()


def _duplicate(row: Mapping[str, Any]) -> Duplicate:
    worked_out = ("enrolments", "certainty", "score")
    same = {name: row[name] for name in Duplicate.model_fields if name not in worked_out}
    return Duplicate(
        enrolments=[DuplicateSide.of(side) for side in row["sides"]],
        certainty=certainty_of(row["shared"]),
        score=score_of(row["shared"]),
        **same,
    )
