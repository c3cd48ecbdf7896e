"""Wire shapes of consents."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Code, Name
from app.core.values.time import Instant
from app.people.consents.rules import ConsentMethod, Giver, Purpose


class ConsentIn(RequestBody):
    """A member's consent to one purpose and one text (sự đồng ý)."""

    id: Annotated[Uuid | None, Field(description="Chosen by the sender, for a safe retry")] = None
    purpose: Annotated[Purpose, Field(description="Mục đích; each has a consent of its own")]
    text_version: Annotated[Code, Field(description="Which text was agreed to, such as `bhxh-2026-01`")]
    method: Annotated[ConsentMethod, Field(description="Hình thức")]
    given_by: Annotated[Giver, Field(description="Under 7 the guardian, under 16 both, then the person")]
    guardian_name: Annotated[Name | None, Field(description="Người giám hộ, when one agreed")] = None
    given_at: Annotated[Instant | None, Field(description="When; now if left out")] = None


class ConsentOut(BaseModel):
    """A consent, valid until it is withdrawn."""

    id: UUID
    member_id: UUID
    purpose: Purpose
    text_version: str
    method: ConsentMethod
    given_by: Giver
    guardian_name: str | None
    given_at: datetime
    recorded_by: UUID | None
    withdrawn_at: datetime | None
    withdrawn_by: UUID | None

    @classmethod
    def from_record(cls, row: Any) -> Self:
        """Build the response from a consent's row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})
