"""Users: list, read, create and edit, lock out."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import diff_fields, record_event
from app.auth.actor import Actor
from app.auth.passwords import verify_password
from app.auth.permissions import Role
from app.core.errors import IdTaken, InvalidInput, NotFound
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.text import mask_phone
from app.core.values.time import now
from app.core.values.versions import apply_edit
from app.models.tenancy.network import Network
from app.models.tenancy.organisation import Organisation
from app.models.tenancy.user import User
from app.tenancy.errors import OwnRecord
from app.tenancy.grants import check_grant, check_roles, may_see_phones
from app.tenancy.logins.queries import find_login, revoke_sessions
from app.tenancy.organisations.references import resolve_organisation
from app.tenancy.organisations.service import check_within_reach
from app.tenancy.rows import lock_row, require_same_content
from app.tenancy.users import queries as user_queries
from app.tenancy.users.initial import InitialPassword
from app.tenancy.users.schemas import (
    InitialPasswordOut,
    NewUserOut,
    UserFilter,
    UserIn,
    UserOut,
    UserPatch,
)

_AUDITED_FIELDS = ("roles", "organisation_id", "disabled_at")
"""Fields whose new values the audit records; of a name or a phone, only that it changed."""


async def list_users(db: AsyncSession, actor: Actor, filters: UserFilter, page: PageRequest) -> Page[UserOut]:
    """List one page of the users that the actor sees, in the order of their creation; phones masked."""
    stmt = user_queries.select_users(actor, filters)
    rows, cursor = await fetch_page(db, stmt, columns=[col(User.id)], page=page)
    return Page(items=[_to_response(row, mask_phone(row.phone)) for row in rows], next_cursor=cursor)


async def read_user(db: AsyncSession, actor: Actor, id_: UUID) -> UserOut:
    """Read one user. Raises: NotFound."""
    return user_to_response(actor, await _require_visible_user(db, actor, id_))


async def create_user(db: AsyncSession, actor: Actor, body: UserIn, initial_life: timedelta) -> NewUserOut:
    """Create a user with an initial password, in an organisation that reaches no further than the actor.

    initial_life: how long that password opens its change.
    Raises: InvalidInput, NotFound (a reference), OutsideScope, GrantExceeds, UsernameTaken, IdTaken.
    """
    organisation = await resolve_organisation(db, actor, body.organisation_id, body.organisation_code)
    if body.id and (existing := await user_queries.find_user(db, actor, body.id)):
        told = await _require_same_user(db, existing, organisation, body)
        return _to_new_user(actor, existing, told)
    await check_within_reach(db, actor, organisation)
    check_roles(body.roles, sees_all=await sees_all(db, actor, organisation))
    check_grant(actor, body.roles, organisation.network)
    password = InitialPassword.choose(body.password, body.username, body.full_name)
    user = User(
        id=body.id or uuid7(),
        username=body.username,
        full_name=body.full_name,
        phone=body.phone,
        roles=_role_values(body.roles),
        **copy_organisation_columns(organisation),
    )
    db.add(user)
    await db.flush()
    told = await password.store(db, user.id, initial_life)
    fields = {"roles": user.roles, "organisation_id": str(organisation.id)}
    await record_event(db, actor, Event.USER_CREATED, user, fields)
    await db.flush()
    return _to_new_user(actor, user, told)


async def edit_user(db: AsyncSession, actor: Actor, id_: UUID, version: int, body: UserPatch) -> UserOut:
    """Edit a user; roles, organisation and `disabled` apply from their next request on.

    Disabling ends their sessions. Nobody changes these three of themselves. A user who moves or is enabled keeps their
    roles, so the actor must be able to grant them all.
    Raises: NotFound, OutsideScope, OwnRecord, InvalidInput, GrantExceeds, StaleVersion.
    """
    user = await require_managed_user(db, actor, id_)
    values: dict[str, Any] = body.model_dump(include={"full_name", "phone"}, exclude_unset=True)
    values |= await _resolve_access_changes(db, actor, user, body)
    before = user.model_dump()
    apply_edit(user, version, values)
    if values.get("disabled_at"):
        await revoke_sessions(db, "user disabled", user_id=user.id)
    fields = diff_fields(before, {name: values[name] for name in _AUDITED_FIELDS if name in values})
    unnamed_changes = sorted({"full_name", "phone"} & diff_fields(before, values).keys())
    await record_event(
        db, actor, Event.USER_CHANGED, user, fields | dict.fromkeys(unnamed_changes, "changed")
    )
    await db.flush()
    return user_to_response(actor, user)


async def require_managed_user(db: AsyncSession, actor: Actor, id_: UUID) -> User:
    """Get a user of an organisation that reaches no further than the actor, locked.

    Raises: NotFound; OutsideScope when the actor sees the user only.
    """
    user = await _require_visible_user(db, actor, id_)
    await check_within_reach(db, actor, await resolve_organisation(db, actor, user.organisation_id, None))
    await lock_row(db, user)
    return user


async def sees_all(db: AsyncSession, actor: Actor, organisation: Organisation) -> bool:
    """Return whether the organisation belongs to BHXH, which sees all networks."""
    if organisation.network == actor.network:
        return actor.all_networks
    network = await db.get(Network, organisation.network)
    return network is not None and network.sees_all


def copy_organisation_columns(organisation: Organisation) -> dict[str, Any]:
    """Return the columns that a user or a client copies from its organisation."""
    return {
        "network": organisation.network,
        "organisation_id": organisation.id,
        "province_code": organisation.province_code,
        "commune_code": organisation.commune_code,
    }


def user_to_response(actor: Actor, user: User) -> UserOut:
    """Build the response for one user: the phone is whole for those who manage users."""
    return _to_response(user, user.phone if may_see_phones(actor) else mask_phone(user.phone))


async def _require_visible_user(db: AsyncSession, actor: Actor, id_: UUID) -> User:
    user = await user_queries.find_user(db, actor, id_)
    if user is None:
        raise NotFound
    return user


async def _require_same_user(
    db: AsyncSession, existing: User, organisation: Organisation, body: UserIn
) -> InitialPasswordOut:
    """Check that the existing user is what an earlier request with the same body created.

    Returns: until when the initial password opens its change; one that was made is told no second time.
    Raises: IdTaken.
    """
    content = body.model_dump(include={"username", "full_name", "phone"})
    require_same_content(
        existing, content | {"roles": _role_values(body.roles), "organisation_id": organisation.id}
    )
    login = await find_login(db, existing.username)
    stored, until = (login.password_hash, login.initial_until) if login else (None, None)
    if body.password is not None and not (await verify_password(body.password, stored)).ok:
        raise IdTaken
    return InitialPasswordOut(initial_password=None, initial_password_until=until)


async def _resolve_access_changes(
    db: AsyncSession, actor: Actor, user: User, body: UserPatch
) -> dict[str, Any]:
    """Resolve the roles, organisation and `disabled_at` that an edit sets, and check that they are allowed."""
    changed_fields = body.model_fields_set & {"roles", "organisation_id", "organisation_code", "disabled"}
    if not changed_fields:
        return {}
    if user.id == actor.id:
        raise OwnRecord
    values: dict[str, Any] = {}
    current_roles = [Role(role) for role in user.roles]
    roles = body.roles if "roles" in changed_fields else current_roles
    granted = set(roles) - set(current_roles)
    organisation = await resolve_organisation(db, actor, user.organisation_id, None)
    if changed_fields & {"organisation_id", "organisation_code"}:
        organisation = await _resolve_new_organisation(db, actor, user, body)
        values |= copy_organisation_columns(organisation)
        granted = set(roles)
    if "disabled" in changed_fields and body.disabled != (user.disabled_at is not None):
        values["disabled_at"] = now() if body.disabled else None
        granted = granted if body.disabled else set(roles)
    if "roles" in changed_fields:
        check_roles(roles, sees_all=await sees_all(db, actor, organisation))
        values["roles"] = _role_values(roles)
    check_grant(actor, sorted(granted), organisation.network)
    return values


async def _resolve_new_organisation(
    db: AsyncSession, actor: Actor, user: User, body: UserPatch
) -> Organisation:
    """Resolve a new organisation of the same network, within the actor's reach."""
    organisation = await resolve_organisation(db, actor, body.organisation_id, body.organisation_code)
    if organisation.network != user.network:
        raise InvalidInput.at(
            "/organisation_id" if body.organisation_id else "/organisation_code",
            "other_network",
            vi="Người dùng chỉ chuyển được trong cùng một hệ thống.",
            en="A user can only move within the same network.",
        )
    await check_within_reach(db, actor, organisation)
    return organisation


def _to_new_user(actor: Actor, user: User, told: InitialPasswordOut) -> NewUserOut:
    return NewUserOut(**user_to_response(actor, user).model_dump(), **told.model_dump())


def _role_values(roles: list[Role]) -> list[str]:
    return sorted({role.value for role in roles})


def _to_response(user: User, phone: str | None) -> UserOut:
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
