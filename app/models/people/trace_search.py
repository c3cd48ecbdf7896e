"""Searches of stored files for people who were erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import text_array_column, text_column, time_column, uuid_column


class TraceSearch(SQLModel, table=True):
    """For whom stored files are searched since they were erased, and how far: the row goes with the end of the search.

    beside: the transactions that were under way, for
    whose end it waits; begun_at: it looks at what was written until then. stage, at_id, at_name, at_part: the last
    piece that was looked at; waiting: jobs that had not ended then; passed: the records with a piece that could not be
    searched; failures: errors at the next piece; doubts:
    places that were left for an officer. Read and written by the owner's functions alone.
    """

    __tablename__ = "trace_search"

    member_id: UUID = uuid_column(primary_key=True)
    network: str = text_column()
    province_code: str = text_column()
    commune_code: str = text_column()
    full_name: str = text_column()
    search_name: str = text_column()
    numbers: list[str] = text_array_column()
    phone: str | None = text_column(default=None)
    asked_at: datetime = time_column(default_factory=now)
    beside: list[str] | None = text_array_column(nullable=True)
    begun_at: datetime | None = time_column(default=None)
    stage: str = text_column(default="jobs")
    at_id: UUID = uuid_column()
    at_name: str | None = text_column(default=None)
    at_part: int = -1
    waiting: list[UUID] = Field(default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False))
    passed: list[UUID] = Field(default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False))
    failures: int = 0
    doubts: int = 0
