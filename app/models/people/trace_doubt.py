"""What a search for erased people left for an officer to decide."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import text_array_column, text_column, time_column, uuid_column


class TraceDoubt(SQLModel, table=True):
    """A place that may name somebody who was erased, or could not be searched (is_failed); it says not whom.

    record_kind: a kind of piece or a table; rows: of a list, a report or outcomes; more: how many more there are
    that are not noted one by one. Read and written by the owner's
    functions alone.
    """

    __tablename__ = "trace_doubt"

    record_kind: str = text_column(primary_key=True)
    record_id: UUID = uuid_column(primary_key=True)
    file: str = text_column(primary_key=True)
    part: int = Field(primary_key=True)
    is_failed: bool = Field(primary_key=True)
    rows: list[str] = text_array_column()
    more: int = 0
    noted_at: datetime = time_column(default_factory=now)
