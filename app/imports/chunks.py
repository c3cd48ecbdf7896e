"""The chunks of a file that is imported, and its progress through them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.imports.files.tables import RawRow
from app.imports.rows import ImportOutcome

RowOutcomes = list[tuple[RawRow, ImportOutcome]]


class ChunkOvertaken(Exception):
    """Another sender wrote the same after a chunk was prepared, and before it was written."""


@dataclass
class ImportProgress:
    """The progress of an import. rows, chunks: done; headings: of the report, once a row was rejected."""

    rows: int = 0
    chunks: int = 0
    headings: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, rows: RowOutcomes) -> None:
        """Count a chunk."""
        self.rows, self.chunks = self.rows + len(rows), self.chunks + 1
        for _, outcome in rows:
            self.counts[outcome["status"]] += 1

    def checkpoint(self, **extra: Any) -> dict[str, Any]:
        """Return the progress as it is stored with the job."""
        return {"rows": self.rows, "chunks": self.chunks, "headings": self.headings, **extra}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a file, and what they were parsed to. first: the index of the first one in the file, from 0."""

    first: int
    raw_rows: Sequence[RawRow]
    rows: Sequence[Any]
