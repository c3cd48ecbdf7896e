"""Cases of webhooks: of the staff in whose places an organisation lies, and of each partner system its own."""

from uuid import UUID

from app.auth.permissions import P
from app.core.values.ids import uuid7
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.scenario.actors import PLACE_CELLS, PROVINCE, SUBJECT, Visibility
from tests.access.scenario.cell_data import CellData

cases = CaseList()
_BOTH = (SUBJECT, PROVINCE)
_URL = "https://127.0.0.1:9/an-sinh"
"""Nobody answers there, and nothing leaves this machine."""


async def endpoint(data: CellData) -> str:
    """An endpoint of the cell's organisation, with a secret and a delivery."""

    async def make() -> UUID:
        created, unit, owner = uuid7(), data.scenario.units[data.cell], data.scenario.owner
        await owner.execute(
            "insert into webhook (id, network, organisation_id, province_code, commune_code, url, description, created_by)"
            " values ($1, $2, $3, $4, $5, $6, $7, $1)",
            created, unit.network, unit.id, unit.province, unit.commune, _URL, data.marked_name(Visibility.STAFF),
        )  # fmt: skip
        for _ in range(2):
            await owner.execute(
                "insert into webhook_secret (id, webhook_id, sealed) values ($1, $2, 'x')", uuid7(), created
            )
        return created

    return await data.row_id("webhook", make, sight=Visibility.STAFF)


async def secret(data: CellData) -> str:
    """The earlier secret of `endpoint`."""
    holder = await endpoint(data)

    async def make() -> UUID:
        secret_id: UUID = await data.scenario.owner.fetchval(
            "select id from webhook_secret where webhook_id = $1 order by id limit 1", UUID(holder)
        )
        return secret_id

    return await data.row_id("webhook secret", make, sight=Visibility.STAFF)


async def delivery(data: CellData) -> str:
    """The event of a delivery to `endpoint`."""
    holder = await endpoint(data)

    async def make() -> UUID:
        created, unit, owner = uuid7(), data.scenario.units[data.cell], data.scenario.owner
        seq = await owner.fetchval(
            "insert into outbox_event (id, kind, network, organisation_id, province_code, commune_code, subject_kind,"
            " subject_id, data) values ($1, 'enrolment.accepted', $2, $3, $4, $5, 'enrolment', $1, '{}') returning seq",
            created, unit.network, unit.id, unit.province, unit.commune,
        )  # fmt: skip
        await owner.execute(
            "insert into webhook_delivery (webhook_id, seq, event_id, kind, subject_id)"
            " values ($1, $2, $3, 'enrolment.accepted', $3)",
            UUID(holder), seq, created,
        )  # fmt: skip
        await owner.execute(
            "insert into webhook_attempt (webhook_id, seq, number, at, duration_ms, answer)"
            " values ($1, $2, 1, now(), 5, $3)",
            UUID(holder), seq, data.marked_name(Visibility.STAFF),
        )  # fmt: skip
        return created

    return await data.row_id("delivery", make, sight=Visibility.STAFF)


@cases.add("GET /v1/webhooks", P.WEBHOOK_MANAGE, ScopeCheck.LIST, cells=PLACE_CELLS, sight=Visibility.STAFF)
async def list_webhooks(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await endpoint(data))


@cases.add("POST /v1/webhooks", P.WEBHOOK_MANAGE, ScopeCheck.OWN, about="of one's own")
async def create_own(_data: CellData) -> CaseRequest:
    return CaseRequest(body={"url": _URL})


@cases.add("POST /v1/webhooks", P.WEBHOOK_MANAGE, ScopeCheck.ROW, cells=_BOTH, sight=Visibility.STAFF)
async def create_webhook(data: CellData) -> CaseRequest:
    return CaseRequest(body={"url": _URL, "organisation_id": await data.unit()})


@cases.add(
    "POST /v1/webhooks",
    P.WEBHOOK_MANAGE,
    ScopeCheck.ROW,
    cells=_BOTH,
    sight=Visibility.STAFF,
    about="of a system",
)
async def create_for_system(data: CellData) -> CaseRequest:
    async def make() -> UUID:
        return (await data.scenario.world.partner(data.scenario.units[data.cell], "enrolments:write")).id

    return CaseRequest(body={"url": _URL, "client_id": await data.row_id("partner system", make)})


@cases.add(
    "GET /v1/webhooks/{webhook_id}", P.WEBHOOK_MANAGE, ScopeCheck.ROW, cells=_BOTH, sight=Visibility.STAFF
)
async def read_webhook(data: CellData) -> CaseRequest:
    return CaseRequest({"webhook_id": await endpoint(data)})


@cases.add(
    "PATCH /v1/webhooks/{webhook_id}", P.WEBHOOK_MANAGE, ScopeCheck.ROW, cells=_BOTH, sight=Visibility.STAFF
)
async def edit_webhook(data: CellData) -> CaseRequest:
    return CaseRequest({"webhook_id": await endpoint(data)}, body={"enabled": False}, version=1)


@cases.add(
    "DELETE /v1/webhooks/{webhook_id}", P.WEBHOOK_MANAGE, ScopeCheck.ROW, cells=_BOTH, sight=Visibility.STAFF
)
async def delete_webhook(data: CellData) -> CaseRequest:
    return CaseRequest({"webhook_id": await endpoint(data)})


@cases.add(
    "POST /v1/webhooks/{webhook_id}/secrets",
    P.WEBHOOK_MANAGE,
    ScopeCheck.ROW,
    cells=_BOTH,
    sight=Visibility.STAFF,
)
async def add_secret(data: CellData) -> CaseRequest:
    holder = await endpoint(data)
    await data.scenario.owner.execute(
        "update webhook_secret set revoked_at = now() where webhook_id = $1 and revoked_at is null"
        " and id <> (select max(id::text)::uuid from webhook_secret where webhook_id = $1)",
        UUID(holder),
    )
    return CaseRequest({"webhook_id": holder}, body={})


@cases.add(
    "POST /v1/webhooks/{webhook_id}/secrets/{secret_id}/revoke",
    P.WEBHOOK_MANAGE, ScopeCheck.ROW, cells=_BOTH, sight=Visibility.STAFF,
)  # fmt: skip
async def revoke_secret(data: CellData) -> CaseRequest:
    return CaseRequest({"webhook_id": await endpoint(data), "secret_id": await secret(data)})


@cases.add(
    "POST /v1/webhooks/{webhook_id}/test",
    P.WEBHOOK_MANAGE,
    ScopeCheck.ROW,
    cells=_BOTH,
    sight=Visibility.STAFF,
)
async def try_out(data: CellData) -> CaseRequest:
    return CaseRequest({"webhook_id": await endpoint(data)})


@cases.add(
    "GET /v1/webhooks/{webhook_id}/deliveries",
    P.WEBHOOK_MANAGE,
    ScopeCheck.ROW,
    cells=_BOTH,
    sight=Visibility.STAFF,
)
async def list_deliveries(data: CellData) -> CaseRequest:
    await delivery(data)
    return CaseRequest({"webhook_id": await endpoint(data)})


@cases.add(
    "GET /v1/webhooks/{webhook_id}/deliveries/{event_id}",
    P.WEBHOOK_MANAGE, ScopeCheck.ROW, cells=_BOTH, sight=Visibility.STAFF,
)  # fmt: skip
async def read_delivery(data: CellData) -> CaseRequest:
    return CaseRequest({"webhook_id": await endpoint(data), "event_id": await delivery(data)})


@cases.add(
    "POST /v1/webhooks/{webhook_id}/replay",
    P.WEBHOOK_MANAGE,
    ScopeCheck.ROW,
    cells=_BOTH,
    sight=Visibility.STAFF,
)
async def replay(data: CellData) -> CaseRequest:
    return CaseRequest({"webhook_id": await endpoint(data)}, body={"event_id": await delivery(data)})
