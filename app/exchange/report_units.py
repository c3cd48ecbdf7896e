"""Which offices of BHXH the communes and organisations of a report stand under, and what all of them are called."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.exchange.report_rules import Standing, Unit
from app.models.organisation import Organisation
from app.places.rules import full_name

# The office is the one with the fewest communes that covers this one on the day.
_COMMUNES = text("""
select c.code, p.kind, p.name, province.code as province_code, province.kind as province_kind,
       province.name as province_name, o.code as office_code, o.name as office_name,
       above.code as above_code, above.name as above_name
  from unnest(cast(:communes as text[]), cast(:provinces as text[])) with ordinality c (code, province, n)
  left join lateral (select * from place p where p.code = c.code
                      order by p.valid_from <= :on desc, p.valid_from desc limit 1) p on true
  left join lateral (select * from place p where p.code = coalesce(c.province, province_of(c.code))
                      order by p.valid_from <= :on desc, p.valid_from desc limit 1) province on true
  left join lateral (
       select o.code, o.name from organisation o join organisation_place op on op.organisation_id = o.id
        where o.network = 'bhxh' and o.level not in ('national', 'province') and c.code = any (op.communes)
          and op.valid_from <= :on and (op.valid_to is null or op.valid_to >= :on)
          and (o.closed_on is null or o.closed_on > :on)
        order by cardinality(op.communes), o.code limit 1) o on true
  left join lateral (
       select a.code, a.name from organisation a
        where a.network = 'bhxh' and a.level = 'province' and a.province_code = province.code
          and (a.closed_on is null or a.closed_on > :on)
        order by a.code limit 1) above on true
 order by c.n
""")

_NAMES = text("""
select distinct on (p.code) p.code, p.kind, p.name from place p
 where p.code = any (cast(:codes as text[])) order by p.code, p.valid_from <= :on desc, p.valid_from desc
""")

# A commune's people do not see the provincial organisation above theirs: it is called after the province then.
_MAKER = text("""
select o.name, place.name as province,
       coalesce(a.name, case when o.level in ('national', 'province') or place.name is null then n.name_vi
                             else concat_ws(' ', replace(n.name_vi, ' Việt Nam', ''), place.kind, place.name) end)
           as above
  from organisation o
  join network n on n.code = o.network
  left join organisation_parent op on op.organisation_id = o.id and op.valid_from <= :on
       and (op.valid_to is null or op.valid_to >= :on)
  left join organisation a on a.id = op.parent_id
  left join lateral (select p.kind, p.name from place p where p.code = o.province_code
                      order by p.valid_from <= :on desc, p.valid_from desc limit 1) place on true
 where o.id = :id
""")

NATION = Unit("", "Bảo hiểm xã hội Việt Nam")
"""In charge of what lies in no province: the unions' national organisations."""
_UNSEEN = Unit("", "Tổ chức ngoài địa bàn được xem")


async def of_communes(db: AsyncSession, codes: Iterable[str], on: date) -> dict[str, Standing]:
    """What these communes stand under on a day."""
    wanted = sorted(set(codes))
    return dict(await _standings(db, wanted, [None] * len(wanted), on))


async def of_organisations(db: AsyncSession, ids: Iterable[UUID], on: date) -> dict[UUID, Standing]:
    """What these organisations stand under: a commune's under its office, a wider one under its province.

    One that lies beyond the actor's places is there without its name.
    """
    wanted = list(ids)
    stmt = select(Organisation).where(col(Organisation.id).in_(wanted))
    found = {row.id: row for row in (await db.exec(stmt)).all()}
    places = sorted({(o.commune_code, o.province_code) for o in found.values()}, key=str)
    communes, provinces = [c for c, _ in places], [p for _, p in places]
    above = dict(zip(places, [s for _, s in await _standings(db, communes, provinces, on)], strict=True))
    standings = {}
    for one in wanted:
        row = found.get(one)
        if row is None:
            standings[one] = Standing(_UNSEEN, None, NATION)
            continue
        over = above[row.commune_code, row.province_code]
        standings[one] = Standing(Unit(row.code, row.name), over.office, over.province)
    return standings


async def names_of(db: AsyncSession, codes: Iterable[str | None], on: date) -> dict[str, str]:
    """The full names of places: "Xã Thạch Lạc"."""
    wanted = sorted({code for code in codes if code})
    rows = (await (await db.connection()).execute(_NAMES, {"codes": wanted, "on": on})).all()
    return {row.code: full_name(row.kind, row.name) for row in rows}


async def maker(db: AsyncSession, actor: Actor, on: date) -> Row[Any]:
    """Who makes a report: above (what the actor's organisation stands under), its name, its province or None."""
    return (await (await db.connection()).execute(_MAKER, {"id": actor.organisation_id, "on": on})).one()


async def _standings(
    db: AsyncSession, communes: list[Any], provinces: list[Any], on: date
) -> list[tuple[str, Standing]]:
    values = {"communes": communes, "provinces": provinces, "on": on}
    rows = (await (await db.connection()).execute(_COMMUNES, values)).all()
    return [(row.code, _standing(row)) for row in rows]


def _standing(row: Row[Any]) -> Standing:
    province = NATION
    if row.province_code is not None:
        name = row.above_name or f"BHXH {full_name(row.province_kind, row.province_name)}"
        province = Unit(row.above_code or row.province_code, name)
    name = full_name(row.kind, row.name) if row.name else row.code or ""
    office = Unit(row.office_code, row.office_name) if row.office_code else None
    return Standing(Unit(row.code or "", name), office, province)
