"""Lines of webhooks: of the staff in whose places an organisation lies, and of each partner system its own."""

from uuid import UUID

from app.auth.permissions import P
from app.core.ids import uuid7
from tests.access.actors import ABOVE, PLACED, SUBJECT, Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.spots import Spot

lines = Matrix()
_BOTH = (SUBJECT, ABOVE)
_URL = "https://127.0.0.1:9/an-sinh"
"""Nobody answers there, and nothing leaves this machine."""


async def endpoint(at: Spot) -> str:
    """An endpoint of the cell's organisation, with a secret and a delivery."""

    async def make() -> UUID:
        made, unit, owner = uuid7(), at.stage.units[at.cell], at.stage.owner
        await owner.execute(
            "insert into webhook (id, network, organisation_id, province_code, commune_code, url, description, created_by)"
            " values ($1, $2, $3, $4, $5, $6, $7, $1)",
            made, unit.network, unit.id, unit.province, unit.commune, _URL, at.name(Sight.STAFF),
        )  # fmt: skip
        for _ in range(2):
            await owner.execute(
                "insert into webhook_secret (id, webhook_id, sealed) values ($1, $2, 'x')", uuid7(), made
            )
        return made

    return await at.row("webhook", make, sight=Sight.STAFF)


async def secret(at: Spot) -> str:
    """The earlier secret of `endpoint`."""
    holder = await endpoint(at)

    async def make() -> UUID:
        found: UUID = await at.stage.owner.fetchval(
            "select id from webhook_secret where webhook_id = $1 order by id limit 1", UUID(holder)
        )
        return found

    return await at.row("webhook secret", make, sight=Sight.STAFF)


async def delivery(at: Spot) -> str:
    """The event of a delivery to `endpoint`."""
    holder = await endpoint(at)

    async def make() -> UUID:
        made, unit, owner = uuid7(), at.stage.units[at.cell], at.stage.owner
        seq = await owner.fetchval(
            "insert into outbox_event (id, kind, network, organisation_id, province_code, commune_code, subject_kind,"
            " subject_id, data) values ($1, 'enrolment.accepted', $2, $3, $4, $5, 'enrolment', $1, '{}') returning seq",
            made, unit.network, unit.id, unit.province, unit.commune,
        )  # fmt: skip
        await owner.execute(
            "insert into webhook_delivery (webhook_id, seq, event_id, kind, subject_id)"
            " values ($1, $2, $3, 'enrolment.accepted', $3)",
            UUID(holder), seq, made,
        )  # fmt: skip
        await owner.execute(
            "insert into webhook_attempt (webhook_id, seq, number, at, duration_ms, answer)"
            " values ($1, $2, 1, now(), 5, $3)",
            UUID(holder), seq, at.name(Sight.STAFF),
        )  # fmt: skip
        return made

    return await at.row("delivery", make, sight=Sight.STAFF)


@lines.line("GET /v1/webhooks", P.WEBHOOK_MANAGE, Reach.LIST, cells=PLACED, sight=Sight.STAFF)
async def list_webhooks(at: Spot) -> Sent:
    return Sent(shown=await endpoint(at))


@lines.line("POST /v1/webhooks", P.WEBHOOK_MANAGE, Reach.OWN, about="of one's own")
async def create_own(_at: Spot) -> Sent:
    return Sent(body={"url": _URL})


@lines.line("POST /v1/webhooks", P.WEBHOOK_MANAGE, Reach.ROW, cells=_BOTH, sight=Sight.STAFF)
async def create_webhook(at: Spot) -> Sent:
    return Sent(body={"url": _URL, "organisation_id": await at.unit()})


@lines.line(
    "POST /v1/webhooks", P.WEBHOOK_MANAGE, Reach.ROW, cells=_BOTH, sight=Sight.STAFF, about="of a system"
)
async def create_for_system(at: Spot) -> Sent:
    async def make() -> UUID:
        return (await at.stage.world.partner(at.stage.units[at.cell], "enrolments:write")).id

    return Sent(body={"url": _URL, "client_id": await at.row("partner system", make)})


@lines.line("GET /v1/webhooks/{webhook_id}", P.WEBHOOK_MANAGE, Reach.ROW, cells=_BOTH, sight=Sight.STAFF)
async def read_webhook(at: Spot) -> Sent:
    return Sent({"webhook_id": await endpoint(at)})


@lines.line("PATCH /v1/webhooks/{webhook_id}", P.WEBHOOK_MANAGE, Reach.ROW, cells=_BOTH, sight=Sight.STAFF)
async def edit_webhook(at: Spot) -> Sent:
    return Sent({"webhook_id": await endpoint(at)}, body={"enabled": False}, version=1)


@lines.line("DELETE /v1/webhooks/{webhook_id}", P.WEBHOOK_MANAGE, Reach.ROW, cells=_BOTH, sight=Sight.STAFF)
async def delete_webhook(at: Spot) -> Sent:
    return Sent({"webhook_id": await endpoint(at)})


@lines.line(
    "POST /v1/webhooks/{webhook_id}/secrets", P.WEBHOOK_MANAGE, Reach.ROW, cells=_BOTH, sight=Sight.STAFF
)
async def add_secret(at: Spot) -> Sent:
    holder = await endpoint(at)
    await at.stage.owner.execute(
        "update webhook_secret set revoked_at = now() where webhook_id = $1 and revoked_at is null"
        " and id <> (select max(id::text)::uuid from webhook_secret where webhook_id = $1)",
        UUID(holder),
    )
    return Sent({"webhook_id": holder}, body={})


@lines.line(
    "POST /v1/webhooks/{webhook_id}/secrets/{secret_id}/revoke",
    P.WEBHOOK_MANAGE, Reach.ROW, cells=_BOTH, sight=Sight.STAFF,
)  # fmt: skip
async def revoke_secret(at: Spot) -> Sent:
    return Sent({"webhook_id": await endpoint(at), "secret_id": await secret(at)})


@lines.line(
    "POST /v1/webhooks/{webhook_id}/test", P.WEBHOOK_MANAGE, Reach.ROW, cells=_BOTH, sight=Sight.STAFF
)
async def try_out(at: Spot) -> Sent:
    return Sent({"webhook_id": await endpoint(at)})


@lines.line(
    "GET /v1/webhooks/{webhook_id}/deliveries", P.WEBHOOK_MANAGE, Reach.ROW, cells=_BOTH, sight=Sight.STAFF
)
async def list_deliveries(at: Spot) -> Sent:
    await delivery(at)
    return Sent({"webhook_id": await endpoint(at)})


@lines.line(
    "GET /v1/webhooks/{webhook_id}/deliveries/{event_id}",
    P.WEBHOOK_MANAGE, Reach.ROW, cells=_BOTH, sight=Sight.STAFF,
)  # fmt: skip
async def read_delivery(at: Spot) -> Sent:
    return Sent({"webhook_id": await endpoint(at), "event_id": await delivery(at)})


@lines.line(
    "POST /v1/webhooks/{webhook_id}/replay", P.WEBHOOK_MANAGE, Reach.ROW, cells=_BOTH, sight=Sight.STAFF
)
async def replay(at: Spot) -> Sent:
    return Sent({"webhook_id": await endpoint(at)}, body={"event_id": await delivery(at)})
