"""One's own account: who I am, logging out, another password."""

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth import queries
from app.auth.actor import Actor
from app.auth.desk import Desk
from app.auth.errors import WrongPassword
from app.auth.passwords import Weakness, hash_password, verify_password, weakness
from app.auth.schemas import CoveredPlace, MeOut, MyOrganisation, PasswordIn
from app.core.errors import Forbidden, InvalidInput
from app.models.auth import AuthSession
from app.models.client import Client
from app.models.user import User

_WORDS: dict[Weakness, tuple[str, str]] = {
    Weakness.TOO_SHORT: ("Mật khẩu cần ít nhất 10 ký tự.", "A password needs at least 10 characters."),
    Weakness.TOO_LONG: ("Mật khẩu quá dài.", "The password is too long."),
    Weakness.IS_USERNAME: ("Mật khẩu trùng tên đăng nhập.", "The password is the user name."),
    Weakness.COMMON: ("Mật khẩu quá phổ biến, dễ đoán.", "The password is too common."),
}


def refuse_weak(password: str, username: str, pointer: str) -> None:
    """Raises: InvalidInput at `pointer` if the password may not be chosen."""
    found = weakness(password, username)
    if found:
        vi, en = _WORDS[found]
        raise InvalidInput.at(pointer, found.value, vi=vi, en=en)


async def me(db: AsyncSession, actor: Actor) -> MeOut:
    """Who the actor is, what they may do, and where."""
    own = await queries.own_record(db, actor)
    organisation = await queries.own_organisation(db, actor)
    limited = own.place_codes if isinstance(own, Client) else None
    places = await queries.covered_places(db, actor, limited)
    return MeOut(
        kind="user" if actor.kind == "user" else "client",
        id=actor.id,
        name=actor.name,
        full_name=own.full_name if isinstance(own, User) else own.name,
        organisation=MyOrganisation(
            id=organisation.id, code=organisation.code, name=organisation.name, network=organisation.network
        ),
        roles=sorted(actor.roles),
        scopes=actor.own_scopes,
        sandbox=actor.sandbox,
        permissions=sorted(actor.permissions),
        nationwide=actor.nationwide,
        places=[CoveredPlace(code=place.code, level=place.level, name=place.name) for place in places],
        groups=None if actor.groups is None else list(actor.groups),
        session_id=actor.session_id,
        device_id=actor.device_id,
    )


async def log_out(db: AsyncSession, actor: Actor) -> None:
    """End the actor's session; its access token and its refresh tokens stop working at once."""
    await queries.end_sessions(db, "logged out", col(AuthSession.id) == actor.session_id)
    fields = {"session_id": str(actor.session_id)}
    await record(db, actor, Event.SESSION_ENDED, await queries.own_record(db, actor), fields)


async def change_password(db: AsyncSession, desk: Desk, actor: Actor, body: PasswordIn, address: str) -> None:
    """Another password of one's own; all other sessions of the user end.

    Raises: Forbidden for a partner system, WrongPassword, InvalidInput, TooManyLogins, PasswordsBusy.
    """
    if actor.kind != "user":
        raise Forbidden
    refuse_weak(body.new_password, actor.name, "/new_password")
    attempt = await desk.throttle.admit("user", actor.name, address)
    stored = await queries.password_hash_of(db, actor.id)
    if not (await verify_password(body.current_password, stored)).ok:
        raise WrongPassword
    await queries.store_password(db, actor.id, await hash_password(body.new_password))
    others = (col(AuthSession.user_id) == actor.id, col(AuthSession.id) != actor.session_id)
    await queries.end_sessions(db, "password changed", *others)
    await record(db, actor, Event.PASSWORD_CHANGED, await queries.own_record(db, actor))
    await desk.throttle.forgive(attempt)
