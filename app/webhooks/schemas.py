"""Wire shapes of webhooks: endpoints, their secrets, and the log of deliveries."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.audit.outbox import Announcement
from app.core.values.bodies import RequestBody, StrictFlag, omittable_field
from app.core.values.ids import Uuid
from app.core.values.text import Code, ShortText
from app.core.values.time import Day, Instant

EndpointUrl = Annotated[str, Field(min_length=1, max_length=2000, description="Địa chỉ https nhận thông báo")]
AnnouncementKinds = Annotated[
    list[Announcement],
    Field(min_length=1, max_length=50, description="Loại thông báo muốn nhận; null là tất cả"),
]
DeliveryStatus = Literal["pending", "delivered", "failed"]


class WebhookFilter(BaseModel):
    """Query parameters of the list of webhooks."""

    organisation_id: Uuid | None = None
    organisation_code: Code | None = None
    client_id: Annotated[Uuid | None, Field(description="`id` của hệ thống đối tác")] = None
    enabled: Annotated[bool | None, Field(description="Đang bật hay không")] = None


class WebhookIn(RequestBody):
    """An endpoint (địa chỉ nhận thông báo): of a partner system, or of an organisation, by default your own."""

    id: Uuid | None = None
    url: EndpointUrl
    kinds: AnnouncementKinds | None = None
    description: ShortText | None = None
    organisation_id: Uuid | None = None
    organisation_code: Code | None = None
    client_id: Annotated[Uuid | None, Field(description="`id` of the partner system that it belongs to")] = (
        None
    )


class WebhookPatch(RequestBody):
    """Changes of an endpoint; they apply from the next message on."""

    url: EndpointUrl = omittable_field()
    kinds: AnnouncementKinds | None = None
    description: ShortText | None = None
    enabled: Annotated[StrictFlag, Field(description="Bật (true) hoặc tắt (false)")] = omittable_field()


class WebhookSecretIn(RequestBody):
    """A further secret; until the older one ends, messages are signed with both."""

    older_valid_until: Annotated[
        Day | None, Field(description="Last day of the older secret; without it, that secret stays valid")
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
    when the first of the present series of failures began.
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
    """A new endpoint with its first secret, which is shown this once; null when the same request was sent again."""

    secret: str | None


class DeliveryFilter(BaseModel):
    """Query parameters of the log."""

    status: Annotated[DeliveryStatus | None, Field(description="Trạng thái")] = None
    kind: Annotated[str | None, Field(max_length=64, description="Loại thông báo")] = None


class AttemptOut(BaseModel):
    """One attempt. error: null when it succeeded, else its kind; answer: the first bytes of the response, masked."""

    number: int
    at: datetime
    duration_ms: int
    status_code: int | None
    error: str | None
    answer: str


class DeliveryOut(BaseModel):
    """One event for the endpoint.

    event_id: its `webhook-id`; next_attempt_at: null also while an earlier event of the same subject is not delivered
    yet."""

    event_id: UUID
    kind: str
    subject_id: UUID
    status: DeliveryStatus
    attempts: list[AttemptOut]
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


class TestOut(BaseModel):
    """The id of a test event that will be sent; its outcome will be in the log."""

    event_id: UUID


class ReplayIn(RequestBody):
    """A request to send again: one event, or all since a moment; with `delivered`, the delivered ones too."""

    event_id: Uuid | None = None
    since: Instant | None = None
    delivered: Annotated[StrictFlag, Field(description="Gửi lại cả những thông báo đã giao")] = False


class ReplayOut(BaseModel):
    """The result of a replay. deliveries: how many will be sent; more: whether later events follow, from `until` on."""

    deliveries: int
    more: bool
    until: datetime | None
