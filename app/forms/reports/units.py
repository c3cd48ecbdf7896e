"""Read the BHXH offices above the communes and organisations of a report, and the names of all."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.forms.reports.rules import ReportUnit, UnitHierarchy
from app.models.tenancy.organisation import Organisation
from app.places.rules import format_full_name

# The office is the one with the fewest communes that covers this one on the day.
_SELECT_HIERARCHIES = text("""
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

_SELECT_PLACE_NAMES = text("""
select distinct on (p.code) p.code, p.kind, p.name from place p
 where p.code = any (cast(:codes as text[])) order by p.code, p.valid_from <= :on desc, p.valid_from desc
""")

# A commune's people do not see the provincial organisation above theirs: it is called after the province then.
_SELECT_ISSUER = text("""
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

NATIONAL_OFFICE = ReportUnit("", "Bảo hiểm xã hội Việt Nam")
"""The office of what lies in no province: the unions' national organisations."""
_OUTSIDE_SCOPE = ReportUnit("", "Tổ chức ngoài địa bàn được xem")


async def read_commune_hierarchies(
    db: AsyncSession, codes: Iterable[str], on: date
) -> dict[str, UnitHierarchy]:
    """Read the hierarchy above these communes on a day."""
    unique_codes = sorted(set(codes))
    return dict(await _read_hierarchies(db, unique_codes, [None] * len(unique_codes), on))


async def read_organisation_hierarchies(
    db: AsyncSession, ids: Iterable[UUID], on: date
) -> dict[UUID, UnitHierarchy]:
    """Read the hierarchy above these organisations: a commune's is under its office, a wider one under its province.

    Organisations beyond the actor's places have no name.
    """
    organisation_ids = list(ids)
    stmt = select(Organisation).where(col(Organisation.id).in_(organisation_ids))
    organisations = {row.id: row for row in (await db.exec(stmt)).all()}
    places = sorted({(row.commune_code, row.province_code) for row in organisations.values()}, key=str)
    found = await _read_hierarchies(db, [place[0] for place in places], [place[1] for place in places], on)
    by_place = dict(zip(places, (hierarchy for _, hierarchy in found), strict=True))
    hierarchies = {}
    for organisation_id in organisation_ids:
        row = organisations.get(organisation_id)
        if row is None:
            hierarchies[organisation_id] = UnitHierarchy(_OUTSIDE_SCOPE, None, NATIONAL_OFFICE)
            continue
        above = by_place[row.commune_code, row.province_code]
        hierarchies[organisation_id] = UnitHierarchy(
            ReportUnit(row.code, row.name), above.office, above.province
        )
    return hierarchies


async def read_place_names(db: AsyncSession, codes: Iterable[str | None], on: date) -> dict[str, str]:
    """Read the full names of places: "Xã Thạch Lạc"."""
    unique_codes = sorted({code for code in codes if code})
    rows = (
        await (await db.connection()).execute(_SELECT_PLACE_NAMES, {"codes": unique_codes, "on": on})
    ).all()
    return {row.code: format_full_name(row.kind, row.name) for row in rows}


async def read_issuer(db: AsyncSession, actor: Actor, on: date) -> Row[Any]:
    """Read who issues a report: above (the organisation above the actor's), its name, its province or None."""
    return (
        await (await db.connection()).execute(_SELECT_ISSUER, {"id": actor.organisation_id, "on": on})
    ).one()


async def _read_hierarchies(
    db: AsyncSession, communes: list[Any], provinces: list[Any], on: date
) -> list[tuple[str, UnitHierarchy]]:
    values = {"communes": communes, "provinces": provinces, "on": on}
    rows = (await (await db.connection()).execute(_SELECT_HIERARCHIES, values)).all()
    return [(row.code, _build_hierarchy(row)) for row in rows]


def _build_hierarchy(row: Row[Any]) -> UnitHierarchy:
    province = NATIONAL_OFFICE
    if row.province_code is not None:
        name = row.above_name or f"BHXH {format_full_name(row.province_kind, row.province_name)}"
        province = ReportUnit(row.above_code or row.province_code, name)
    name = format_full_name(row.kind, row.name) if row.name else row.code or ""
    office = ReportUnit(row.office_code, row.office_name) if row.office_code else None
    return UnitHierarchy(ReportUnit(row.code or "", name), office, province)
