"""Sessions, refresh tokens, second factors, signing keys, the owner's own keys and the counters of failed logins."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import (
    ActorRow,
    TimestampTz,
    bigint_column,
    json_column,
    text_column,
    time_column,
    uuid_column,
)


class AuthSession(SQLModel, table=True):
    """One login on one device (a family of refresh tokens), or one grant to a client.

    second_factor: passed, missing, or waived where the server demands none. address_hash: keyed, of where it began.
    initial_until: until when it may change the password that somebody else set, and nothing else; null for one that
    is not limited to that. proven_at: when its holder last showed the password in it, after its begin.
    """

    __tablename__ = "auth_session"
    __table_args__ = (
        Index("ix_auth_session_user", "user_id", postgresql_where="user_id is not null"),
        Index("ix_auth_session_client", "client_id", postgresql_where="client_id is not null"),
        Index("ix_auth_session_device", "device_id", postgresql_where="device_id is not null"),
        Index(
            "ix_auth_session_emergency_access",
            "emergency_access_id",
            postgresql_where="emergency_access_id is not null",
        ),
        Index("ix_auth_session_ended", sql("least(expires_at, revoked_at)")),
    )

    id: UUID = uuid_column(primary_key=True)
    user_id: UUID | None = uuid_column(references="app_user.id", default=None)
    client_id: UUID | None = uuid_column(references="api_client.id", default=None)
    device_id: UUID | None = uuid_column(references="device.id", default=None)
    scopes: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text), nullable=True))
    second_factor: str = text_column(default="waived")
    address_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    created_at: datetime = time_column(default_factory=now)
    refreshed_at: datetime | None = time_column(default=None)
    expires_at: datetime = time_column()
    revoked_at: datetime | None = time_column(default=None)
    revoked_why: str | None = text_column(default=None)
    emergency_access_id: UUID | None = uuid_column(default=None, references="emergency_access.id")
    initial_until: datetime | None = time_column(default=None)
    proven_at: datetime | None = time_column(default=None)


class ScopeVersion(SQLModel, table=True):
    """The version of what decides whom the people and partner systems of an organisation may see (`outdate_scopes`)."""

    __tablename__ = "scope_version"

    organisation_id: UUID = uuid_column(primary_key=True, references="organisation.id")
    version: int = Field(sa_column=Column(BigInteger, nullable=False, server_default="1"))


class SessionScope(SQLModel, table=True):
    """Who the holder of a session is and what they may see on a day, kept by `keep_scope` for `begin_actor`."""

    __tablename__ = "session_scope"

    session_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("auth_session.id", ondelete="CASCADE"), primary_key=True)
    )
    organisation_id: UUID = uuid_column()
    version: int = bigint_column()
    day: date = Field(sa_column=Column(Date, nullable=False))
    actor: Any = Field(sa_column=Column(ActorRow, nullable=False))
    scope: str = text_column()


class RefreshToken(SQLModel, table=True):
    """A refresh token by its hash; used_at is when its successor was issued."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("ix_refresh_token_session", "session_id"),)

    token_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    session_id: UUID = uuid_column(references="auth_session.id")
    parent_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    issued_at: datetime = time_column(default_factory=now)
    expires_at: datetime = time_column()
    used_at: datetime | None = time_column(default=None)


class SigningKey(SQLModel, table=True):
    """A key that signs access tokens; its private half is sealed with the server's secret."""

    __tablename__ = "signing_key"

    kid: str = text_column(primary_key=True)
    algorithm: str = text_column()
    public_jwk: dict[str, Any] = json_column()
    sealed_private: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = time_column(default_factory=now)
    active_from: datetime = time_column()
    retired_at: datetime | None = time_column(default=None)


class OwnerKey(SQLModel, table=True):
    """The one row of what the owner's functions keep to themselves: the key that signs scopes, and a digest of the key
    that this installation's processes show."""

    __tablename__ = "owner_key"
    __table_args__ = (CheckConstraint("id = 1", name="ck_owner_key_one"),)

    id: int = Field(default=1, sa_column=Column(Integer, primary_key=True, autoincrement=False))
    scope: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    process: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class SecondFactor(SQLModel, table=True):
    """A user's second factor; its secret is sealed with the server's. confirmed_at: since when it counts.

    last_step: the time step of the last code, which counts no second time.
    """

    __tablename__ = "second_factor"

    user_id: UUID = uuid_column(primary_key=True, references="app_user.id")
    sealed_secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = time_column(default_factory=now)
    confirmed_at: datetime | None = time_column(default=None)
    last_step: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))


class RecoveryCode(SQLModel, table=True):
    """A recovery code by its keyed hash; it goes when it is used."""

    __tablename__ = "recovery_code"

    user_id: UUID = uuid_column(primary_key=True, references="app_user.id")
    code_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))


class LoginThrottle(SQLModel, table=True):
    """Failed logins of one user, address or device in one window. wait_until: no attempt before.

    A client in the sandbox has its rows of a day here as well, until the end of the day.
    """

    __tablename__ = "login_throttle"

    key_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    window_start: datetime = Field(sa_column=Column(TimestampTz, primary_key=True))
    failures: int
    wait_until: datetime | None = time_column(default=None)
