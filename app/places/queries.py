"""Selects over places. They are the same for everybody: a place is nobody's property."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.places.rules import Level, PlaceQuery

PlaceRow = Row[Any]

_FIELDS = (
    "p.code, p.level, p.kind, p.name, p.parent_code, p.valid_from, p.valid_to,"
    " p.latitude, p.longitude, p.area_km2, p.search_name"
)

# A block has at most four above it: hamlet, commune, district, province.
_TABLE_ALIASES = ("p", "a1", "a2", "a3", "a4")


def _ancestor_columns(column: str) -> str:
    ancestors = ", ".join(f"{alias}.{column}" for alias in _TABLE_ALIASES[1:])
    return f"array_remove(array[{ancestors}], null) as above_{column}"


# Upwards from the parent to the province, as they stood on the row's day. (Joins and not a recursion, which the
# planner takes for a thousand times more than it is.)
_WITH_ANCESTORS = (
    f"select p.*, {', '.join(map(_ancestor_columns, ('code', 'level', 'kind', 'name')))} from ({{rows}}) p"
    + "".join(
        f" left join place {above} on {above}.code = {below}.parent_code and {above}.level <> 'country'"
        f" and {above}.valid_from <= p.day and ({above}.valid_to is null or {above}.valid_to >= p.day)"
        for below, above in pairwise(_TABLE_ALIASES)
    )
    + " order by {order}"
)

_LIST = text(
    _WITH_ANCESTORS.format(
        rows=f"""
        select {_FIELDS}, coalesce(m.rank, 0) as rank, cast(:on as date) as day
          from place p
          left join lateral (
            select min(case when lower(p.name) = w.name then 0
                            when p.search_name = w.key then 1
                            when starts_with(p.search_name, w.key) then 2
                            else 3 end * 10 + array_position(cast(:levels as text[]), p.level)) as rank
              from unnest(cast(:keys as text[]), cast(:names as text[]), cast(:kinds as text[]))
                   as w (key, name, kind)
             where (w.kind is null or w.kind = p.kind) and strpos(' ' || p.search_name, ' ' || w.key) > 0
          ) m on cast(:keys as text[]) is not null
         where p.valid_from <= :on and (p.valid_to is null or p.valid_to >= :on)
           and (cast(:keys as text[]) is null or m.rank is not null)
           and (cast(:level as text) is null or p.level = :level)
           and (cast(:parent_code as text) is null or p.parent_code = :parent_code)
           and (cast(:kind as text) is null or p.kind = :kind)
           and (cast(:after_rank as int) is null
                or (coalesce(m.rank, 0), p.search_name collate "C", p.code collate "C")
                   > (:after_rank, cast(:after_name as text), cast(:after_code as text)))
         order by coalesce(m.rank, 0), p.search_name collate "C", p.code collate "C"
         limit :limit""",
        order='p.rank, p.search_name collate "C", p.code collate "C"',
    )
)

_ERAS = text(
    _WITH_ANCESTORS.format(
        rows=f"""
        select {_FIELDS}, coalesce(p.valid_to, greatest(p.valid_from, :today)) as day
          from place p where p.code = :code""",
        order="p.valid_from",
    )
)

_ON = text(
    _WITH_ANCESTORS.format(
        rows=f"""
        select {_FIELDS}, cast(:on as date) as day
          from place p
         where p.code = :code and p.valid_from <= :on and (p.valid_to is null or p.valid_to >= :on)""",
        order="p.code",
    )
)

_PREDECESSORS = text("""
select s.on_date, s.share, s.is_default, p.code, p.level, p.kind, p.name
  from place_succession s
  join place p on p.code = s.old_code and p.valid_to = s.on_date - 1
 where s.new_code = :code
 order by s.on_date, p.code
""")

_SUCCESSORS = text("""
select s.on_date, s.share, s.is_default, p.code, p.level, p.kind, p.name
  from place_succession s
  join place p on p.code = s.new_code and p.valid_from = s.on_date
 where s.old_code = :code
 order by s.on_date, s.is_default desc, p.code
""")

_DEFAULT_SUCCESSOR = text("""
select s.new_code from place_succession s where s.old_code = :code and s.is_default and s.on_date = :on
""")

_DESCENDANT_COMMUNES = text("""
with recursive below as (
    select p.code, p.level from place p
     where p.code = :code and p.valid_from <= :on and (p.valid_to is null or p.valid_to >= :on)
    union all
    select p.code, p.level from below b
      join place p on p.parent_code = b.code and p.level in ('province', 'district', 'commune')
     where p.valid_from <= :on and (p.valid_to is null or p.valid_to >= :on)
)
select code from below where level = 'commune' order by code
""")

_WITH_PREDECESSORS = text("""
with recursive lineage(code) as (
    select unnest(cast(:codes as text[]))
    union
    select s.old_code from lineage l join place_succession s on s.new_code = l.code
)
select code from lineage order by code
""")

_RESOLVE_SUCCESSORS = text("""
with recursive heir(origin, code, day) as (
    select code, code, cast(:happened_on as date) from unnest(cast(:codes as text[])) given(code)
    union all
    select h.origin, s.new_code, s.on_date
      from heir h
      join place_succession s
        on s.old_code = h.code and s.is_default and s.on_date > h.day and s.on_date <= :on
)
select distinct on (origin) origin, code from heir order by origin, day desc
""")


async def fetch_rows(
    db: AsyncSession, statement: TextClause, values: Mapping[str, Any]
) -> Sequence[Row[Any]]:
    """Run a statement in the session's transaction and fetch all its rows."""
    return (await (await db.connection()).execute(statement, values)).all()


async def read_places(
    db: AsyncSession,
    *,
    on: date,
    name_queries: Sequence[PlaceQuery] | None,
    filters: Mapping[str, str | None],
    after: tuple[Any, ...] | None,
    limit: int,
) -> Sequence[PlaceRow]:
    """Read the places in force on the day, each with its ancestors, ordered by (rank, search_name, code).

    name_queries: meanings of the typed name, None for every name. The rank prefers the name as typed with
    its diacritics, then the whole name, its beginning, and the beginning of a later word; then higher levels.
    filters: level, parent_code and kind. after: the last row's order, to go on behind it.
    """
    after_rank, after_name, after_code = after or (None, None, None)
    queries = name_queries or ()
    values = {
        "on": on,
        "levels": [level.value for level in Level],
        "keys": None if name_queries is None else [query.key for query in queries],
        "names": [query.name for query in queries],
        "kinds": [query.kind for query in queries],
        **{name: filters.get(name) for name in ("level", "parent_code", "kind")},
        "after_rank": after_rank,
        "after_name": after_name,
        "after_code": after_code,
        "limit": limit,
    }
    return await fetch_rows(db, _LIST, values)


async def find_place_on(db: AsyncSession, code: str, on: date) -> PlaceRow | None:
    """Find the unit that has the code on the day, with its ancestors (`above_code`, … from the parent up)."""
    rows = await fetch_rows(db, _ON, {"code": code, "on": on})
    return rows[0] if rows else None


async def read_eras(db: AsyncSession, code: str, today: date) -> Sequence[PlaceRow]:
    """Read every unit that had the code, oldest first, with its last ancestors."""
    return await fetch_rows(db, _ERAS, {"code": code, "today": today})


async def read_predecessors(db: AsyncSession, code: str) -> Sequence[Row[Any]]:
    """Read the predecessors of a code's units: on_date, share, is_default, code, level, kind, name."""
    return await fetch_rows(db, _PREDECESSORS, {"code": code})


async def read_successors(db: AsyncSession, code: str) -> Sequence[Row[Any]]:
    """Read the successors of a code's units, the default first; columns as in `read_predecessors`."""
    return await fetch_rows(db, _SUCCESSORS, {"code": code})


async def find_default_successor(db: AsyncSession, code: str, on: date) -> str | None:
    """Find the default successor of a unit that ended on the day before."""
    rows = await fetch_rows(db, _DEFAULT_SUCCESSOR, {"code": code, "on": on})
    return rows[0].new_code if rows else None


async def read_descendant_communes(db: AsyncSession, code: str, on: date) -> list[str]:
    """Read the codes of the communes of a country, province or district on the day, or of the commune itself."""
    return [row.code for row in await fetch_rows(db, _DESCENDANT_COMMUNES, {"code": code, "on": on})]


async def expand_to_predecessors(db: AsyncSession, codes: Iterable[str]) -> list[str]:
    """Expand codes to include those of all units that became (part of) them, as a scope over them does."""
    return [row.code for row in await fetch_rows(db, _WITH_PREDECESSORS, {"codes": list(codes)})]


async def resolve_successors(
    db: AsyncSession, codes: Iterable[str], *, happened_on: date, on: date
) -> dict[str, str]:
    """Resolve units of an earlier day to the units of a later day that their facts count in (default successor).

    A code with no succession between the two days stands for itself.
    """
    values = {"codes": list(codes), "happened_on": happened_on, "on": on}
    return {row.origin: row.code for row in await fetch_rows(db, _RESOLVE_SUCCESSORS, values)}
