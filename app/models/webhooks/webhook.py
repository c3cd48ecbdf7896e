"""Webhooks: endpoints of partners, their secrets, the deliveries and every attempt."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import TextArray, text_column, time_column, uuid_column


class OutboxPending(SQLModel, table=True):
    """An event of the outbox that has not been fanned out yet; a trigger writes it."""

    __tablename__ = "outbox_pending"

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))


class Webhook(SQLModel, table=True):
    """An endpoint (địa chỉ nhận thông báo) of an organisation, or of one of its partner systems.

    kinds: the kinds of events, None for all. disabled_why: `asked`, `gone` (it answered 410) or `failing`.
    failing_since: when the first of the present series of failures began.
    """

    __table_args__ = (
        Index("ix_webhook_organisation", "organisation_id", "id"),
        Index("ix_webhook_client", "client_id", postgresql_where="client_id is not null"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    client_id: UUID | None = uuid_column(references="api_client.id", default=None)
    url: str = text_column()
    kinds: list[str] | None = Field(default=None, sa_column=Column(TextArray, nullable=True))
    description: str | None = text_column(default=None)
    disabled_at: datetime | None = time_column(default=None)
    disabled_why: str | None = text_column(default=None)
    failing_since: datetime | None = time_column(default=None)
    deleted_at: datetime | None = time_column(default=None)
    created_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)
    version: int = 1


class WebhookSecret(SQLModel, table=True):
    """A secret that signs an endpoint's messages, sealed; at most two are alive, and a revoked one is wiped."""

    __tablename__ = "webhook_secret"
    __table_args__ = (Index("ix_webhook_secret_webhook", "webhook_id"),)

    id: UUID = uuid_column(primary_key=True)
    webhook_id: UUID = uuid_column(references="webhook.id")
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = time_column(default_factory=now)
    expires_at: datetime | None = time_column(default=None)
    revoked_at: datetime | None = time_column(default=None)


class WebhookDelivery(SQLModel, table=True):
    """One event for one endpoint; its `event_id` is what the receiver sees as webhook-id.

    due_at: when to send it, None while an earlier event of the subject is pending. attempts: in all; tries: since
    its last replay.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id", name="uq_webhook_delivery_event"),
        Index("ix_webhook_delivery_due", "webhook_id", "due_at", postgresql_where="due_at is not null"),
        Index(
            "ix_webhook_delivery_pending", "webhook_id", "subject_id", "seq",
            postgresql_where="status = 'pending'",
        ),
        Index("ix_webhook_delivery_leased", "webhook_id", postgresql_where="lease is not null"),
        Index("ix_webhook_delivery_finished", "finished_at", postgresql_where="finished_at is not null"),
    )  # fmt: skip

    webhook_id: UUID = uuid_column(primary_key=True, references="webhook.id")
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    event_id: UUID = uuid_column()
    kind: str = text_column()
    subject_id: UUID = uuid_column()
    status: str = text_column(default="pending")
    attempts: int = 0
    tries: int = 0
    first_at: datetime | None = time_column(default=None)
    due_at: datetime | None = time_column(default=None)
    lease: UUID | None = uuid_column(default=None)
    finished_at: datetime | None = time_column(default=None)
    created_at: datetime = time_column(default_factory=now)


class WebhookAttempt(SQLModel, table=True):
    """One attempt at a delivery. answer: its first bytes, masked; error: its kind, None when it succeeded."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (
        ForeignKeyConstraint(
            ["webhook_id", "seq"],
            ["webhook_delivery.webhook_id", "webhook_delivery.seq"],
            name="fk_webhook_attempt_delivery",
        ),
    )

    webhook_id: UUID = uuid_column(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    number: int = Field(primary_key=True)
    at: datetime = time_column()
    duration_ms: int
    status_code: int | None = None
    error: str | None = text_column(default=None)
    answer: str = text_column()
