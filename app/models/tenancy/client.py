"""API clients: partner systems (hệ thống đối tác) and their secrets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import text_array_column, text_column, time_column, uuid_column


class Client(SQLModel, table=True):
    """A partner system of one organisation; `client_id` is what it logs in with.

    sandbox: it may validate only. place_codes: the places of its organisation to which it is limited, None for all of
    them; within_…: what they mean for a scope, computed by the database. requests_per_minute, rows_per_minute: None
    for the server's own.
    """

    __tablename__ = "api_client"
    __table_args__ = (
        UniqueConstraint("client_id", name="uq_api_client_client_id"),
        Index("ix_api_client_organisation", "organisation_id"),
    )

    id: UUID = uuid_column(primary_key=True)
    client_id: str = text_column()
    name: str = text_column()
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    scopes: list[str] = text_array_column()
    sandbox: bool = False
    place_codes: list[str] | None = text_array_column(nullable=True)
    within_provinces: list[str] | None = text_array_column(nullable=True)
    within_communes: list[str] | None = text_array_column(nullable=True)
    within_commune_provinces: list[str] | None = text_array_column(nullable=True)
    requests_per_minute: int | None = None
    rows_per_minute: int | None = None
    disabled_at: datetime | None = time_column(default=None)
    created_at: datetime = time_column(default_factory=now)
    last_used_at: datetime | None = time_column(default=None)
    version: int = 1


class ClientSecret(SQLModel, table=True):
    """One of a client's secrets, hashed; at most two are alive."""

    __tablename__ = "client_secret"
    __table_args__ = (Index("ix_client_secret_client", "client_id"),)

    id: UUID = uuid_column(primary_key=True)
    client_id: UUID = uuid_column(references="api_client.id")
    secret_hash: str = text_column()
    created_at: datetime = time_column(default_factory=now)
    expires_at: datetime | None = time_column(default=None)
    revoked_at: datetime | None = time_column(default=None)
    last_used_at: datetime | None = time_column(default=None)
