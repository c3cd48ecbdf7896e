"""Memberships (thành viên của tổ) and what each pledged."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Column, Index, Numeric
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import bigint_column, text_column, time_column, uuid_column


class Membership(SQLModel, table=True):
    """A member in a group, from one day to another."""

    __table_args__ = (
        Index(
            "uq_membership_current", "group_id", "member_id", unique=True, postgresql_where="left_on is null"
        ),
        Index("ix_membership_member", "member_id", "group_id"),
        Index("ix_membership_group", "group_id", "id"),
    )

    id: UUID = uuid_column(primary_key=True)
    group_id: UUID = uuid_column(references="savings_group.id")
    member_id: UUID = uuid_column(references="member.id")
    network: str = text_column()
    province_code: str = text_column()
    commune_code: str = text_column()
    duty: str = text_column(default="member")
    joined_on: date
    left_on: date | None = None
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    version: int = 1


class Pledge(SQLModel, table=True):
    """What a member promised to put by: an amount per day, week, month or year, or the yield of an asset."""

    __table_args__ = (Index("ix_pledge_membership", "membership_id"), Index("ix_pledge_group", "group_id"))

    id: UUID = uuid_column(primary_key=True)
    membership_id: UUID = uuid_column(references="membership.id")
    group_id: UUID = uuid_column(references="savings_group.id")
    network: str = text_column(references="network.code")
    province_code: str = text_column()
    commune_code: str = text_column()
    kind: str = text_column()
    product: str | None = text_column(default=None)
    amount: int | None = bigint_column(default=None)
    per: str | None = text_column(default=None)
    asset_name: str | None = text_column(default=None)
    asset_quantity: Decimal | None = Field(default=None, sa_column=Column(Numeric(12, 3), nullable=True))
    asset_quantity_max: Decimal | None = Field(default=None, sa_column=Column(Numeric(12, 3), nullable=True))
    valid_from: date
    valid_to: date | None = None
    created_at: datetime = time_column(default_factory=now)
