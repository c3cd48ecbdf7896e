"""What a login reads before there is an actor, and what it writes about sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.time import now
from app.models.auth import AuthSession, RefreshToken
from app.models.client import Client, ClientSecret
from app.models.organisation import Organisation
from app.models.user import Device, User, UserPassword

_LOGIN = text("select user_id, password_hash, disabled from find_login(:username)")
_CLIENT = text("select id, scopes, disabled, secret_id, secret_hash from find_client(:client_id)")
_COVERED = text("""
    select c.place_code as code, p.level, p.name
      from organisation_place c
      join lateral (select level, name from place where code = c.place_code order by valid_from desc limit 1) p on true
     where c.organisation_id = :organisation_id
       and c.valid_from <= local_today() and (c.valid_to is null or c.valid_to >= local_today())
     order by c.place_code
""")
_NAMED = text("""
    select x.code, p.level, p.name
      from unnest(cast(:codes as text[])) as x (code)
      join lateral (select level, name from place where code = x.code order by valid_from desc limit 1) p on true
     order by x.code
""")


@dataclass(frozen=True, slots=True)
class LoginRow:
    """What is known of a user name. password_hash: None for a user who never got a password."""

    user_id: UUID
    password_hash: str | None
    disabled: bool


@dataclass(frozen=True, slots=True)
class SecretRow:
    """A client with one of its live secrets, or with None if it has none."""

    id: UUID
    scopes: Sequence[str]
    disabled: bool
    secret_id: UUID | None
    secret_hash: str | None


async def find_login(db: AsyncSession, username: str) -> LoginRow | None:
    """The user of that name, in any network."""
    row = (await db.execute(_LOGIN, {"username": username})).one_or_none()
    return LoginRow(*row) if row else None


async def find_client(db: AsyncSession, client_id: str) -> list[SecretRow]:
    """The client with its live secrets, the newest first; empty if there is no such client."""
    return [SecretRow(*row) for row in await db.execute(_CLIENT, {"client_id": client_id})]


async def claimed_device(db: AsyncSession, device: Device) -> Device:
    """The stored device of that id, locked; the given one if there was none."""
    values = device.model_dump(exclude={"app_version", "revoked_at"})
    await db.execute(insert(Device).values(**values).on_conflict_do_nothing())
    found = await db.exec(select(Device).where(Device.id == device.id).with_for_update())
    return found.one()


async def end_sessions(db: AsyncSession, why: str, *conditions: Any) -> None:
    """Revoke the live sessions that meet the conditions."""
    live = update(AuthSession).where(col(AuthSession.revoked_at).is_(None), *conditions)
    await db.execute(live.values(revoked_at=now(), revoked_why=why))


async def locked_refresh_token(
    db: AsyncSession, token_hash: bytes
) -> tuple[RefreshToken, AuthSession] | None:
    """The token and its session, both locked, so that two requests with one token come one after the other."""
    found = await db.exec(
        select(RefreshToken, AuthSession)
        .join(AuthSession, col(AuthSession.id) == col(RefreshToken.session_id))
        .where(RefreshToken.token_hash == token_hash)
        .with_for_update(key_share=True)
    )
    return found.one_or_none()


async def is_unused(db: AsyncSession, token_hash: bytes) -> bool:
    """Whether a refresh token exists and was never presented."""
    token = await db.get(RefreshToken, token_hash)
    return token is not None and token.used_at is None


async def forget_expired(db: AsyncSession, session_id: UUID, at: datetime) -> None:
    """Drop the session's refresh tokens that can no longer do anything."""
    gone = delete(RefreshToken).where(
        col(RefreshToken.session_id) == session_id, col(RefreshToken.expires_at) < at
    )
    await db.execute(gone)


async def own_record(db: AsyncSession, actor: Actor) -> User | Client:
    """The actor's own row."""
    if actor.kind == "user":
        return (await db.exec(select(User).where(User.id == actor.id))).one()
    return (await db.exec(select(Client).where(Client.id == actor.id))).one()


async def own_organisation(db: AsyncSession, actor: Actor) -> Organisation:
    """The organisation that the actor works for."""
    return (await db.exec(select(Organisation).where(Organisation.id == actor.organisation_id))).one()


async def covered_places(db: AsyncSession, actor: Actor, limited: list[str] | None) -> Sequence[Any]:
    """Code, level and name of the places that the actor's organisation covers today, or to which it is limited."""
    if limited is not None:
        return (await db.execute(_NAMED, {"codes": limited})).all()
    return (await db.execute(_COVERED, {"organisation_id": actor.organisation_id})).all()


async def password_hash_of(db: AsyncSession, user_id: UUID) -> str | None:
    """The hash of a user's password."""
    password = await db.get(UserPassword, user_id)
    return password.password_hash if password else None


async def store_password(db: AsyncSession, user_id: UUID, password_hash: str) -> None:
    """Replace a user's password."""
    own = update(UserPassword).where(col(UserPassword.user_id) == user_id)
    await db.execute(own.values(password_hash=password_hash, changed_at=now()))


async def note_use(db: AsyncSession, secret: SecretRow, new_hash: str | None) -> None:
    """Note when a client and its secret were last used; replace a hash that was made with lower costs."""
    values = {"last_used_at": now(), **({"secret_hash": new_hash} if new_hash else {})}
    await db.execute(update(ClientSecret).where(col(ClientSecret.id) == secret.secret_id).values(**values))
    await db.execute(update(Client).where(col(Client.id) == secret.id).values(last_used_at=now()))
