"""Queries of logins before there is an actor, and writes of sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.core.values.time import now
from app.models.tenancy.auth import AuthSession, RefreshToken
from app.models.tenancy.client import Client, ClientSecret
from app.models.tenancy.organisation import Organisation
from app.models.tenancy.user import Device, User, UserPassword

_LOGIN = text("select user_id, password_hash, disabled from find_login(:username)")
_CLIENT = text("select id, scopes, disabled, secret_id, secret_hash from find_client(:client_id)")
_FACTOR = text("select sealed_secret, confirmed_at, codes_left from find_second_factor(:user_id)")
_START_FACTOR = text("select start_second_factor(:user_id, :sealed)")
_USE_FACTOR = text("select use_second_factor(:user_id, :step, :confirm)")
_SET_RECOVERY_CODES = text("select set_recovery_codes(:user_id, :hashes)")
_USE_RECOVERY_CODE = text("select use_recovery_code(:user_id, :code_hash)")
_REMOVE_FACTOR = text("select remove_second_factor(:user_id)")
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
    """The login data of a user name. password_hash: None for a user who never got a password."""

    user_id: UUID
    password_hash: str | None
    disabled: bool


@dataclass(frozen=True, slots=True)
class FactorRow:
    """A user's second factor. confirmed_at: since when it counts, None until its first code was shown."""

    sealed_secret: bytes
    confirmed_at: datetime | None
    codes_left: int


@dataclass(frozen=True, slots=True)
class ClientSecretRow:
    """A client with one of its live secrets, or with None if it has none."""

    id: UUID
    scopes: Sequence[str]
    disabled: bool
    secret_id: UUID | None
    secret_hash: str | None


async def find_login(db: AsyncSession, username: str) -> LoginRow | None:
    """Find the user of that name, in any network."""
    row = (await db.execute(_LOGIN, {"username": username})).one_or_none()
    return LoginRow(*row) if row else None


async def find_client_secrets(db: AsyncSession, client_id: str) -> list[ClientSecretRow]:
    """Find a client with its live secrets, the newest first; empty if there is no such client."""
    return [ClientSecretRow(*row) for row in await db.execute(_CLIENT, {"client_id": client_id})]


async def get_or_create_device(db: AsyncSession, device: Device) -> Device:
    """Get the stored device of that id, locked, or create the given one."""
    values = device.model_dump(exclude={"app_version", "revoked_at"})
    await db.execute(insert(Device).values(**values).on_conflict_do_nothing())
    result = await db.exec(select(Device).where(Device.id == device.id).with_for_update())
    return result.one()


def select_live_sessions(user_id: UUID) -> SelectOfScalar[AuthSession]:
    """Select a user's sessions that hold."""
    return select(AuthSession).where(
        AuthSession.user_id == user_id, col(AuthSession.revoked_at).is_(None), AuthSession.expires_at > now()
    )


async def set_factor_state(db: AsyncSession, session_id: UUID, state: str) -> None:
    """Set what a session says of its second factor: passed, missing or waived."""
    stmt = update(AuthSession).where(col(AuthSession.id) == session_id)
    await db.execute(stmt.values(second_factor=state))


async def has_session_from(db: AsyncSession, user_id: UUID, address_hash: bytes) -> bool:
    """Return whether a session of the user, living or not long ended, began at this address."""
    stmt = select(AuthSession.id).where(
        AuthSession.user_id == user_id, AuthSession.address_hash == address_hash
    )
    return (await db.exec(stmt.limit(1))).first() is not None


async def list_device_names(db: AsyncSession, sessions: Sequence[AuthSession]) -> dict[UUID, str]:
    """List the names of the sessions' devices by id."""
    ids = {session.device_id for session in sessions if session.device_id is not None}
    rows = (await db.exec(select(Device).where(col(Device.id).in_(ids)))).all() if ids else ()
    return {device.id: device.name for device in rows}


async def find_second_factor(db: AsyncSession, user_id: UUID) -> FactorRow | None:
    """Find a user's second factor, whether it counts already or not."""
    row = (await db.execute(_FACTOR, {"user_id": user_id})).one_or_none()
    return FactorRow(*row) if row else None


async def start_second_factor(db: AsyncSession, user_id: UUID, sealed: bytes) -> bool:
    """Store a secret to be confirmed; False when another one counts."""
    return bool((await db.execute(_START_FACTOR, {"user_id": user_id, "sealed": sealed})).scalar_one())


async def use_second_factor(db: AsyncSession, user_id: UUID, step: int, *, confirm: bool) -> bool:
    """Use the code of a time step, once; confirm: it is a new factor's first."""
    values = {"user_id": user_id, "step": step, "confirm": confirm}
    return bool((await db.execute(_USE_FACTOR, values)).scalar_one())


async def set_recovery_codes(db: AsyncSession, user_id: UUID, hashes: list[bytes]) -> None:
    """Replace a user's recovery codes."""
    await db.execute(_SET_RECOVERY_CODES, {"user_id": user_id, "hashes": hashes})


async def use_recovery_code(db: AsyncSession, user_id: UUID, code_hash: bytes) -> bool:
    """Use a recovery code, once."""
    values = {"user_id": user_id, "code_hash": code_hash}
    return bool((await db.execute(_USE_RECOVERY_CODE, values)).scalar_one())


async def remove_second_factor(db: AsyncSession, user_id: UUID) -> bool:
    """Remove a user's second factor with its recovery codes; False when none counted."""
    return bool((await db.execute(_REMOVE_FACTOR, {"user_id": user_id})).scalar_one())


async def revoke_sessions(db: AsyncSession, reason: str, *conditions: Any) -> None:
    """Revoke the live sessions that meet the conditions."""
    stmt = update(AuthSession).where(col(AuthSession.revoked_at).is_(None), *conditions)
    await db.execute(stmt.values(revoked_at=now(), revoked_why=reason))


async def lock_refresh_token(db: AsyncSession, token_hash: bytes) -> tuple[RefreshToken, AuthSession] | None:
    """Lock and return the token and its session, so that two requests with one token come one after the other."""
    result = await db.exec(
        select(RefreshToken, AuthSession)
        .join(AuthSession, col(AuthSession.id) == col(RefreshToken.session_id))
        .where(RefreshToken.token_hash == token_hash)
        .with_for_update(key_share=True)
    )
    return result.one_or_none()


async def is_unused_token(db: AsyncSession, token_hash: bytes) -> bool:
    """Return whether a refresh token exists and was never used."""
    token = await db.get(RefreshToken, token_hash)
    return token is not None and token.used_at is None


async def delete_expired_tokens(db: AsyncSession, session_id: UUID, at: datetime) -> None:
    """Delete the session's expired refresh tokens."""
    stmt = delete(RefreshToken).where(
        col(RefreshToken.session_id) == session_id, col(RefreshToken.expires_at) < at
    )
    await db.execute(stmt)


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
    password = await db.get(UserPassword, user_id)
    return password.password_hash if password else None


async def store_password(db: AsyncSession, user_id: UUID, password_hash: str) -> None:
    """Replace a user's password."""
    stmt = update(UserPassword).where(col(UserPassword.user_id) == user_id)
    await db.execute(stmt.values(password_hash=password_hash, changed_at=now()))


async def record_client_use(db: AsyncSession, secret: ClientSecretRow, new_hash: str | None) -> None:
    """Record when a client and its secret were last used; replace a hash that was made with lower costs."""
    values = {"last_used_at": now(), **({"secret_hash": new_hash} if new_hash else {})}
    await db.execute(update(ClientSecret).where(col(ClientSecret.id) == secret.secret_id).values(**values))
    await db.execute(update(Client).where(col(Client.id) == secret.id).values(last_used_at=now()))
