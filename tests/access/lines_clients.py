"""Lines of devices, partner systems and the audit."""

from itertools import count
from uuid import UUID

from app.auth.permissions import P
from app.core.ids import uuid7
from tests.access.actors import ABOVE, PLACED, SUBJECT, Cell, Kind
from tests.access.lines import Matrix, Reach, Sent
from tests.access.lines_tenancy import user
from tests.access.spots import Spot

lines = Matrix()
_numbers = count(1)
_BOTH = (SUBJECT, ABOVE)


def managers_only(kind: Kind, _cell: Cell) -> int | None:
    """The devices of others are shown to those who manage users; to the rest they are absent."""
    return None if P.USER_MANAGE in kind.permissions else 404


def people_only(kind: Kind, _cell: Cell) -> int | None:
    """A partner system holds no device."""
    return 403 if kind.scopes else None


async def device(at: Spot) -> str:
    """A device (thiết bị) of `user`."""
    holder = await user(at)

    async def make() -> UUID:
        made = uuid7()
        await at.stage.owner.execute(
            "insert into device (id, user_id, name) values ($1, $2, $3)", made, UUID(holder), at.name()
        )
        return made

    return await at.row("device", make)


@lines.line("GET /v1/devices", P.SELF, Reach.OWN)
async def list_devices(_at: Spot) -> Sent:
    return Sent()


def told_to_managers(kind: Kind, _cell: Cell) -> int | None:
    """To ask for somebody else's devices at all is a manager's."""
    return None if P.USER_MANAGE in kind.permissions else 403


@lines.line("GET /v1/devices", P.SELF, Reach.ROW, first=(told_to_managers,), about="of a user")
async def list_devices_of(at: Spot) -> Sent:
    await device(at)
    return Sent(query={"user_id": await user(at)})


@lines.line("POST /v1/devices", P.SELF, Reach.OWN, but=(people_only,))
async def register_device(_at: Spot) -> Sent:
    return Sent(body={"name": "Điện thoại"})


@lines.line("GET /v1/devices/{device_id}", P.SELF, Reach.ROW, but=(managers_only,))
async def read_device(at: Spot) -> Sent:
    return Sent({"device_id": await device(at)})


@lines.line("POST /v1/devices/{device_id}/revoke", P.SELF, Reach.ROW, but=(managers_only,))
async def revoke_device(at: Spot) -> Sent:
    return Sent({"device_id": await device(at)})


async def partner(at: Spot) -> str:
    """A partner system (hệ thống đối tác) of the cell's organisation."""

    async def make() -> UUID:
        made = await at.stage.world.partner(at.stage.units[at.cell], "stats:read")
        await at.stage.owner.execute("update api_client set name = $2 where id = $1", made.id, at.name())
        return made.id

    return await at.row("partner", make)


async def secret(at: Spot) -> str:
    """A secret of `partner`."""
    holder = await partner(at)

    async def make() -> UUID:
        made = uuid7()
        await at.stage.owner.execute(
            "insert into client_secret (id, client_id, secret_hash) values ($1, $2, 'x')", made, UUID(holder)
        )
        return made

    return await at.row("secret", make)


@lines.line("GET /v1/clients", P.CLIENT_MANAGE, Reach.LIST, cells=PLACED)
async def list_clients(at: Spot) -> Sent:
    return Sent(shown=await partner(at))


@lines.line("POST /v1/clients", P.CLIENT_MANAGE, Reach.ROW, cells=_BOTH)
async def create_client(at: Spot) -> Sent:
    body = {"client_id": f"doi-tac-{next(_numbers)}", "name": "Đối tác", "scopes": ["stats:read"]}
    return Sent(body=body | {"organisation_id": await at.unit()})


@lines.line("GET /v1/clients/{client_id}", P.CLIENT_MANAGE, Reach.ROW, cells=_BOTH)
async def read_client(at: Spot) -> Sent:
    return Sent({"client_id": await partner(at)})


@lines.line("PATCH /v1/clients/{client_id}", P.CLIENT_MANAGE, Reach.ROW, cells=_BOTH)
async def edit_client(at: Spot) -> Sent:
    return Sent({"client_id": await partner(at)}, body={"name": "Đối tác cũ"}, version=1)


@lines.line("GET /v1/clients/{client_id}/secrets", P.CLIENT_MANAGE, Reach.ROW, cells=_BOTH)
async def list_secrets(at: Spot) -> Sent:
    await secret(at)
    return Sent({"client_id": await partner(at)})


@lines.line("POST /v1/clients/{client_id}/secrets", P.CLIENT_MANAGE, Reach.ROW, cells=_BOTH)
async def add_secret(at: Spot) -> Sent:
    return Sent({"client_id": await partner(at)}, body={})


@lines.line(
    "POST /v1/clients/{client_id}/secrets/{secret_id}/revoke", P.CLIENT_MANAGE, Reach.ROW, cells=_BOTH
)
async def revoke_secret(at: Spot) -> Sent:
    return Sent({"client_id": await partner(at), "secret_id": await secret(at)})


async def event(at: Spot) -> str:
    """An event of the audit (nhật ký) about the cell's organisation, by its staff."""
    unit = at.stage.units.get(at.cell)

    async def make() -> UUID:
        assert unit is not None
        made = uuid7()
        await at.stage.owner.execute(
            "insert into audit_event (id, event, network, province_code, commune_code, actor_kind, organisation_id,"
            " subject_kind, subject_id, fields) values ($1, 'organisation.changed', $2, $3, $4, 'user', $5,"
            " 'organisation', $5, '{}')",
            made, unit.network, unit.province, unit.commune, unit.id,
        )  # fmt: skip
        return made

    return await at.row("event", make)


@lines.line("GET /v1/audit", P.AUDIT_READ, Reach.LIST, cells=PLACED)
async def list_events(at: Spot) -> Sent:
    return Sent(shown=await event(at))


@lines.line("GET /v1/audit/{event_id}", P.AUDIT_READ, Reach.ROW, cells=_BOTH)
async def read_event(at: Spot) -> Sent:
    return Sent({"event_id": await event(at)})
