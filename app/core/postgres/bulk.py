"""Many rows for one statement: as one JSON text (`json_to_recordset($1::text::json) as x (…)` reads it), or by columns,
which costs a quarter of that where there are thousands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
from pydantic_core import to_json

ColumnArrays = Sequence[Sequence[Any]]
"""Rows by their columns, in the order of their shape's types."""
_COPY_THRESHOLD: Final = 100


def rows_to_json(rows: Iterable[Mapping[str, Any]]) -> str:
    """Serialise the rows as a JSON array; ids, dates and enums as their texts.

    A twentieth of what `json.dumps` takes; and `json_to_recordset` takes half of what `jsonb_to_recordset` does, which
    builds a tree only to take it apart.
    """
    return to_json(list(rows), fallback=str).decode()


@dataclass(frozen=True)
class RowShape:
    """The columns of rows that one statement takes many of. types: by name."""

    name: str
    types: Mapping[str, str]

    def unnest_sql(self, first_argument: int) -> str:
        """`unnest($3::uuid[], $4::text[]) with ordinality as x (id, name, nth)`, from the argument *first_argument*."""
        arrays = ", ".join(
            f"${number}::{type_}[]" for number, type_ in enumerate(self.types.values(), first_argument)
        )
        return f"unnest({arrays}) with ordinality as x ({', '.join(self.types)}, nth)"

    @property
    def temp_table(self) -> str:
        """The name of the temporary table of such rows."""
        return f"staged_{self.name}"

    @property
    def create_temp_table_sql(self) -> str:
        """The SQL that makes the temporary table, or empties it where an earlier part of the transaction filled it."""
        columns = ", ".join(f"{name} {type_}" for name, type_ in self.types.items())
        return (
            f"create temporary table if not exists {self.temp_table} ({columns}, nth integer) on commit delete rows;"
            f" truncate pg_temp.{self.temp_table}"
        )


async def prepare_source(
    driver: asyncpg.Connection, shape: RowShape, columns: ColumnArrays, first_argument: int
) -> tuple[str, ColumnArrays]:
    """Where a statement finds rows, as `x` with their place as `nth`, and its last arguments: a few come as arrays,
    many through a temporary table, which COPY fills at a fifth of the cost.

    first_argument: the number of the first of those arguments.
    """
    count = len(columns[0])
    if count < _COPY_THRESHOLD:
        return shape.unnest_sql(first_argument), columns
    await driver.execute(shape.create_temp_table_sql)
    await driver.copy_records_to_table(
        shape.temp_table,
        schema_name="pg_temp",
        columns=[*shape.types, "nth"],
        records=zip(*columns, range(count), strict=True),
    )
    return f"pg_temp.{shape.temp_table} as x", ()


async def fetch_with_custom_plan(
    driver: asyncpg.Connection, sql: str, *args: Any
) -> Sequence[asyncpg.Record]:
    """Fetch the rows of a select with a plan made for these very arguments (a custom plan).

    A plan that was kept from when a table was small reads the whole of it once for each row of a batch.
    """
    statement = await driver.prepare(sql)
    return await statement.fetch(*args)  # type: ignore[no-any-return]
