"""Many rows for one statement: as one JSON text (`json_to_recordset($1::text::json) as x (…)` reads it), or by columns,
which costs a quarter of that where there are thousands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import asyncpg
from pydantic_core import to_json

T = TypeVar("T")
_COPY_THRESHOLD: Final = 100
_SEVERAL: Final = 4


def rows_to_json(rows: Iterable[Mapping[str, Any]]) -> str:
    """Serialise the rows as a JSON array; ids, dates and enums as their texts.

    A twentieth of what `json.dumps` takes; and `json_to_recordset` takes half of what `jsonb_to_recordset` does, which
    builds a tree only to take it apart.
    """
    return to_json(list(rows), fallback=str).decode()


@dataclass(frozen=True, slots=True)
class BulkColumn(Generic[T]):
    """A column of many rows for one statement: its name, its SQL type, and how its value is read from a row."""

    name: str
    sql_type: str
    get: Callable[[T], Any]


class BulkRows(Generic[T]):
    """The columns of rows that one statement takes many of.

    name: of their temporary table. The statement reads them as `x`, with their place as `nth`.
    """

    def __init__(self, name: str, *columns: BulkColumn[T]) -> None:
        self.columns, self.names = columns, tuple(column.name for column in columns)
        self._temp_table = f"staged_{name}"

    async def prepare_source(
        self, driver: asyncpg.Connection, rows: Sequence[T], first_argument: int
    ) -> tuple[str, Sequence[Sequence[Any]]]:
        """Prepare the rows for a statement; returns the SQL of its source and its last arguments.

        A few rows come as arrays, many through a temporary table, which COPY fills at a fifth of the cost.
        first_argument: the number of the first of those arguments.
        """
        arrays = [[column.get(row) for row in rows] for column in self.columns]
        if len(rows) < _COPY_THRESHOLD:
            return self._unnest_sql(first_argument), arrays
        await driver.execute(self._create_temp_table_sql())
        await driver.copy_records_to_table(
            self._temp_table,
            schema_name="pg_temp",
            columns=[*self.names, "nth"],
            records=zip(*arrays, range(len(rows)), strict=True),
        )
        return f"pg_temp.{self._temp_table} as x", ()

    def _unnest_sql(self, first_argument: int) -> str:
        """`unnest($3::uuid[], $4::text[]) with ordinality as x (id, name, nth)`, from the argument *first_argument*."""
        arrays = ", ".join(
            f"${number}::{column.sql_type}[]" for number, column in enumerate(self.columns, first_argument)
        )
        return f"unnest({arrays}) with ordinality as x ({', '.join(self.names)}, nth)"

    def _create_temp_table_sql(self) -> str:
        """The SQL that makes the temporary table, or empties it where an earlier part of the transaction filled it."""
        columns = ", ".join(f"{column.name} {column.sql_type}" for column in self.columns)
        return (
            f"create temporary table if not exists {self._temp_table} ({columns}, nth integer)"
            f" on commit delete rows; truncate pg_temp.{self._temp_table}"
        )


def equal_to_one_of_many(column: str, value: str) -> str:
    """SQL of `column = value` where a value may have thousands of rows although most have one or none.

    The planner goes by the most and takes, of two indexes that begin with the column, the smaller one, even where the
    other has the further conditions, too. An array (of one value to the scan) lets it reckon with several rows,
    and then the further conditions count.
    """
    return f"{column} = any(array[{', '.join([value] * _SEVERAL)}])"


async def fetch_with_custom_plan(
    driver: asyncpg.Connection, sql: str, *args: Any
) -> Sequence[asyncpg.Record]:
    """Fetch the rows of a select with a plan made for these very arguments (a custom plan).

    A plan that was kept from when a table was small reads the whole of it once for each row of a batch.
    """
    statement = await driver.prepare(sql)
    return await statement.fetch(*args)  # type: ignore[no-any-return]
