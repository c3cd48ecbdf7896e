"""Cases of devices, partner systems and the audit."""

from itertools import count
from uuid import UUID

from app.auth.permissions import P
from app.core.values.ids import uuid7
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.cases.tenancy import user
from tests.access.scenario.actors import PLACE_CELLS, PROVINCE, SUBJECT, ActorKind, Cell
from tests.access.scenario.cell_data import CellData

cases = CaseList()
_numbers = count(1)
_BOTH = (SUBJECT, PROVINCE)


def managers_only(kind: ActorKind, _cell: Cell) -> int | None:
    """The devices of others are shown to those who manage users; to the rest they are absent."""
    return None if P.USER_MANAGE in kind.permissions else 404


def people_only(kind: ActorKind, _cell: Cell) -> int | None:
    """A partner system holds no device."""
    return 403 if kind.scopes else None


async def device(data: CellData) -> str:
    """A device (thiết bị) of `user`."""
    holder = await user(data)

    async def make() -> UUID:
        row_id = uuid7()
        await data.scenario.owner.execute(
            "insert into device (id, user_id, name) values ($1, $2, $3)",
            row_id,
            UUID(holder),
            data.marked_name(),
        )
        return row_id

    return await data.row_id("device", make)


@cases.add("GET /v1/devices", P.SELF, ScopeCheck.OWN)
async def list_devices(_data: CellData) -> CaseRequest:
    return CaseRequest()


def managers_may_filter_by_user(kind: ActorKind, _cell: Cell) -> int | None:
    """Only a manager may ask for somebody else's devices."""
    return None if P.USER_MANAGE in kind.permissions else 403


@cases.add("GET /v1/devices", P.SELF, ScopeCheck.ROW, first=(managers_may_filter_by_user,), about="of a user")
async def list_devices_of(data: CellData) -> CaseRequest:
    await device(data)
    return CaseRequest(query={"user_id": await user(data)})


@cases.add("POST /v1/devices", P.SELF, ScopeCheck.OWN, but=(people_only,))
async def register_device(_data: CellData) -> CaseRequest:
    return CaseRequest(body={"name": "Điện thoại"})


@cases.add("GET /v1/devices/{device_id}", P.SELF, ScopeCheck.ROW, but=(managers_only,))
async def read_device(data: CellData) -> CaseRequest:
    return CaseRequest({"device_id": await device(data)})


@cases.add("POST /v1/devices/{device_id}/revoke", P.SELF, ScopeCheck.ROW, but=(managers_only,))
async def revoke_device(data: CellData) -> CaseRequest:
    return CaseRequest({"device_id": await device(data)})


async def partner(data: CellData) -> str:
    """A partner system (hệ thống đối tác) of the cell's organisation."""

    async def make() -> UUID:
        created = await data.scenario.world.partner(data.scenario.units[data.cell], "stats:read")
        await data.scenario.owner.execute(
            "update api_client set name = $2 where id = $1", created.id, data.marked_name()
        )
        return created.id

    return await data.row_id("partner", make)


async def secret(data: CellData) -> str:
    """A secret of `partner`."""
    holder = await partner(data)

    async def make() -> UUID:
        row_id = uuid7()
        await data.scenario.owner.execute(
            "insert into client_secret (id, client_id, secret_hash) values ($1, $2, 'x')",
            row_id,
            UUID(holder),
        )
        return row_id

    return await data.row_id("secret", make)


@cases.add("GET /v1/clients", P.CLIENT_MANAGE, ScopeCheck.LIST, cells=PLACE_CELLS)
async def list_clients(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await partner(data))


@cases.add("POST /v1/clients", P.CLIENT_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def create_client(data: CellData) -> CaseRequest:
    body = {"client_id": f"doi-tac-{next(_numbers)}", "name": "Đối tác", "scopes": ["stats:read"]}
    return CaseRequest(body=body | {"organisation_id": await data.unit()})


@cases.add("GET /v1/clients/{client_id}", P.CLIENT_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def read_client(data: CellData) -> CaseRequest:
    return CaseRequest({"client_id": await partner(data)})


@cases.add("PATCH /v1/clients/{client_id}", P.CLIENT_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def edit_client(data: CellData) -> CaseRequest:
    return CaseRequest({"client_id": await partner(data)}, body={"name": "Đối tác cũ"}, version=1)


@cases.add("GET /v1/clients/{client_id}/secrets", P.CLIENT_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def list_secrets(data: CellData) -> CaseRequest:
    await secret(data)
    return CaseRequest({"client_id": await partner(data)})


@cases.add("POST /v1/clients/{client_id}/secrets", P.CLIENT_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def add_secret(data: CellData) -> CaseRequest:
    return CaseRequest({"client_id": await partner(data)}, body={})


@cases.add(
    "POST /v1/clients/{client_id}/secrets/{secret_id}/revoke", P.CLIENT_MANAGE, ScopeCheck.ROW, cells=_BOTH
)
async def revoke_secret(data: CellData) -> CaseRequest:
    return CaseRequest({"client_id": await partner(data), "secret_id": await secret(data)})


async def event(data: CellData) -> str:
    """An event of the audit (nhật ký) about the cell's organisation, by its staff."""
    unit = data.scenario.units.get(data.cell)

    async def make() -> UUID:
        assert unit is not None
        row_id = uuid7()
        await data.scenario.owner.execute(
            "insert into audit_event (id, event, network, province_code, commune_code, actor_kind, organisation_id,"
            " subject_kind, subject_id, fields) values ($1, 'organisation.changed', $2, $3, $4, 'user', $5,"
            " 'organisation', $5, '{}')",
            row_id, unit.network, unit.province, unit.commune, unit.id,
        )  # fmt: skip
        return row_id

    return await data.row_id("event", make)


@cases.add("GET /v1/audit", P.AUDIT_READ, ScopeCheck.LIST, cells=PLACE_CELLS)
async def list_events(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await event(data))


@cases.add("GET /v1/audit/{event_id}", P.AUDIT_READ, ScopeCheck.ROW, cells=_BOTH)
async def read_event(data: CellData) -> CaseRequest:
    return CaseRequest({"event_id": await event(data)})
