"""Queries of logins before there is an actor, and writes of sessions, passwords and secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, column, func, text
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.core.postgres.database import get_process_key
from app.core.values.time import now
from app.models.tenancy.auth import AuthSession
from app.models.tenancy.client import Client
from app.models.tenancy.organisation import Organisation
from app.models.tenancy.user import Device, User

_LOGIN = text(
    "select user_id, password_hash, disabled, initial_until from find_login(:process_key, :username)"
)
_CLIENT = text(
    "select id, scopes, disabled, secret_id, secret_hash from find_client(:process_key, :client_id)"
)
_CLAIM_DEVICE = text("""
    select user_id, revoked from claim_device(:process_key, :id, :user_id, :name, :new_name, :at)
""")
_START_SESSION = text("""
    select start_session(:process_key, :id, :user_id, :client_id, :device_id, :scopes, :second_factor, :address_hash,
                         :expires_at, :token_hash)
""")
_END_SESSIONS = text("""
    select end_sessions(:process_key, :reason, :session_id, :user_id, :client_id, :device_id, :except_id)
""")
_SESSION_IDS = text("select session_ids(:process_key, :user_id)")
_HAS_SESSION_FROM = text("select has_session_from(:process_key, :user_id, :address_hash)")
_REFRESH_TOKEN = text("""
    select session_id, device_id, expires_at, used_at from find_refresh_token(:process_key, :token_hash)
""")
_REPLACE_TOKEN = text("""
    select replace_refresh_token(:process_key, :token_hash, :successor_hash, :unverified_state, :at, :expires_at)
""")
_NOTE_PROOF = text("select note_proof(:process_key, :session_id)")
_IS_UNUSED = text("select is_unused_token(:process_key, :token_hash)")
_PASSWORD = text("select password_of(:process_key, :user_id)")
_STORE_PASSWORD = text("select store_password(:process_key, :user_id, :password_hash, :initial_until)")
_REHASH_PASSWORD = text("select rehash_password(:process_key, :user_id, :old_hash, :new_hash)")
_NOTE_USE = text("select note_client_use(:process_key, :client_id, :secret_id, :new_hash, :at)")
_STARTED = {
    "id", "user_id", "client_id", "device_id", "scopes", "second_factor", "address_hash", "expires_at",
}  # fmt: skip
_COVERED_PLACES = text("""
    select c.place_code as code, p.level, p.name
      from organisation_place c
      join lateral (select level, name from place where code = c.place_code order by valid_from desc limit 1) p on true
     where c.organisation_id = :organisation_id
       and c.valid_from <= local_today() and (c.valid_to is null or c.valid_to >= local_today())
     order by c.place_code
""")
_NAMED_PLACES = text("""
    select x.code, p.level, p.name
      from unnest(cast(:codes as text[])) as x (code)
      join lateral (select level, name from place where code = x.code order by valid_from desc limit 1) p on true
     order by x.code
""")


@dataclass(frozen=True, slots=True)
class LoginRow:
    """The login data of a user name.

    password_hash: None for a user who never got a password. initial_until: until when one that somebody else set opens
    its change, None for one's own.
    """

    user_id: UUID
    password_hash: str | None
    disabled: bool
    initial_until: datetime | None


@dataclass(frozen=True, slots=True)
class ClientSecretRow:
    """A client with one of its live secrets, or with None if it has none."""

    id: UUID
    scopes: Sequence[str]
    disabled: bool
    secret_id: UUID | None
    secret_hash: str | None


@dataclass(frozen=True, slots=True)
class DeviceClaim:
    """Whose the device of a login is, and whether it was revoked."""

    user_id: UUID
    revoked: bool


@dataclass(frozen=True, slots=True)
class RefreshTokenRow:
    """A refresh token by its hash, with its session. used_at: when its successor was issued."""

    token_hash: bytes
    session_id: UUID
    device_id: UUID | None
    expires_at: datetime
    used_at: datetime | None


async def call_secret_function(db: AsyncSession, function: TextClause, **arguments: Any) -> Any:
    """Call a function of the owner that asks for this process's key, its `:process_key`, before it touches secrets.

    Returns: the result of SQLAlchemy.
    """
    connection = await db.connection()
    return await connection.execute(function, {"process_key": get_process_key(db), **arguments})


async def find_login(db: AsyncSession, username: str) -> LoginRow | None:
    """Find the user of that name, in any network."""
    row = (await call_secret_function(db, _LOGIN, username=username)).one_or_none()
    return LoginRow(*row) if row else None


async def find_client_secrets(db: AsyncSession, client_id: str) -> list[ClientSecretRow]:
    """Find a client with its live secrets, the newest first; empty if there is no such client."""
    return [ClientSecretRow(*row) for row in await call_secret_function(db, _CLIENT, client_id=client_id)]


async def claim_device(
    db: AsyncSession, device_id: UUID, user_id: UUID, name: str, new_name: str | None
) -> DeviceClaim:
    """Lock the device of a login: registered as *name* if it is new, else seen again and called *new_name*, if any."""
    values = {"id": device_id, "user_id": user_id, "name": name, "new_name": new_name, "at": now()}
    return DeviceClaim(*(await call_secret_function(db, _CLAIM_DEVICE, **values)).one())


async def start_session(db: AsyncSession, session: AuthSession, token_hash: bytes | None = None) -> None:
    """Write a session, and its first refresh token if it has one."""
    values = session.model_dump(include=_STARTED)
    await call_secret_function(db, _START_SESSION, token_hash=token_hash, **values)


def select_live_sessions(db: AsyncSession, user_id: UUID) -> tuple[SelectOfScalar[AuthSession], Any]:
    """Select a user's sessions that hold. Returns: the select, and the session that it selects, for its columns."""
    rows = func.live_sessions(get_process_key(db), user_id).table_valued(
        *(column(one.name, one.type) for one in SQLModel.metadata.tables["auth_session"].columns)
    )
    live = aliased(AuthSession, rows.alias("live"), adapt_on_names=True)
    return select(live), live


async def list_session_ids(db: AsyncSession, user_id: UUID) -> list[UUID]:
    """List the ids of a user's sessions, also of those that ended and are not yet removed."""
    return list((await call_secret_function(db, _SESSION_IDS, user_id=user_id)).scalars())


async def has_session_from(db: AsyncSession, user_id: UUID, address_hash: bytes) -> bool:
    """Return whether a session of the user, living or not long ended, began at this address."""
    values = {"user_id": user_id, "address_hash": address_hash}
    return bool((await call_secret_function(db, _HAS_SESSION_FROM, **values)).scalar_one())


async def list_device_names(db: AsyncSession, sessions: Sequence[AuthSession]) -> dict[UUID, str]:
    """List the names of the sessions' devices by id."""
    ids = {session.device_id for session in sessions if session.device_id is not None}
    rows = (await db.exec(select(Device).where(col(Device.id).in_(ids)))).all() if ids else ()
    return {device.id: device.name for device in rows}


async def revoke_sessions(
    db: AsyncSession,
    reason: str,
    *,
    session_id: UUID | None = None,
    user_id: UUID | None = None,
    client_id: UUID | None = None,
    device_id: UUID | None = None,
    except_id: UUID | None = None,
) -> None:
    """Revoke one session, or the live ones of a user, a client or a device; `except_id` stays."""
    await call_secret_function(
        db,
        _END_SESSIONS,
        reason=reason,
        session_id=session_id,
        user_id=user_id,
        client_id=client_id,
        device_id=device_id,
        except_id=except_id,
    )


async def lock_refresh_token(db: AsyncSession, token_hash: bytes) -> RefreshTokenRow | None:
    """Lock the token and its session, so that two requests with one token come one after the other."""
    row = (await call_secret_function(db, _REFRESH_TOKEN, token_hash=token_hash)).one_or_none()
    return RefreshTokenRow(token_hash, *row) if row else None


async def replace_refresh_token(
    db: AsyncSession, token_hash: bytes, successor_hash: bytes, unverified_state: str, expires_at: datetime
) -> None:
    """Mark the token as used, store its successor, prolong the session, and delete its expired tokens.

    unverified_state: what a session says of its second factor from now on when none was shown in it.
    """
    values = {"unverified_state": unverified_state, "at": now(), "expires_at": expires_at}
    tokens = {"token_hash": token_hash, "successor_hash": successor_hash}
    await call_secret_function(db, _REPLACE_TOKEN, **tokens, **values)


async def note_proof(db: AsyncSession, session_id: UUID) -> None:
    """Note that the holder of a session showed the password in it just now."""
    await call_secret_function(db, _NOTE_PROOF, session_id=session_id)


async def is_unused_token(db: AsyncSession, token_hash: bytes) -> bool:
    """Return whether a refresh token exists and was never used."""
    return bool((await call_secret_function(db, _IS_UNUSED, token_hash=token_hash)).scalar_one())


async def get_own_record(db: AsyncSession, actor: Actor) -> User | Client:
    """Get the actor's own row."""
    if actor.kind == "user":
        return (await db.exec(select(User).where(User.id == actor.id))).one()
    return (await db.exec(select(Client).where(Client.id == actor.id))).one()


async def get_own_organisation(db: AsyncSession, actor: Actor) -> Organisation:
    """Get the organisation that the actor works for."""
    return (await db.exec(select(Organisation).where(Organisation.id == actor.organisation_id))).one()


async def list_covered_places(db: AsyncSession, actor: Actor, place_codes: list[str] | None) -> Sequence[Any]:
    """List code, level and name of the places that the organisation covers today, or to which a client is limited."""
    if place_codes is not None:
        return (await db.execute(_NAMED_PLACES, {"codes": place_codes})).all()
    return (await db.execute(_COVERED_PLACES, {"organisation_id": actor.organisation_id})).all()


async def get_password_hash(db: AsyncSession, user_id: UUID) -> str | None:
    """Get the hash of a user's password."""
    stored: str | None = (await call_secret_function(db, _PASSWORD, user_id=user_id)).scalar_one()
    return stored


async def store_password(
    db: AsyncSession, user_id: UUID, password_hash: str, initial_until: datetime | None
) -> None:
    """Store a user's password from now on. initial_until: until when it opens its own change, if somebody else set it;
    None for one that its holder chose, which frees the sessions that were begun with the one before."""
    values = {"password_hash": password_hash, "initial_until": initial_until}
    await call_secret_function(db, _STORE_PASSWORD, user_id=user_id, **values)


async def rehash_password(db: AsyncSession, user_id: UUID, old_hash: str | None, new_hash: str) -> None:
    """Store the same password with today's costs, unless another one came in the meantime."""
    hashes = {"old_hash": old_hash, "new_hash": new_hash}
    await call_secret_function(db, _REHASH_PASSWORD, user_id=user_id, **hashes)


async def record_client_use(db: AsyncSession, secret: ClientSecretRow, new_hash: str | None) -> None:
    """Record when a client and its secret were last used; replace a hash that was made with lower costs."""
    values = {"client_id": secret.id, "secret_id": secret.secret_id, "new_hash": new_hash, "at": now()}
    await call_secret_function(db, _NOTE_USE, **values)
