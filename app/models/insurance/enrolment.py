"""Enrolments (đăng ký tham gia) and the batches (lô đăng ký) that they come in."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import bigint_column, json_column, text_column, time_column, uuid_column


class EnrolmentBatch(SQLModel, table=True):
    """A batch of rows that an organisation sent in one request, and the outcome of each row.

    client_key, request_hash: the Idempotency-Key and what it was first used for. items: the verdicts in the order
    of the rows, in both languages and without personal data. skipped_rows: of a file, which rows are none of the table:
    number, code, and the reason in both languages.
    """

    __tablename__ = "enrolment_batch"
    __table_args__ = (
        UniqueConstraint("organisation_id", "client_key", name="uq_enrolment_batch_key"),
        Index("ix_enrolment_batch_organisation", "organisation_id", "id"),
        Index("ix_enrolment_batch_client", "client_id", postgresql_where="client_id is not null"),
        Index("ix_enrolment_batch_job", "job_id", postgresql_where="job_id is not null"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    client_id: UUID | None = uuid_column(references="api_client.id", default=None)
    job_id: UUID | None = uuid_column(references="job.id", default=None)
    client_key: str = text_column()
    request_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    mode: str = text_column()
    rows: int
    created: int = 0
    updated: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    duplicate: int = 0
    unchanged: int = 0
    rejected: int = 0
    skipped: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    skipped_rows: list[Any] = json_column(default_factory=list, server_default="[]")
    items: list[dict[str, Any]] = json_column(default_factory=list)
    sent_by: UUID = uuid_column()
    sent_at: datetime = time_column(default_factory=now)


class Enrolment(SQLModel, table=True):
    """One member's application for one product: how long, on which income, from which month.

    from_month: the month's first day. monthly_income: đồng, for BHXH only. content_hash: of the row as it was sent.
    covered_until, insured_since, supported_before, as declared: the last day of the card before, the first of the
    unbroken insurance, months with the state's support so far. reasons: [{pointer, code, text}] of BHXH. consented_on:
    when the person agreed that BHXH gets the data, as the sender says. months_paid_before: of social insurance
    elsewhere, as declared. proof_kind, proof_no, proof_issued_by, proof_valid_until: what proves the support group of a
    card, and its last day.
    """

    __table_args__ = (
        Index(
            "uq_enrolment_live",
            "member_id",
            "product",
            "from_month",
            unique=True,
            postgresql_where="status not in ('rejected', 'withdrawn', 'ended')",
        ),
        Index(
            "uq_enrolment_client_ref",
            "client_id",
            "external_ref",
            unique=True,
            postgresql_where="client_id is not null",
        ),
        Index(
            "uq_enrolment_organisation_ref",
            "organisation_id",
            "external_ref",
            unique=True,
            postgresql_where="client_id is null and external_ref is not null",
        ),
        Index("ix_enrolment_province", "province_code", "id"),
        Index("ix_enrolment_commune", "commune_code", "id"),
        Index("ix_enrolment_member", "member_id", "id"),
        Index("ix_enrolment_group", "group_id", "id", postgresql_where="group_id is not null"),
        Index("ix_enrolment_batch", "batch_id", "id", postgresql_where="batch_id is not null"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column()
    organisation_id: UUID = uuid_column()
    province_code: str = text_column()
    commune_code: str = text_column()
    group_id: UUID | None = uuid_column(references="savings_group.id", default=None)
    member_id: UUID = uuid_column(references="member.id")
    product: str = text_column()
    method: str = text_column()
    months: int
    monthly_income: int | None = bigint_column(default=None)
    from_month: date
    support_group: str | None = text_column(default=None)
    relation_to_head: str | None = text_column(default=None)
    covered_until: date | None = None
    insured_since: date | None = None
    supported_before: int = 0
    status: str = text_column()
    external_ref: str | None = text_column(default=None)
    client_id: UUID | None = uuid_column(default=None)
    batch_id: UUID | None = uuid_column(default=None)
    content_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    reasons: list[dict[str, Any]] = json_column(default_factory=list)
    submitted_at: datetime | None = time_column(default=None)
    submitted_by: UUID | None = uuid_column(default=None)
    decided_at: datetime | None = time_column(default=None)
    decided_by: UUID | None = uuid_column(default=None)
    paid_at: datetime | None = time_column(default=None)
    activated_at: datetime | None = time_column(default=None)
    ended_on: date | None = None
    ended_why: str | None = text_column(default=None)
    created_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    version: int = 1
    consented_on: date | None = None
    months_paid_before: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    proof_kind: str | None = text_column(default=None)
    proof_no: str | None = text_column(default=None)
    proof_issued_by: str | None = text_column(default=None)
    proof_valid_until: date | None = None
