"""The read audit (nhật ký xem): who saw whose whole record, or searched for whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import TimestampTz, text_column, time_column, uuid_column


class ReadAudit(SQLModel, table=True):
    """One person who was seen, in the order of `seq`; never changed.

    network, province_code, commune_code: of the person; of a search that names nobody, the searcher's network.
    searched_for: masked.
    """

    __tablename__ = "read_audit"
    __table_args__ = (
        Index("ix_read_audit_member", "member_id", "seq", postgresql_where="member_id is not null"),
        Index("ix_read_audit_actor", "actor_id", "seq"),
        Index(
            "ix_read_audit_emergency",
            "emergency_access_id",
            "seq",
            postgresql_where="emergency_access_id is not null",
        ),
        Index("ix_read_audit_at", "at", postgresql_using="brin"),
    )

    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    at: datetime = time_column(default_factory=now)
    act: str = text_column()
    reason: str | None = text_column(default=None)
    network: str = text_column()
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    member_id: UUID | None = uuid_column(default=None)
    actor_id: UUID = uuid_column()
    actor_kind: str = text_column()
    organisation_id: UUID = uuid_column()
    searched_by: str | None = text_column(default=None)
    searched_for: str | None = text_column(default=None)
    shown: int | None = Field(default=None, sa_column=Column(Integer))
    emergency_access_id: UUID | None = uuid_column(default=None)


READ_PENDING = Table(
    "read_pending",
    SQLModel.metadata,
    Column("at", TimestampTz, nullable=False),
    Column("actor_id", Uuid, nullable=False),
    Column("actor_kind", Text),
    Column("organisation_id", Uuid, nullable=False),
    Column("member_id", Uuid),
    Column("searched_for", Text),
    Column("shown", Integer),
    Column("member_ids", ARRAY(Uuid)),
)
"""What hot paths noted and the fold moves on; without any key, so that noting costs the least."""
