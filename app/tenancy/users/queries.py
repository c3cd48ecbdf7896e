"""Selects over users. Their passwords, groups and devices are reached through users that the actor sees."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import select_visible, visible_condition
from app.models.savings.group import Group
from app.models.tenancy.user import User, UserGroup
from app.tenancy.organisations.queries import filter_by_organisation
from app.tenancy.users.schemas import UserFilter


def select_visible_users(actor: Actor) -> SelectOfScalar[User]:
    """Select the users in the actor's places and network, and those of the actor's own organisation."""
    own = col(User.organisation_id) == actor.organisation_id
    return select(User).where(or_(visible_condition(actor, User), own))


def select_users(actor: Actor, filters: UserFilter) -> SelectOfScalar[User]:
    """Select the visible users that match the filters."""
    stmt = filter_by_organisation(
        select_visible_users(actor), User, actor, filters.organisation_id, filters.organisation_code
    )
    if filters.role is not None:
        stmt = stmt.where(col(User.roles).contains([filters.role.value]))
    if filters.disabled is not None:
        disabled_at = col(User.disabled_at)
        stmt = stmt.where(disabled_at.is_not(None) if filters.disabled else disabled_at.is_(None))
    return stmt


async def find_user(db: AsyncSession, actor: Actor, id_: UUID) -> User | None:
    """Find the user of that id, if the actor sees them."""
    return (await db.exec(select_visible_users(actor).where(User.id == id_))).one_or_none()


async def find_group_for_user(
    db: AsyncSession, actor: Actor, user: User, id_: UUID | None, code: str | None
) -> Group | None:
    """Find a group of the user's network by its id or code, if the actor sees it."""
    stmt = select_visible(actor, Group).where(Group.network == user.network)
    return (await db.exec(stmt.where(Group.code == code if id_ is None else Group.id == id_))).one_or_none()


def select_user_groups(user: User) -> SelectOfScalar[UserGroup]:
    """Select the groups that a user, whom the actor sees, serves or served."""
    return select(UserGroup).where(UserGroup.user_id == user.id)


async def read_user_group_entries(db: AsyncSession, user: User, group_id: UUID) -> Sequence[UserGroup]:
    """Read the days on which a user served one group, the earliest first."""
    stmt = select_user_groups(user).where(UserGroup.group_id == group_id)
    return (await db.exec(stmt.order_by(col(UserGroup.valid_from)))).all()
