"""Merged duplicates (đăng ký trùng đã gộp): two enrolments of one person by two unions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import json_column, text_array_column, text_column, time_column, uuid_column


class EnrolmentMerge(SQLModel, table=True):
    """Of two enrolments of one person BHXH keeps one; a row of the network `bhxh`, which no union sees.

    shared: the numbers that both have. before: the dropped one's status, reasons and decision until then.
    dropped_version: its version since; another one means that it moved on.
    """

    __tablename__ = "enrolment_merge"
    __table_args__ = (
        Index("uq_enrolment_merge_drop", "drop_id", unique=True, postgresql_where="undone_at is null"),
        Index("ix_enrolment_merge_keep", "keep_id"),
        Index("ix_enrolment_merge_drop", "drop_id"),
        Index("ix_enrolment_merge_place", "province_code", "id"),
        Index("ix_enrolment_merge_organisation", "organisation_id"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str = text_column()
    commune_code: str = text_column()
    product: str = text_column()
    shared: list[str] = text_array_column()
    keep_id: UUID = uuid_column(references="enrolment.id")
    drop_id: UUID = uuid_column(references="enrolment.id")
    before: dict[str, Any] = json_column()
    dropped_version: int
    merged_by: UUID = uuid_column()
    merged_at: datetime = time_column(default_factory=now)
    undone_by: UUID | None = uuid_column(default=None)
    undone_at: datetime | None = time_column(default=None)
