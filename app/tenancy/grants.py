"""Rules of grants: which roles a user and which scopes a partner system may have, and who may grant them."""

from collections.abc import Collection, Iterable

from app.auth.actor import Actor
from app.auth.permissions import (
    BHXH_ROLES,
    DATA_OFFICER_ROLES,
    ROLE_PERMISSIONS,
    SCOPE_PERMISSIONS,
    UNION_ROLES,
    Permission,
    Role,
    permissions_of,
)
from app.core.errors import InvalidInput
from app.tenancy.errors import GrantExceeds

APPOINTABLE_ROLES = frozenset({Role.UNION_ADMIN})
"""Roles that an administrator of BHXH grants in other networks beyond their own rights: the first administrator of a
union, who then appoints the union's people. Without them no union could be added."""

GROUP_LIMITED_ROLES = frozenset({Role.TREASURER, Role.COLLECTOR})
"""Roles that see their own groups only, unless combined with a wider role."""

WATCHED_ROLES = frozenset({Role.UNION_ADMIN, Role.BHXH_ADMIN})
"""Whose acts a data protection officer looks at: nobody is both."""


def check_roles(roles: Collection[Role], *, sees_all: bool) -> None:
    """Refuse roles that do not belong to the network, are repeated, or together see more than intended.

    sees_all: the network is BHXH. A viewer sees aggregates of all places: together with a treasurer's role it
    would open every group of those places. A data protection officer watches administrators and is none, nor anybody's
    treasurer.
    Raises: InvalidInput at /roles.
    """
    allowed = BHXH_ROLES if sees_all else UNION_ROLES
    if not allowed.issuperset(roles):
        raise InvalidInput.at(
            "/roles",
            "role_network",
            vi="Có vai trò không thuộc hệ thống của tổ chức này.",
            en="A role does not belong to the organisation's network.",
        )
    distinct_roles = set(roles)
    if distinct_roles & GROUP_LIMITED_ROLES and Role.VIEWER in distinct_roles:
        raise InvalidInput.at(
            "/roles",
            "roles_mixed",
            vi="Vai trò xem số liệu không đi cùng vai trò thủ quỹ hoặc nhân viên thu.",
            en="The viewer role cannot be combined with treasurer or collector.",
        )
    if distinct_roles & DATA_OFFICER_ROLES and distinct_roles & (WATCHED_ROLES | GROUP_LIMITED_ROLES):
        raise InvalidInput.at(
            "/roles",
            "roles_mixed",
            vi="Cán bộ bảo vệ dữ liệu cá nhân không kiêm vai trò quản trị, thủ quỹ hoặc nhân viên thu.",
            en="The data protection officer is no administrator, treasurer or collector at the same time.",
        )


def check_grant(actor: Actor, roles: Iterable[Role], network: str) -> None:
    """Refuse to grant a role that can do more than the actor; *network* is that of the user's organisation.

    Who manages users names the data protection officer of their own network, who may do what they may not.
    Raises: GrantExceeds.
    """
    for role in roles:
        may_appoint = actor.all_networks and network != actor.network and role in APPOINTABLE_ROLES
        may_name = (
            network == actor.network
            and role in DATA_OFFICER_ROLES
            and actor.has_permission(Permission.USER_MANAGE)
        )
        if not (may_appoint or may_name) and not ROLE_PERMISSIONS[role] <= actor.permissions:
            raise GrantExceeds("/roles")


def allowed_client_scopes(*, sees_all: bool) -> frozenset[str]:
    """Return the scopes that a partner system of a network may have: those that its administrator could use."""
    permissions = ROLE_PERMISSIONS[Role.BHXH_ADMIN if sees_all else Role.UNION_ADMIN]
    return frozenset(scope for scope, granted in SCOPE_PERMISSIONS.items() if granted <= permissions)


def check_scopes(actor: Actor, scopes: Collection[str], *, sees_all: bool) -> None:
    """Refuse scopes that the network may not have or that can do more than the actor.

    sees_all: the network is BHXH, which reads and never records money.
    Raises: InvalidInput at /scopes for one that is unknown or not allowed, GrantExceeds.
    """
    if not allowed_client_scopes(sees_all=sees_all).issuperset(scopes):
        raise InvalidInput.at(
            "/scopes",
            "scope_network",
            vi="Có phạm vi mà hệ thống này không được cấp.",
            en="This network may not have one of these scopes.",
        )
    if not permissions_of((), scopes) <= actor.permissions:
        raise GrantExceeds("/scopes")


def may_see_phones(actor: Actor) -> bool:
    """Return whether the actor sees users' whole phone numbers: those who manage users do."""
    return actor.has_permission(Permission.USER_MANAGE)
