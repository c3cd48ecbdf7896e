"""Wire shapes of webhooks: endpoints, their secrets, and the log of what was delivered."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.audit.outbox import Announcement
from app.core.bodies import Body, Flag, left_out
from app.core.ids import Uuid
from app.core.text import Code, ShortText
from app.core.time import Day, Instant

Url = Annotated[str, Field(min_length=1, max_length=2000, description="Địa chỉ https nhận thông báo")]
Kinds = Annotated[
    list[Announcement],
    Field(min_length=1, max_length=50, description="Loại thông báo muốn nhận; null là tất cả"),
]
Status = Literal["pending", "delivered", "failed"]


class WebhookFilter(BaseModel):
    """Query parameters of the list of webhooks."""

    organisation_id: Uuid | None = None
    organisation_code: Code | None = None
    client_id: Annotated[Uuid | None, Field(description="`id` của hệ thống đối tác")] = None
    enabled: Annotated[bool | None, Field(description="Đang bật hay không")] = None


class WebhookIn(Body):
    """An endpoint (địa chỉ nhận thông báo): of a partner system, or of an organisation, by default one's own."""

    id: Uuid | None = None
    url: Url
    kinds: Kinds | None = None
    description: ShortText | None = None
    organisation_id: Uuid | None = None
    organisation_code: Code | None = None
    client_id: Annotated[Uuid | None, Field(description="`id` of the partner system that it belongs to")] = (
        None
    )


class WebhookEdit(Body):
    """What can be changed; a change holds from the next message on."""

    url: Url = left_out()
    kinds: Kinds | None = None
    description: ShortText | None = None
    enabled: Annotated[Flag, Field(description="Bật (true) hoặc tắt (false)")] = left_out()


class WebhookSecretIn(Body):
    """A further secret; until the older one ends, messages bear the signatures of both."""

    older_valid_until: Annotated[
        Day | None, Field(description="Last day of the older secret; without it, it stays alive")
    ] = None


class WebhookSecretOut(BaseModel):
    """A secret without its text."""

    id: UUID
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewWebhookSecretOut(WebhookSecretOut):
    """A new secret (`whsec_…`) with its text, which is shown this once."""

    secret: str


class WebhookOut(BaseModel):
    """An endpoint with its secrets, the earliest first.

    disabled_why: `asked`, `gone` (it answered 410) or `failing` (nothing succeeded for three days). failing_since:
    when the first of an unbroken row of failures began.
    """

    id: UUID
    network: str
    organisation_id: UUID
    province_code: str | None
    commune_code: str | None
    client_id: UUID | None
    url: str
    kinds: list[str] | None
    description: str | None
    enabled: bool
    disabled_at: datetime | None
    disabled_why: str | None
    failing_since: datetime | None
    secrets: list[WebhookSecretOut]
    created_at: datetime
    version: int


class NewWebhookOut(WebhookOut):
    """A new endpoint with its first secret, which is shown this once; null when the same was sent again."""

    secret: str | None


class DeliveryFilter(BaseModel):
    """Query parameters of the log."""

    status: Annotated[Status | None, Field(description="Trạng thái")] = None
    kind: Annotated[str | None, Field(max_length=64, description="Loại thông báo")] = None


class AttemptOut(BaseModel):
    """One attempt. error: null when it succeeded, else its kind; answer: the first bytes of what came back."""

    number: int
    at: datetime
    duration_ms: int
    status_code: int | None
    error: str | None
    answer: str


class DeliveryOut(BaseModel):
    """One event for the endpoint. event_id: its `webhook-id`; next_attempt_at: null also while an earlier event of
    the same subject is not delivered yet."""

    event_id: UUID
    kind: str
    subject_id: UUID
    status: Status
    attempts: list[AttemptOut]
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


class TestOut(BaseModel):
    """A trial message is on its way; its outcome will be in the log."""

    event_id: UUID


class ReplayIn(Body):
    """What to send again: one event, or all since a moment, the delivered ones too where that is said."""

    event_id: Uuid | None = None
    since: Instant | None = None
    delivered: Annotated[Flag, Field(description="Gửi lại cả những thông báo đã giao")] = False


class ReplayOut(BaseModel):
    """deliveries: how many will be sent; more: whether there are later events still, to be asked for from `until`."""

    deliveries: int
    more: bool
    until: datetime | None
