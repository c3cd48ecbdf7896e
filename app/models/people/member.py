"""Members (hội viên) and the support groups that they belong to."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import text_array_column, text_column, time_column, uuid_column


class Member(SQLModel, table=True):
    """A person in one network's own register; after anonymised_at nobody knows who it was.

    numbers_since: when national id or social insurance number were last changed, null where they never were.
    number_claim: null where the register holds the numbers as this person's, which one member of a network can be; else
    the member's own id, because somebody else has one of them (decision 0016). number_to_check: a number was taken
    out, and the one who keeps the record is to ask for the right one. number_distinct_from: the ids of those with one
    of the numbers who were settled to be other people, until the numbers change.
    """

    __table_args__ = (
        Index("ix_member_commune", "commune_code", "network", "id"),
        Index("ix_member_province", "province_code", "network", "id"),
        Index("ix_member_household", "household_id", postgresql_where="household_id is not null"),
        Index("ix_member_referrer", "referrer_id", postgresql_where="referrer_id is not null"),
        Index(
            "ix_member_namesakes",
            "commune_code",
            "search_name",
            "birth_date",
            "id",
            postgresql_include=[
                "network",
                "province_code",
                "created_by",
                "national_id",
                "social_insurance_no",
            ],
        ),
        Index("ix_member_network", "network", "id"),
        Index("ix_member_created_by", "created_by", "id", postgresql_where="created_by is not null"),
        Index(
            "uq_member_national_id",
            "national_id",
            "network",
            "number_claim",
            unique=True,
            postgresql_include=["id", "province_code", "commune_code", "created_by"],
            postgresql_where="national_id is not null",
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "uq_member_social_insurance_no",
            "social_insurance_no",
            "network",
            "number_claim",
            unique=True,
            postgresql_include=["id", "province_code", "commune_code", "created_by"],
            postgresql_where="social_insurance_no is not null",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_member_pending", "id", postgresql_where="number_status = 'pending'"),
        Index("ix_member_phone", "phone", postgresql_where="phone is not null"),
        Index("ix_member_health_card", "health_card_no", postgresql_where="health_card_no is not null"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column()
    organisation_id: UUID = uuid_column()
    province_code: str = text_column()
    commune_code: str = text_column()
    hamlet_code: str | None = text_column(default=None)
    household_id: UUID | None = uuid_column(references="household.id", default=None)
    relation_to_head: str | None = text_column(default=None)
    full_name: str = text_column()
    search_name: str = text_column()
    birth_date: date | None = None
    sex: str | None = text_column(default=None)
    national_id: str | None = text_column(default=None)
    social_insurance_no: str | None = text_column(default=None)
    health_card_no: str | None = text_column(default=None)
    phone: str | None = text_column(default=None)
    occupation: str | None = text_column(default=None)
    referrer_id: UUID | None = uuid_column(references="member.id", default=None)
    joined_on: date | None = None
    died_on: date | None = None
    created_by: UUID | None = uuid_column(default=None)
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    version: int = 1
    anonymised_at: datetime | None = time_column(default=None)
    number_claim: UUID | None = uuid_column(default=None)
    number_status: str = text_column(default="confirmed")
    number_to_check: bool = False
    number_distinct_from: list[str] = text_array_column(default_factory=list)
    numbers_since: datetime | None = time_column(default=None)


class SupportGroup(SQLModel, table=True):
    """A support group of a member (đối tượng hỗ trợ), dated; sensitive when it reveals ethnicity."""

    __tablename__ = "support_group"

    id: UUID = uuid_column(primary_key=True)
    member_id: UUID = uuid_column(references="member.id")
    network: str = text_column(references="network.code")
    province_code: str = text_column()
    commune_code: str = text_column()
    kind: str = text_column()
    valid_from: date
    valid_to: date | None = None
    evidence: str | None = text_column(default=None)
    entered_by: UUID | None = uuid_column(default=None)
    created_at: datetime = time_column(default_factory=now)
