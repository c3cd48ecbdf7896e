"""Partner systems: list, read, create and edit, with their secrets."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import diff_fields, record_event
from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import now
from app.core.values.versions import apply_edit
from app.models.tenancy.client import Client
from app.tenancy.clients import queries as client_queries
from app.tenancy.clients.limits import LIMIT_FIELDS, MaxClientLimits, check_limits
from app.tenancy.clients.schemas import (
    ClientFilter,
    ClientIn,
    ClientOut,
    ClientPatch,
    NewClientOut,
    SecretOut,
)
from app.tenancy.clients.secrets import client_secret_to_response, generate_client_secret
from app.tenancy.grants import check_scopes
from app.tenancy.logins.queries import revoke_sessions
from app.tenancy.organisations.references import resolve_organisation
from app.tenancy.organisations.service import check_within_reach
from app.tenancy.rows import lock_row, require_same_content
from app.tenancy.users.service import copy_organisation_columns, sees_all


async def list_clients(
    db: AsyncSession, actor: Actor, filters: ClientFilter, page: PageRequest
) -> Page[ClientOut]:
    """List one page of the clients that the actor sees, in the order in which they were created."""
    rows, cursor = await fetch_page(
        db, client_queries.select_clients(actor, filters), columns=[col(Client.id)], page=page
    )
    return Page(items=await _to_responses(db, rows), next_cursor=cursor)


async def read_client(db: AsyncSession, actor: Actor, id_: UUID) -> ClientOut:
    """Read one client. Raises: NotFound."""
    return await client_to_response(db, await _require_visible_client(db, actor, id_))


async def create_client(
    db: AsyncSession, actor: Actor, body: ClientIn, max_limits: MaxClientLimits
) -> NewClientOut:
    """Create a client with its first secret. max_limits: the highest limits that may be set.

    Raises: InvalidInput, NotFound (a reference), OutsideScope, GrantExceeds, ClientIdTaken, IdTaken.
    """
    organisation = await resolve_organisation(db, actor, body.organisation_id, body.organisation_code)
    values = body.model_dump(include={"client_id", "name", *LIMIT_FIELDS}) | {
        "scopes": sorted(set(body.scopes))
    }
    if body.id and (existing := await client_queries.find_visible_client(db, actor, body.id)):
        require_same_content(existing, values | {"organisation_id": organisation.id})
        return NewClientOut(**dict(await client_to_response(db, existing)), secret=None)
    await check_within_reach(db, actor, organisation)
    check_scopes(actor, values["scopes"], sees_all=await sees_all(db, actor, organisation))
    await check_limits(db, organisation, values, max_limits)
    client = Client(id=body.id or uuid7(), **values, **copy_organisation_columns(organisation))
    db.add(client)
    await db.flush()
    text, secret = await generate_client_secret(client)
    await client_queries.add_client_secret(db, secret)
    fields = {name: values[name] for name in ("scopes", *LIMIT_FIELDS)}
    fields["organisation_id"] = str(organisation.id)
    await record_event(db, actor, Event.CLIENT_CREATED, client, fields)
    await db.flush()
    return NewClientOut(**dict(await client_to_response(db, client)), secret=text)


async def edit_client(
    db: AsyncSession, actor: Actor, id_: UUID, version: int, body: ClientPatch, max_limits: MaxClientLimits
) -> ClientOut:
    """Edit a client, from its next request on. Who enables it again must have all rights that it then has.

    Raises: NotFound, OutsideScope, InvalidInput, GrantExceeds, StaleVersion.
    """
    client = await require_managed_client(db, actor, id_)
    values: dict[str, Any] = body.model_dump(include={"name", *LIMIT_FIELDS}, exclude_unset=True)
    if "scopes" in body.model_fields_set:
        values["scopes"] = sorted(set(body.scopes))
    if "disabled" in body.model_fields_set and body.disabled != (client.disabled_at is not None):
        values["disabled_at"] = now() if body.disabled else None
    organisation = await resolve_organisation(db, actor, client.organisation_id, None)
    check_scopes(actor, _granted_scopes(client, values), sees_all=await sees_all(db, actor, organisation))
    await check_limits(db, organisation, values, max_limits)
    before = client.model_dump()
    apply_edit(client, version, values)
    if values.get("disabled_at"):
        await revoke_sessions(db, "client disabled", client_id=client.id)
    await record_event(db, actor, Event.CLIENT_CHANGED, client, diff_fields(before, values))
    await db.flush()
    return await client_to_response(db, client)


def _granted_scopes(client: Client, values: dict[str, Any]) -> set[str]:
    """Return the scopes that an edit grants: the new ones, or all if the client is enabled or leaves the sandbox."""
    scopes = set(values.get("scopes", client.scopes))
    enabled_again = client.disabled_at is not None and values.get("disabled_at", client.disabled_at) is None
    left_sandbox = client.sandbox and not values.get("sandbox", True)
    return scopes if enabled_again or left_sandbox else scopes - set(client.scopes)


async def require_managed_client(db: AsyncSession, actor: Actor, id_: UUID) -> Client:
    """Get a client of an organisation that reaches no further than the actor, locked.

    Raises: NotFound; OutsideScope when the actor sees the client only.
    """
    client = await _require_visible_client(db, actor, id_)
    await check_within_reach(db, actor, await resolve_organisation(db, actor, client.organisation_id, None))
    await lock_row(db, client)
    return client


async def client_to_response(db: AsyncSession, client: Client) -> ClientOut:
    """Build the response for a client."""
    return (await _to_responses(db, [client]))[0]


async def _require_visible_client(db: AsyncSession, actor: Actor, id_: UUID) -> Client:
    client = await client_queries.find_visible_client(db, actor, id_)
    if client is None:
        raise NotFound
    return client


async def _to_responses(db: AsyncSession, rows: Sequence[Client]) -> list[ClientOut]:
    secrets: dict[UUID, list[SecretOut]] = {row.id: [] for row in rows}
    for secret in await client_queries.read_client_secrets(db, secrets):
        secrets[secret.client_id].append(client_secret_to_response(secret))
    return [_to_response(row, secrets[row.id]) for row in rows]


def _to_response(client: Client, secrets: list[SecretOut]) -> ClientOut:
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
