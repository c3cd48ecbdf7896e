"""Selects pairs of enrolments of one person, found through what their members share; and merges of such pairs.

The two lists run on the driver's connection of the session's transaction, within what row-level security lets the
actor see: a pair is seen by those who see both of its enrolments.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.core.postgres.bulk import fetch_with_custom_plan
from app.core.postgres.database import get_driver
from app.core.values.paging import PageRequest, get_cursor_values
from app.insurance.duplicates.schemas import Duplicate, DuplicateFilter, DuplicateSide, DuplicateStatus
from app.insurance.matching.scoring import (
    IDENTITY_NUMBERS,
    Certainty,
    Shared,
    classify_certainty,
    compare_entries,
    score_shared,
)
from app.insurance.queries import select_visible_rows
from app.models.insurance.enrolment import Enrolment
from app.models.insurance.enrolment_merge import EnrolmentMerge
from app.models.people.member import Member
from app.places.queries import expand_to_predecessors

_SIDES_COLUMN: Final = "array[to_jsonb(a) - 'content_hash', to_jsonb(b) - 'content_hash'] as sides"
_FILTERS: Final = """
   and ($2::text is null or a.product = $2)
   and ($3::text is null or $3 in (a.province_code, b.province_code))
   and ($4::text[] is null or a.commune_code = any ($4) or b.commune_code = any ($4))
"""

# First the few members who share a number, in one walk of its index, then their enrolments. The later one is `a`.
_CERTAIN_PAIRS: Final = """
    select one, other, array_agg(number order by number) as shared from (
        select m.id as one, p.id as other, 'national_id' as number
          from member m join member p on p.national_id = m.national_id and p.id <> m.id
        union all
        select m.id, p.id, 'social_insurance_no'
          from member m join member p on p.social_insurance_no = m.social_insurance_no and p.id <> m.id) as found
     group by one, other
"""

# Or members with the same name, commune and birth date (day and month may be swapped), as in `compare_entries`.
_SAME_NAME_AND_COMMUNE: Final = "p.commune_code = m.commune_code and p.search_name = m.search_name"
_NO_DECISIVE_NUMBER: Final = """
 p.id <> m.id and (p.national_id = m.national_id or p.social_insurance_no = m.social_insurance_no
    or length(p.national_id) = 12 and length(m.national_id) = 12) is not true
"""
_SWAPPED_BIRTH_DATE: Final = """
 case when extract(day from m.birth_date) <= 12 and extract(day from m.birth_date) <> extract(month from m.birth_date)
      then make_date(extract(year from m.birth_date)::integer, extract(day from m.birth_date)::integer,
                     extract(month from m.birth_date)::integer) end
"""
PROBABLE_PAIRS: Final = f"""
    select m.id as one, p.id as other, '{{name,birth_date,commune}}'::text[] as shared
      from member m join member p on {_SAME_NAME_AND_COMMUNE} and p.birth_date = m.birth_date and {_NO_DECISIVE_NUMBER}
    union all
    select m.id, p.id, '{{name,birth_date_swapped,commune}}'
      from member m join member p
        on {_SAME_NAME_AND_COMMUNE} and p.birth_date = {_SWAPPED_BIRTH_DATE} and {_NO_DECISIVE_NUMBER}
"""

_OPEN_DUPLICATES: Final = {
    certainty: f"""
with same as materialized ({pairs})
select 'open' as status, a.product, s.shared, {_SIDES_COLUMN}, a.id as later, b.id as earlier, null::uuid as merge_id,
       null::uuid as keep_id, null::uuid as drop_id, null::uuid as merged_by, null::timestamptz as merged_at,
       null::uuid as undone_by, null::timestamptz as undone_at
  from same s
  join enrolment a on a.member_id = s.one and a.status = any ($1::text[])
  join enrolment b on b.member_id = s.other and b.status = any ($1::text[]) and b.product = a.product and b.id < a.id
       and b.from_month < (a.from_month + make_interval(months => a.months))::date
       and a.from_month < (b.from_month + make_interval(months => b.months))::date
 where ($5::uuid is null or (a.id, b.id) < ($5, $6::uuid)) {_FILTERS}
 order by a.id desc, b.id desc
 limit $7
"""
    for certainty, pairs in ((Certainty.CERTAIN, _CERTAIN_PAIRS), (Certainty.PROBABLE, PROBABLE_PAIRS))
}

_SHARED_BY_CERTAINTY: Final = {Certainty.CERTAIN: [*IDENTITY_NUMBERS], Certainty.PROBABLE: [Shared.NAME]}
"""What the `shared` of a merge of each certainty has in it."""

_MERGES: Final = f"""
select case when g.undone_at is null then 'merged' else 'open' end as status, g.product, g.shared, {_SIDES_COLUMN},
       g.id as later, g.id as earlier, g.id as merge_id, g.keep_id, g.drop_id, g.merged_by, g.merged_at, g.undone_by,
       g.undone_at
  from enrolment_merge g
  join enrolment a on a.id = greatest(g.keep_id, g.drop_id)
  join enrolment b on b.id = least(g.keep_id, g.drop_id)
 where ($1::uuid is null or g.id = $1) and ($1 is not null or g.undone_at is null)
   and ($5::uuid is null or g.id < $5 and $6::uuid is not null)
   and ($8::text[] is null or g.shared && $8) {_FILTERS}
 order by g.id desc
 limit $7
"""


async def read_duplicates(
    db: AsyncSession, filters: DuplicateFilter, live_statuses: Sequence[str], page: PageRequest
) -> tuple[list[Duplicate], str | None]:
    """Read one page of the pairs, the one with the latest enrolment (merged: the latest merge) first.

    live_statuses: the statuses of enrolments that count.
    """
    communes = None
    if filters.commune_code is not None:
        communes = list(await expand_to_predecessors(db, [filters.commune_code]))
    is_open = filters.status is DuplicateStatus.OPEN
    sql = _OPEN_DUPLICATES[filters.certainty] if is_open else _MERGES
    after = get_cursor_values(page, UUID, UUID) or (None, None)
    product = filters.product and filters.product.value
    rows = await fetch_with_custom_plan(
        await get_driver(db),
        sql,
        list(live_statuses) if is_open else None,
        product,
        filters.province_code,
        communes,
        *after,
        page.limit + 1,
        *(() if is_open else [_SHARED_BY_CERTAINTY[filters.certainty]]),
    )
    cursor = page.next_cursor(rows, lambda row: (row["later"], row["earlier"]))
    return [_to_duplicate(row) for row in rows[: page.limit]], cursor


async def find_merge_by_id(db: AsyncSession, merge_id: UUID) -> Duplicate | None:
    """Find one merge, undone ones too."""
    await db.flush()
    rows = await fetch_with_custom_plan(
        await get_driver(db), _MERGES, merge_id, None, None, None, None, None, 1, None
    )
    return _to_duplicate(rows[0]) if rows else None


async def lock_merge(db: AsyncSession, actor: Actor, merge_id: UUID) -> EnrolmentMerge | None:
    """Lock a merge for a change of it."""
    stmt = select_visible(actor, EnrolmentMerge).where(EnrolmentMerge.id == merge_id)
    return (await db.exec(stmt.with_for_update(key_share=True))).first()


async def lock_enrolments_by_id(
    db: AsyncSession, actor: Actor, ids: Collection[UUID]
) -> dict[UUID, Enrolment]:
    """Lock those of these enrolments that the actor may see, in the order of their ids (one lock order for all)."""
    stmt = select_visible_rows(actor, Enrolment).where(col(Enrolment.id).in_(ids)).order_by(col(Enrolment.id))
    return {row.id: row for row in await db.exec(stmt.with_for_update(key_share=True))}


async def compare_members(db: AsyncSession, actor: Actor, one: UUID, other: UUID) -> list[Shared]:
    """What two members of the actor share that makes them one person; empty when nothing does."""
    members = (await db.exec(select_visible(actor, Member).where(col(Member.id).in_((one, other))))).all()
    return compare_entries(*members) if len(members) == 2 else []


async def find_merge_of(
    db: AsyncSession, actor: Actor, keep_id: UUID, drop_id: UUID
) -> EnrolmentMerge | None:
    """Find the merge of exactly these two that is not undone."""
    stmt = select_visible(actor, EnrolmentMerge).where(
        EnrolmentMerge.keep_id == keep_id,
        EnrolmentMerge.drop_id == drop_id,
        col(EnrolmentMerge.undone_at).is_(None),
    )
    return (await db.exec(stmt)).first()


def _to_duplicate(row: Mapping[str, Any]) -> Duplicate:
    computed = ("enrolments", "certainty", "score")
    same = {name: row[name] for name in Duplicate.model_fields if name not in computed}
    return Duplicate(
        enrolments=[DuplicateSide.from_columns(side) for side in row["sides"]],
        certainty=classify_certainty(row["shared"]),
        score=score_shared(row["shared"]),
        **same,
    )
