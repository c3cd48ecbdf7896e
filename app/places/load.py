"""Load the vendored administrative units, once for every version of the data."""

import csv
import hashlib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg

from app.core.values.search_key import search_key

DATA = Path(__file__).parent / "data"

_CREATE_STAGING = """
create temporary table staged_place (like place including defaults) on commit drop;
create temporary table staged_succession (like place_succession including defaults) on commit drop;
"""

# Only what differs is written, and what the data no longer has goes; what users added stays.
_MERGE_PLACES = """
with gone as (
    delete from place p
     where p.created_by_org is null
       and not exists (select from staged_place s where s.code = p.code and s.valid_from = p.valid_from)
    returning 1
), written as (
    insert into place (code, valid_from, valid_to, level, name, kind, parent_code, search_name,
                       latitude, longitude, area_km2)
    select code, valid_from, valid_to, level, name, kind, parent_code, search_name,
           latitude, longitude, area_km2
      from staged_place
    on conflict (code, valid_from) do update
       set valid_to = excluded.valid_to, level = excluded.level, name = excluded.name, kind = excluded.kind,
           parent_code = excluded.parent_code, search_name = excluded.search_name,
           latitude = excluded.latitude, longitude = excluded.longitude, area_km2 = excluded.area_km2
     where (place.valid_to, place.level, place.name, place.kind, place.parent_code, place.search_name,
            place.latitude, place.longitude, place.area_km2)
           is distinct from
           (excluded.valid_to, excluded.level, excluded.name, excluded.kind, excluded.parent_code,
            excluded.search_name, excluded.latitude, excluded.longitude, excluded.area_km2)
    returning 1
)
select (select count(*) from gone) + (select count(*) from written)
"""

_MERGE_SUCCESSION = """
with gone as (
    delete from place_succession p
     where not exists (select from staged_succession s
                        where (s.old_code, s.new_code, s.on_date) = (p.old_code, p.new_code, p.on_date))
    returning 1
), written as (
    insert into place_succession (old_code, new_code, on_date, share, is_default)
    select old_code, new_code, on_date, share, is_default from staged_succession
    on conflict (old_code, new_code, on_date) do update
       set share = excluded.share, is_default = excluded.is_default
     where (place_succession.share, place_succession.is_default) is distinct from
           (excluded.share, excluded.is_default)
    returning 1
)
select (select count(*) from gone) + (select count(*) from written)
"""

_SAVE_VERSION = """
insert into place_dataset (version) values ($1)
on conflict (one) do update set version = excluded.version, loaded_at = now()
"""

_PLACE_COLUMNS = (
    "code", "level", "name", "kind", "parent_code", "valid_from", "valid_to",
    "latitude", "longitude", "area_km2", "search_name",
)  # fmt: skip
_SUCCESSION_COLUMNS = ("old_code", "new_code", "on_date", "share", "is_default")


@cache
def dataset_version() -> str:
    """Compute the version of the vendored files: a hash that changes whenever one of them does."""
    digest = hashlib.sha256()
    for name in ("places.csv", "succession.csv"):
        digest.update((DATA / name).read_bytes())
    return digest.hexdigest()[:16]


async def load_places(connection: asyncpg.Connection) -> int:
    """Load the vendored data into `place` and `place_succession`, in one transaction.

    connection: of the tables' owner. Returns: the number of rows written or removed, 0 when this
    version is loaded already. Two processes that start together load it once.
    """
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(hashtext('place_dataset'))")
        if await connection.fetchval("select version from place_dataset") == dataset_version():
            return 0
        await connection.execute(_CREATE_STAGING)
        await connection.copy_records_to_table(
            "staged_place", records=_place_records(), columns=_PLACE_COLUMNS
        )
        await connection.copy_records_to_table(
            "staged_succession", records=_succession_records(), columns=_SUCCESSION_COLUMNS
        )
        changed: int = await connection.fetchval(_MERGE_PLACES)
        changed += await connection.fetchval(_MERGE_SUCCESSION)
        await connection.execute(_SAVE_VERSION, dataset_version())
        if changed:  # which commune lies in which province decides what a session may see
            await connection.execute("update scope_version set version = version + 1")
    await connection.execute("analyze place, place_succession")
    return changed


def _read_csv(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _parse_number(text: str) -> float | None:
    return float(text) if text else None


def _place_records() -> Iterator[tuple[Any, ...]]:
    for row in _read_csv("places.csv"):
        yield (
            row["code"],
            row["level"],
            row["name"],
            row["kind"],
            row["parent_code"] or None,
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            _parse_number(row["latitude"]),
            _parse_number(row["longitude"]),
            _parse_number(row["area_km2"]),
            search_key(row["name"]),
        )


def _succession_records() -> Iterator[tuple[Any, ...]]:
    for row in _read_csv("succession.csv"):
        on = date.fromisoformat(row["on"])
        yield row["old_code"], row["new_code"], on, _parse_number(row["share"]), row["is_default"] == "true"
