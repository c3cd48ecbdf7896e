"""Partner systems: read, made, changed, and their secrets."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import changes, record
from app.auth.actor import Actor
from app.auth.queries import end_sessions
from app.core.errors import NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.core.time import now
from app.core.versions import apply_edit
from app.models.auth import AuthSession
from app.models.client import Client
from app.tenancy import client_queries
from app.tenancy.client_limits import LIMITS, Most, check_limits
from app.tenancy.client_schemas import ClientEdit, ClientFilter, ClientIn, ClientOut, NewClientOut, SecretOut
from app.tenancy.client_secrets import fresh_secret, secret_out
from app.tenancy.grants import check_scopes
from app.tenancy.organisation_service import require_reach
from app.tenancy.rows import lock, organisation_for, same_or_taken
from app.tenancy.user_service import place_of, sees_all


async def list_clients(
    db: AsyncSession, actor: Actor, wanted: ClientFilter, page: PageRequest
) -> Page[ClientOut]:
    """One page of the clients that the actor sees, in the order in which they were made."""
    rows, cursor = await paged(db, client_queries.listed(actor, wanted), columns=[col(Client.id)], page=page)
    return Page(items=await _out(db, rows), next_cursor=cursor)


async def read_client(db: AsyncSession, actor: Actor, id_: UUID) -> ClientOut:
    """Raises: NotFound."""
    return await client_out(db, await _seen(db, actor, id_))


async def create_client(db: AsyncSession, actor: Actor, body: ClientIn, most: Most) -> NewClientOut:
    """Make a client with its first secret. most: what may be set as a limit.

    Raises: InvalidInput, NotFound (a reference), OutsideScope, GrantExceeds, ClientIdTaken, IdTaken.
    """
    organisation = await organisation_for(db, actor, body.organisation_id, body.organisation_code)
    values = body.model_dump(include={"client_id", "name", *LIMITS}) | {"scopes": sorted(set(body.scopes))}
    if body.id and (made := await client_queries.find_client(db, actor, body.id)):
        same_or_taken(made, values | {"organisation_id": organisation.id})
        return NewClientOut(**dict(await client_out(db, made)), secret=None)
    await require_reach(db, actor, organisation)
    check_scopes(actor, values["scopes"], sees_all=await sees_all(db, actor, organisation))
    await check_limits(db, organisation, values, most)
    client = Client(id=body.id or uuid7(), **values, **place_of(organisation))
    db.add(client)
    await db.flush()
    text, secret = await fresh_secret(client)
    db.add(secret)
    fields = {name: values[name] for name in ("scopes", *LIMITS)}
    fields["organisation_id"] = str(organisation.id)
    await record(db, actor, Event.CLIENT_CREATED, client, fields)
    await db.flush()
    return NewClientOut(**dict(await client_out(db, client)), secret=text)


async def edit_client(
    db: AsyncSession, actor: Actor, id_: UUID, version: int, body: ClientEdit, most: Most
) -> ClientOut:
    """Change a client; holds at its next request. Unlocking it needs every right that it then has again.

    Raises: NotFound, OutsideScope, InvalidInput, GrantExceeds, StaleVersion.
    """
    client = await managed(db, actor, id_)
    values: dict[str, Any] = body.model_dump(include={"name", *LIMITS}, exclude_unset=True)
    if "scopes" in body.model_fields_set:
        values["scopes"] = sorted(set(body.scopes))
    if "disabled" in body.model_fields_set and body.disabled != (client.disabled_at is not None):
        values["disabled_at"] = now() if body.disabled else None
    organisation = await organisation_for(db, actor, client.organisation_id, None)
    check_scopes(actor, _granted(client, values), sees_all=await sees_all(db, actor, organisation))
    await check_limits(db, organisation, values, most)
    before = client.model_dump()
    apply_edit(client, version, values)
    if values.get("disabled_at"):
        await end_sessions(db, "client disabled", col(AuthSession.client_id) == client.id)
    await record(db, actor, Event.CLIENT_CHANGED, client, changes(before, values))
    await db.flush()
    return await client_out(db, client)


def _granted(client: Client, values: dict[str, Any]) -> set[str]:
    """The scopes that an edit gives: the new ones, and all of a client that is unlocked or leaves the sandbox."""
    scopes = set(values.get("scopes", client.scopes))
    unlocked = client.disabled_at is not None and values.get("disabled_at", client.disabled_at) is None
    lifted = client.sandbox and not values.get("sandbox", True)
    return scopes if unlocked or lifted else scopes - set(client.scopes)


async def managed(db: AsyncSession, actor: Actor, id_: UUID) -> Client:
    """A client of an organisation that reaches no further than the actor, locked.

    Raises: NotFound; OutsideScope when the actor sees the client only.
    """
    client = await _seen(db, actor, id_)
    await require_reach(db, actor, await organisation_for(db, actor, client.organisation_id, None))
    await lock(db, client)
    return client


async def client_out(db: AsyncSession, client: Client) -> ClientOut:
    """The client as it is answered."""
    return (await _out(db, [client]))[0]


async def _seen(db: AsyncSession, actor: Actor, id_: UUID) -> Client:
    found = await client_queries.find_client(db, actor, id_)
    if found is None:
        raise NotFound
    return found


async def _out(db: AsyncSession, rows: Sequence[Client]) -> list[ClientOut]:
    secrets: dict[UUID, list[SecretOut]] = {row.id: [] for row in rows}
    for secret in await client_queries.secrets_of(db, secrets):
        secrets[secret.client_id].append(secret_out(secret))
    return [_with_secrets(row, secrets[row.id]) for row in rows]


def _with_secrets(client: Client, secrets: list[SecretOut]) -> ClientOut:
    return ClientOut(
        id=client.id,
        client_id=client.client_id,
        name=client.name,
        network=client.network,
        organisation_id=client.organisation_id,
        province_code=client.province_code,
        commune_code=client.commune_code,
        scopes=client.scopes,
        sandbox=client.sandbox,
        place_codes=client.place_codes,
        requests_per_minute=client.requests_per_minute,
        rows_per_minute=client.rows_per_minute,
        secrets=secrets,
        disabled_at=client.disabled_at,
        created_at=client.created_at,
        last_used_at=client.last_used_at,
        version=client.version,
    )
