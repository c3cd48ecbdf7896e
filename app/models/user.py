"""Users (người dùng), their passwords, the groups that they serve and their devices."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.time import now
from app.models.columns import text, texts, time, uuid


class User(SQLModel, table=True):
    """A person who logs in; the place is their organisation's."""

    __tablename__ = "app_user"
    __table_args__ = (
        UniqueConstraint("username", name="uq_app_user_username"),
        Index("ix_app_user_organisation", "organisation_id"),
    )

    id: UUID = uuid(primary_key=True)
    username: str = text()
    network: str = text(references="network.code")
    organisation_id: UUID = uuid(references="organisation.id")
    province_code: str | None = text(default=None)
    commune_code: str | None = text(default=None)
    full_name: str = text()
    phone: str | None = text(default=None)
    roles: list[str] = texts()
    disabled_at: datetime | None = time(default=None)
    created_at: datetime = time(default_factory=now)
    version: int = 1


class UserPassword(SQLModel, table=True):
    """A password's hash, apart from the record that lists read."""

    __tablename__ = "user_password"

    user_id: UUID = uuid(primary_key=True, references="app_user.id")
    password_hash: str = text()
    changed_at: datetime = time(default_factory=now)


class UserGroup(SQLModel, table=True):
    """A group that a treasurer or collector serves, from when to when."""

    __tablename__ = "user_group"
    __table_args__ = (Index("ix_user_group_group", "group_id"),)

    user_id: UUID = uuid(primary_key=True, references="app_user.id")
    group_id: UUID = uuid(primary_key=True)
    duty: str = text()
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None


class Device(SQLModel, table=True):
    """A phone that its user registered (thiết bị)."""

    __table_args__ = (Index("ix_device_user", "user_id"),)

    id: UUID = uuid(primary_key=True)
    user_id: UUID = uuid(references="app_user.id")
    name: str = text()
    app_version: str | None = text(default=None)
    registered_at: datetime = time(default_factory=now)
    last_seen_at: datetime | None = time(default=None)
    revoked_at: datetime | None = time(default=None)
