"""Resealing: sealed values of the database are sealed with the current secret key, while requests go on.

It goes through a table in sets, each in a transaction of its own, and writes a value only over the very one that it
read: what is changed meanwhile stays as it is. So it may be ended at any moment, begun again, and run twice at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from app.auth.keys.sealing import UnreadableValue

SET_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """Where sealed values of one kind are. id_type: of the primary key, as PostgreSQL calls it; condition: which rows.

    reseal: what seals a row's value with the current key, None where it is already. Raises: UnreadableValue.
    """

    vi: str
    en: str
    table: str
    id_column: str
    id_type: str
    value_column: str
    condition: str
    reseal: Callable[[Any, bytes], bytes | None]

    @property
    def select(self) -> str:
        """The next rows after the id $1, at most $2."""
        return (
            f"select {self.id_column} as id, {self.value_column} as sealed from {self.table}"
            f" where {self.condition} and ($1::{self.id_type} is null or {self.id_column} > $1)"
            f" order by {self.id_column} limit $2"
        )

    @property
    def update(self) -> str:
        """Write $3 over $2 in the rows $1."""
        return (
            f"update {self.table} t set {self.value_column} = n.resealed"
            f" from unnest($1::{self.id_type}[], $2::bytea[], $3::bytea[]) n(id, sealed, resealed)"
            f" where t.{self.id_column} = n.id and t.{self.value_column} = n.sealed"
        )


@dataclass(slots=True)
class ResealCount:
    """What was found of one kind. remaining: still sealed with another key; unreadable: with none that is known."""

    total: int = 0
    resealed: int = 0
    remaining: int = 0
    unreadable: list[UnreadableValue] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether every value is sealed with the current key."""
        return not self.remaining and not self.unreadable


async def reseal(connection: Any, column: SealedColumn, *, set_rows: int = SET_ROWS) -> ResealCount:
    """Seal the values with the current key. Returns: what there is afterwards.

    connection: asyncpg, as the owner of the tables, in no transaction.
    """
    resealed, last = 0, None
    while True:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(hashtext('ansinh.keys'))")
            rows = await connection.fetch(column.select, last, set_rows)
            changes = [change for row in rows if (change := _change(column, row))]
            if changes:
                status = await connection.execute(column.update, *map(list, zip(*changes, strict=True)))
                resealed += int(status.removeprefix("UPDATE "))
        if len(rows) < set_rows:
            break
        last = rows[-1]["id"]
    count = await count_sealed(connection, column, set_rows=set_rows)
    count.resealed = resealed
    return count


async def count_sealed(connection: Any, column: SealedColumn, *, set_rows: int = SET_ROWS) -> ResealCount:
    """Count the values by what opens them; changes nothing. connection: asyncpg, as the owner of the tables."""
    count, last = ResealCount(), None
    while True:
        rows = await connection.fetch(column.select, last, set_rows)
        count.total += len(rows)
        for row in rows:
            try:
                count.remaining += column.reseal(row["id"], row["sealed"]) is not None
            except UnreadableValue as error:
                count.unreadable.append(error)
        if len(rows) < set_rows:
            return count
        last = rows[-1]["id"]


def _change(column: SealedColumn, row: Any) -> tuple[UUID | str, bytes, bytes] | None:
    """What to write in a row: its id, the value that was read, the one for it."""
    try:
        resealed = column.reseal(row["id"], row["sealed"])
    except UnreadableValue:
        return None  # counted afterwards
    return None if resealed is None else (row["id"], row["sealed"], resealed)
