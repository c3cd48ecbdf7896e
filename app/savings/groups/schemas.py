"""Wire shapes of groups and their accounts."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody, omittable_field
from app.core.values.ids import Uuid
from app.core.values.text import Code, Name, Note
from app.core.values.time import Day
from app.models.savings.group import Group
from app.savings.kinds import Cycle, GroupKind
from app.savings.savings_models.schemas import OrganisationCode, OrganisationId

MeetingDay = Annotated[int | None, Field(strict=True, ge=1, le=31, description="Day of the month")]
Leader = Annotated[Uuid | None, Field(description="Tổ trưởng, a member")]
Treasurer = Annotated[Uuid | None, Field(description="Thủ quỹ, a member; may be the leader")]
Hamlet = Annotated[Code | None, Field(description="Thôn, ấp, tổ liên gia in the commune")]


class GroupFilter(BaseModel):
    """Query parameters of the list of groups."""

    q: Annotated[Name | None, Field(description="Words of the name or code; no diacritics needed")] = None
    code: Annotated[Code | None, Field(description="Exactly this code")] = None
    commune_code: Annotated[Code | None, Field(description="In this commune or a predecessor of it")] = None
    province_code: Annotated[Code | None, Field(description="In this province or a predecessor of it")] = None
    model_id: Uuid | None = None
    model_code: Code | None = None
    organisation_id: Uuid | None = None
    organisation_code: Code | None = None
    network: Annotated[Code | None, Field(description="For BHXH, which sees all networks")] = None
    kind: GroupKind | None = None
    active_on: Annotated[Day | None, Field(description="Started and not ended on this day")] = None


class GroupIn(RequestBody):
    """A group (tổ, câu lạc bộ, tổ liên gia, quỹ) to be created."""

    id: Uuid | None = None
    code: Annotated[Code | None, Field(description="Mã tổ; made when left out")] = None
    kind: GroupKind = GroupKind.SAVINGS_GROUP
    name: Annotated[Name, Field(description="Tên tổ")]
    commune_code: Annotated[Code, Field(description="In force on `started_on`, old units too")]
    hamlet_code: Hamlet = None
    model_id: Annotated[Uuid | None, Field(description="Savings model (mô hình)")] = None
    model_code: Code | None = None
    organisation_id: OrganisationId = None
    organisation_code: OrganisationCode = None
    leader_id: Annotated[Leader, Field(description="Joins the group as leader")] = None
    treasurer_id: Annotated[Treasurer, Field(description="Joins the group as treasurer")] = None
    cycle: Annotated[Cycle | None, Field(description="How often it collects")] = None
    meeting_day: MeetingDay = None
    started_on: Annotated[Day | None, Field(description="Ngày thành lập; default: today")] = None
    note: Note | None = None


class GroupPatch(RequestBody):
    """Changes of a group; its code and commune stay."""

    kind: GroupKind = omittable_field()
    name: Name = omittable_field()
    hamlet_code: Hamlet = None
    model_id: Uuid | None = None
    model_code: Code | None = None
    leader_id: Annotated[Leader, Field(description="A current member of the group")] = None
    treasurer_id: Annotated[Treasurer, Field(description="A current member of the group")] = None
    cycle: Cycle | None = None
    meeting_day: MeetingDay = None
    started_on: Day = omittable_field()
    ended_on: Annotated[
        Day | None, Field(description="Last day, once no money is left; null reopens the group")
    ] = None
    note: Note | None = None


class GroupOut(BaseModel):
    """A group (tổ)."""

    id: Uuid
    code: str
    network: str
    organisation_id: Uuid
    org_id: Annotated[Uuid, Field(description="`organisation_id` again, as the ledger calls it")]
    model_id: Uuid | None
    kind: GroupKind
    name: str
    province_code: str
    commune_code: Annotated[str, Field(description="The unit in which it started")]
    hamlet_code: str | None
    leader_id: Uuid | None
    treasurer_id: Uuid | None
    cycle: Cycle | None
    meeting_day: int | None
    started_on: date | None
    ended_on: date | None
    note: str | None
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: Group) -> Self:
        """Build the response from the group's record."""
        columns = {name: getattr(row, name) for name in cls.model_fields if name != "org_id"}
        return cls(**columns, org_id=row.organisation_id)


class BalanceOut(BaseModel):
    """The balance of one account, in đồng."""

    balance: int
    held: Annotated[int, Field(description="Set aside for a payment (tạm giữ)")]
    available: Annotated[int, Field(description="balance − held")]


class MemberBalanceOut(BalanceOut):
    """The savings of one member in the group."""

    member_id: Uuid


class AccountsOut(BaseModel):
    """A group's accounts (sổ quỹ của tổ): cash = fund + members' savings, always. One page of the members."""

    group_id: Uuid
    cash: Annotated[int, Field(description="đồng in the box (tiền mặt trong két)")]
    fund: Annotated[BalanceOut, Field(description="Common fund (quỹ chung)")]
    members: Annotated[BalanceOut, Field(description="All members' savings together")]
    items: list[MemberBalanceOut]
    next_cursor: str | None
