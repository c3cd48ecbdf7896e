"""Commune codes that have ended: what became of them, and the words that say so."""

from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple

import asyncpg

from app.core.errors import FieldError
from app.core.postgres.bulk import fetch_with_custom_plan

_HEIRS: Final = """
with recursive heir (origin, ended_on, code, day) as (
    select s.old_code, s.on_date - 1, s.new_code, s.on_date
      from place_succession s where s.old_code = any ($1::text[]) and s.on_date <= $2
    union
    select h.origin, h.ended_on, s.new_code, s.on_date
      from heir h join place_succession s on s.old_code = h.code and s.on_date > h.day and s.on_date <= $2
)
select h.origin, max(h.ended_on) as ended_on, p.code, p.kind || ' ' || p.name as name
  from heir h
  join place p on p.code = h.code and p.level = 'commune' and p.valid_from <= $2 and coalesce(p.valid_to, $2) >= $2
 where not exists (select from place q where q.code = h.origin and q.level = 'commune' and q.valid_from <= $2
                      and coalesce(q.valid_to, $2) >= $2)
 group by h.origin, p.code, p.kind, p.name order by h.origin, p.code
"""


class EndedCommune(NamedTuple):
    """A commune that is no more. ended_on: its last day; heirs: code and name of what it became, today."""

    code: str
    ended_on: date
    heirs: tuple[tuple[str, str], ...]

    @property
    def only_heir(self) -> str | None:
        """The code of the one commune that it became; None where it was divided."""
        return self.heirs[0][0] if len(self.heirs) == 1 else None


async def read_ended_communes(
    driver: asyncpg.Connection, codes: Collection[str], on: date
) -> dict[str, EndedCommune]:
    """Read what became of those of these communes that ended before a day; others are missing."""
    if not codes:
        return {}
    rows = await fetch_with_custom_plan(driver, _HEIRS, list(codes), on)
    ended: dict[str, EndedCommune] = {}
    for row in rows:
        before = ended.get(row["origin"])
        heirs = (*(before.heirs if before else ()), (row["code"], row["name"]))
        ended[row["origin"]] = EndedCommune(row["origin"], row["ended_on"], heirs)
    return ended


def commune_ended(pointer: str, commune: EndedCommune) -> FieldError:
    """The error of a code that ended: names what it became."""
    vi = " hoặc ".join(f"{name} (mã {code})" for code, name in commune.heirs)
    en = " or ".join(f"{name} ({code})" for code, name in commune.heirs)
    return FieldError(
        pointer,
        "place_ended",
        f"Mã xã {commune.code} chỉ dùng đến hết ngày {commune.ended_on:%d/%m/%Y}; nay là {vi}. Hãy ghi mã hiện nay.",
        f"The code {commune.code} ended on {commune.ended_on.isoformat()}; it is now {en}; please give that.",
    )


def commune_succeeded(pointer: str, commune: EndedCommune) -> FieldError:
    """The warning that a code that ended was taken as the one commune that it became."""
    [(code, name)] = commune.heirs
    return FieldError(
        pointer,
        "place_succeeded",
        f"Mã xã {commune.code} chỉ dùng đến hết ngày {commune.ended_on:%d/%m/%Y}; đã ghi theo {name} (mã {code}).",
        f"The code {commune.code} ended on {commune.ended_on.isoformat()}; {name} ({code}) was taken.",
    )
