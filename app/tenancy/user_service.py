"""Users: read, made, changed, locked out, given another password."""

from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import changes, record
from app.auth.actor import Actor
from app.auth.passwords import hash_password, verify_password
from app.auth.permissions import Role
from app.auth.queries import end_sessions
from app.auth.service import refuse_weak
from app.core.errors import IdTaken, InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.core.text import mask_phone
from app.core.time import now
from app.core.versions import apply_edit
from app.models.auth import AuthSession
from app.models.network import Network
from app.models.organisation import Organisation
from app.models.user import User, UserPassword
from app.tenancy import user_queries
from app.tenancy.errors import OwnRecord
from app.tenancy.grants import check_grant, check_roles, may_see_phones
from app.tenancy.organisation_service import require_reach
from app.tenancy.rows import lock, organisation_for, same_or_taken
from app.tenancy.user_schemas import PasswordReset, UserEdit, UserFilter, UserIn, UserOut

_SAID = ("roles", "organisation_id", "disabled_at")
"""What an event says of a change; of a name or a phone it says only that it changed."""


async def list_users(db: AsyncSession, actor: Actor, wanted: UserFilter, page: PageRequest) -> Page[UserOut]:
    """One page of the users that the actor sees, in the order in which they were made; phones masked."""
    stmt = user_queries.listed(actor, wanted)
    rows, cursor = await paged(db, stmt, columns=[col(User.id)], page=page)
    return Page(items=[_out(row, mask_phone(row.phone)) for row in rows], next_cursor=cursor)


async def read_user(db: AsyncSession, actor: Actor, id_: UUID) -> UserOut:
    """Raises: NotFound."""
    return user_out(actor, await _seen(db, actor, id_))


async def create_user(db: AsyncSession, actor: Actor, body: UserIn) -> UserOut:
    """Make a user with a first password, in an organisation that reaches no further than the actor.

    Raises: InvalidInput, NotFound (a reference), OutsideScope, GrantExceeds, UsernameTaken, IdTaken.
    """
    organisation = await organisation_for(db, actor, body.organisation_id, body.organisation_code)
    if body.id and (made := await user_queries.find_user(db, actor, body.id)):
        return user_out(actor, await _made_before(db, made, organisation, body))
    await require_reach(db, actor, organisation)
    check_roles(body.roles, sees_all=await sees_all(db, actor, organisation))
    check_grant(actor, body.roles, organisation.network)
    refuse_weak(body.password, body.username, "/password")
    user = User(
        id=body.id or uuid7(),
        username=body.username,
        full_name=body.full_name,
        phone=body.phone,
        roles=_stored(body.roles),
        **place_of(organisation),
    )
    db.add(user)
    await db.flush()
    db.add(UserPassword(user_id=user.id, password_hash=await hash_password(body.password)))
    fields = {"roles": user.roles, "organisation_id": str(organisation.id)}
    await record(db, actor, Event.USER_CREATED, user, fields)
    await db.flush()
    return user_out(actor, user)


async def edit_user(db: AsyncSession, actor: Actor, id_: UUID, version: int, body: UserEdit) -> UserOut:
    """Change a user. Roles, organisation and lock hold at the user's next request; a lock ends their sessions.

    Nobody changes these three of themselves. Who moves or is unlocked keeps their roles, so the actor must be
    able to give them all.
    Raises: NotFound, OutsideScope, OwnRecord, InvalidInput, GrantExceeds, StaleVersion.
    """
    user = await managed(db, actor, id_)
    values: dict[str, Any] = body.model_dump(include={"full_name", "phone"}, exclude_unset=True)
    values |= await _standing(db, actor, user, body)
    before = user.model_dump()
    apply_edit(user, version, values)
    if values.get("disabled_at"):
        await end_sessions(db, "user disabled", col(AuthSession.user_id) == user.id)
    fields = changes(before, {name: values[name] for name in _SAID if name in values})
    quiet = sorted({"full_name", "phone"} & changes(before, values).keys())
    await record(db, actor, Event.USER_CHANGED, user, fields | dict.fromkeys(quiet, "changed"))
    await db.flush()
    return user_out(actor, user)


async def reset_password(db: AsyncSession, actor: Actor, id_: UUID, body: PasswordReset) -> None:
    """Set another password for a user and end their sessions.

    Who sets a password could act with it, so the actor must be able to give all of the user's roles.
    Raises: NotFound, OutsideScope, OwnRecord, GrantExceeds, InvalidInput, PasswordsBusy.
    """
    user = await managed(db, actor, id_)
    if user.id == actor.id:
        raise OwnRecord
    check_grant(actor, map(Role, user.roles), user.network)
    refuse_weak(body.password, user.username, "/password")
    hashed = await hash_password(body.password)
    await db.merge(UserPassword(user_id=user.id, password_hash=hashed, changed_at=now()))
    await end_sessions(db, "password reset", col(AuthSession.user_id) == user.id)
    await record(db, actor, Event.PASSWORD_CHANGED, user, {"reset": True})
    await db.flush()


async def managed(db: AsyncSession, actor: Actor, id_: UUID) -> User:
    """A user of an organisation that reaches no further than the actor, locked.

    Raises: NotFound; OutsideScope when the actor sees the user only.
    """
    user = await _seen(db, actor, id_)
    await require_reach(db, actor, await organisation_for(db, actor, user.organisation_id, None))
    await lock(db, user)
    return user


async def sees_all(db: AsyncSession, actor: Actor, organisation: Organisation) -> bool:
    """Whether the organisation is of BHXH."""
    if organisation.network == actor.network:
        return actor.all_networks
    network = await db.get(Network, organisation.network)
    return network is not None and network.sees_all


def place_of(organisation: Organisation) -> dict[str, Any]:
    """What a user or a client takes over from its organisation."""
    return {
        "network": organisation.network,
        "organisation_id": organisation.id,
        "province_code": organisation.province_code,
        "commune_code": organisation.commune_code,
    }


def user_out(actor: Actor, user: User) -> UserOut:
    """The user as one is answered: the phone whole to those who manage users."""
    return _out(user, user.phone if may_see_phones(actor) else mask_phone(user.phone))


async def _seen(db: AsyncSession, actor: Actor, id_: UUID) -> User:
    found = await user_queries.find_user(db, actor, id_)
    if found is None:
        raise NotFound
    return found


async def _made_before(db: AsyncSession, made: User, organisation: Organisation, body: UserIn) -> User:
    """The user that an earlier send of the same body made. Raises: IdTaken when anything differs."""
    content = body.model_dump(include={"username", "full_name", "phone"})
    same_or_taken(made, content | {"roles": _stored(body.roles), "organisation_id": organisation.id})
    stored = await db.get(UserPassword, made.id)
    if not (await verify_password(body.password, stored.password_hash if stored else None)).ok:
        raise IdTaken
    return made


async def _standing(db: AsyncSession, actor: Actor, user: User, body: UserEdit) -> dict[str, Any]:
    """The new roles, organisation and lock that an edit gives, once they are allowed."""
    given = body.model_fields_set & {"roles", "organisation_id", "organisation_code", "disabled"}
    if not given:
        return {}
    if user.id == actor.id:
        raise OwnRecord
    values: dict[str, Any] = {}
    kept = [Role(role) for role in user.roles]
    roles = body.roles if "roles" in given else kept
    granted = set(roles) - set(kept)
    organisation = await organisation_for(db, actor, user.organisation_id, None)
    if given & {"organisation_id", "organisation_code"}:
        organisation = await _moved_to(db, actor, user, body)
        values |= place_of(organisation)
        granted = set(roles)
    if "disabled" in given and body.disabled != (user.disabled_at is not None):
        values["disabled_at"] = now() if body.disabled else None
        granted = granted if body.disabled else set(roles)
    if "roles" in given:
        check_roles(roles, sees_all=await sees_all(db, actor, organisation))
        values["roles"] = _stored(roles)
    check_grant(actor, sorted(granted), organisation.network)
    return values


async def _moved_to(db: AsyncSession, actor: Actor, user: User, body: UserEdit) -> Organisation:
    """Another organisation of the same network, within the actor's reach."""
    organisation = await organisation_for(db, actor, body.organisation_id, body.organisation_code)
    if organisation.network != user.network:
        raise InvalidInput.at(
            "/organisation_id" if body.organisation_id else "/organisation_code",
            "other_network",
            vi="Người dùng chỉ chuyển được trong cùng một hệ thống.",
            en="A user moves within the same network only.",
        )
    await require_reach(db, actor, organisation)
    return organisation


def _stored(roles: list[Role]) -> list[str]:
    return sorted({role.value for role in roles})


def _out(user: User, phone: str | None) -> UserOut:
    return UserOut(
        id=user.id,
        username=user.username,
        network=user.network,
        organisation_id=user.organisation_id,
        province_code=user.province_code,
        commune_code=user.commune_code,
        full_name=user.full_name,
        phone=phone,
        roles=user.roles,
        disabled_at=user.disabled_at,
        created_at=user.created_at,
        version=user.version,
    )
