"""Selects pairs of members of one register with the same number.

They run on the driver's connection of the session's transaction, within what row-level security lets the actor see: a
pair is seen by those who see both of its members, and by nobody else. The pairs are not stored but found: one member of
each is pending, which an index lists, and the other is looked up by number.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.core.postgres.bulk import fetch_with_custom_plan
from app.core.postgres.database import get_driver
from app.core.values.paging import PageRequest, get_cursor_values
from app.models.people.member import Member
from app.people.kinds import NumberStatus
from app.people.number_pairs.schemas import NumberPair, PairSide

# Of two pending members each is found for the other; the pair is listed with the later one first.
_PAIRS: Final = """
select p.id as pending_id, o.id as other_id, s.shared, array[to_jsonb(p), to_jsonb(o)] as sides
  from member p
  cross join lateral (
        select f.id, array_agg(f.number order by f.number) as shared from (
            select m.id, 'national_id' as number from member m
             where m.national_id = p.national_id and m.network = p.network and m.id <> p.id
            union all
            select m.id, 'social_insurance_no' from member m
             where m.social_insurance_no = p.social_insurance_no and m.network = p.network and m.id <> p.id) f
         group by f.id) s
  join member o on o.id = s.id and (o.number_status <> 'pending' or o.id < p.id)
   and not (o.id::text = any (p.number_distinct_from) and p.id::text = any (o.number_distinct_from))
 where p.number_status = 'pending' and ($1::text is null or p.network = $1)
   and ($2::uuid is null or (p.id, o.id) < ($2, $3::uuid))
 order by p.id desc, o.id desc
 limit $4
"""

_STATUSES: Final = (NumberStatus.PENDING, NumberStatus.CONFIRMED)
"""Between the two. That the second one is pending as well would tell of a third."""


async def read_pairs(
    db: AsyncSession, actor: Actor, page: PageRequest
) -> tuple[list[NumberPair], str | None]:
    """Read one page of the pairs that are to be settled, those entered last first."""
    after = get_cursor_values(page, UUID, UUID) or (None, None)
    network = None if actor.all_networks else actor.network
    rows = await fetch_with_custom_plan(await get_driver(db), _PAIRS, network, *after, page.limit + 1)
    cursor = page.next_cursor(rows, lambda row: (row["pending_id"], row["other_id"]))
    pairs = [
        NumberPair(shared=row["shared"], members=list(map(PairSide.from_columns, row["sides"], _STATUSES)))
        for row in rows[: page.limit]
    ]
    return pairs, cursor


async def lock_members(db: AsyncSession, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Member]:
    """Lock those of these members whom the actor may see, in the order of their ids (one lock order for all)."""
    stmt = select_visible(actor, Member).where(col(Member.id).in_(ids)).order_by(col(Member.id))
    return {row.id: row for row in await db.exec(stmt.with_for_update(key_share=True))}
