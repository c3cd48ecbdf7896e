"""Users (người dùng), their passwords, the groups that they serve and their devices."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import text_array_column, text_column, time_column, uuid_column


class User(SQLModel, table=True):
    """A person who logs in; the place is their organisation's."""

    __tablename__ = "app_user"
    __table_args__ = (
        UniqueConstraint("username", name="uq_app_user_username"),
        Index("ix_app_user_organisation", "organisation_id"),
    )

    id: UUID = uuid_column(primary_key=True)
    username: str = text_column()
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    full_name: str = text_column()
    phone: str | None = text_column(default=None)
    roles: list[str] = text_array_column()
    disabled_at: datetime | None = time_column(default=None)
    created_at: datetime = time_column(default_factory=now)
    version: int = 1


class UserPassword(SQLModel, table=True):
    """A password's hash, apart from the record that lists read.

    initial_until: until when a password that somebody else set opens its own change; null for one's own.
    """

    __tablename__ = "user_password"

    user_id: UUID = uuid_column(primary_key=True, references="app_user.id")
    password_hash: str = text_column()
    changed_at: datetime = time_column(default_factory=now)
    initial_until: datetime | None = time_column(default=None)


class UserGroup(SQLModel, table=True):
    """A group that a treasurer or collector serves, from one day to another."""

    __tablename__ = "user_group"
    __table_args__ = (Index("ix_user_group_group", "group_id"),)

    user_id: UUID = uuid_column(primary_key=True, references="app_user.id")
    group_id: UUID = uuid_column(primary_key=True)
    duty: str = text_column()
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None


class Device(SQLModel, table=True):
    """A phone that its user registered (thiết bị)."""

    __table_args__ = (Index("ix_device_user", "user_id"),)

    id: UUID = uuid_column(primary_key=True)
    user_id: UUID = uuid_column(references="app_user.id")
    name: str = text_column()
    app_version: str | None = text_column(default=None)
    registered_at: datetime = time_column(default_factory=now)
    last_seen_at: datetime | None = time_column(default=None)
    revoked_at: datetime | None = time_column(default=None)
