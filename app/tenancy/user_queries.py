"""Selects over users. Their passwords, groups and devices are reached through users that the actor sees."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import scoped, visible
from app.models.group import Group
from app.models.organisation import Organisation
from app.models.user import User, UserGroup
from app.tenancy.organisation_queries import visible_organisations
from app.tenancy.user_schemas import UserFilter


def visible_users(actor: Actor) -> SelectOfScalar[User]:
    """Those of the actor's places and network, and of the actor's own organisation wherever it sits."""
    colleague = col(User.organisation_id) == actor.organisation_id
    return select(User).where(or_(visible(actor, User), colleague))


def listed(actor: Actor, wanted: UserFilter) -> SelectOfScalar[User]:
    """The visible ones that the filters leave."""
    stmt = visible_users(actor)
    if wanted.organisation_id is not None:
        stmt = stmt.where(User.organisation_id == wanted.organisation_id)
    if wanted.organisation_code is not None:
        named = visible_organisations(actor).where(col(Organisation.code) == wanted.organisation_code)
        stmt = stmt.where(col(User.organisation_id).in_(named.with_only_columns(col(Organisation.id))))
    if wanted.role is not None:
        stmt = stmt.where(col(User.roles).contains([wanted.role.value]))
    if wanted.disabled is not None:
        since = col(User.disabled_at)
        stmt = stmt.where(since.is_not(None) if wanted.disabled else since.is_(None))
    return stmt


async def find_user(db: AsyncSession, actor: Actor, id_: UUID) -> User | None:
    """The user of that id, if the actor sees them."""
    return (await db.exec(visible_users(actor).where(User.id == id_))).one_or_none()


async def find_group(
    db: AsyncSession, actor: Actor, user: User, id_: UUID | None, code: str | None
) -> Group | None:
    """A group of the user's network by its id or code, if the actor sees it."""
    stmt = scoped(actor, Group).where(Group.network == user.network)
    return (await db.exec(stmt.where(Group.code == code if id_ is None else Group.id == id_))).one_or_none()


def groups_of(user: User) -> SelectOfScalar[UserGroup]:
    """The groups that a user, read before, serves or served."""
    return select(UserGroup).where(UserGroup.user_id == user.id)


async def entries(db: AsyncSession, user: User, group_id: UUID) -> Sequence[UserGroup]:
    """When a user, read before, served one group, the earliest first."""
    stmt = groups_of(user).where(UserGroup.group_id == group_id)
    return (await db.exec(stmt.order_by(col(UserGroup.valid_from)))).all()
