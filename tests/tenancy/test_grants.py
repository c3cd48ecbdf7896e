"""Who may grant which role or scope."""

import pytest

from app.auth.permissions import DATA_OFFICER_ROLES, ROLE_PERMISSIONS, SCOPE_PERMISSIONS, Permission, Role
from app.core.errors import InvalidInput
from app.tenancy.errors import GrantExceeds
from app.tenancy.grants import allowed_client_scopes, check_grant, check_roles, check_scopes
from tests.tenancy.factories import make_actor

BHXH = {"network": "bhxh", "all_networks": True}


@pytest.mark.parametrize("giver", list(Role))
@pytest.mark.parametrize("given", list(Role))
def test_nobody_grants_more_than_their_own(giver: Role, given: Role) -> None:
    names_officer = given in DATA_OFFICER_ROLES and Permission.USER_MANAGE in ROLE_PERMISSIONS[giver]
    if names_officer or ROLE_PERMISSIONS[given] <= ROLE_PERMISSIONS[giver]:
        check_grant(make_actor(giver), [given], "womens_union")
    else:
        with pytest.raises(GrantExceeds):
            check_grant(make_actor(giver), [given], "womens_union")


def test_bhxh_appoints_only_the_administrator_of_another_network() -> None:
    admin = make_actor(Role.BHXH_ADMIN, **BHXH)
    check_grant(admin, [Role.UNION_ADMIN, Role.VIEWER], "womens_union")
    with pytest.raises(GrantExceeds):
        check_grant(admin, [Role.UNION_ADMIN], "bhxh")
    for role in (Role.UNION_OFFICER, Role.UNION_DATA_OFFICER, Role.TREASURER, Role.COLLECTOR):
        with pytest.raises(GrantExceeds):
            check_grant(admin, [role], "womens_union")


def test_roles_of_bhxh_stay_there() -> None:
    check_roles([Role.BHXH_ADMIN, Role.VIEWER], sees_all=True)
    check_roles([Role.UNION_OFFICER, Role.TREASURER], sees_all=False)
    for roles, sees_all in (
        ([Role.BHXH_OFFICER], False),
        ([Role.BHXH_DATA_OFFICER], False),
        ([Role.UNION_DATA_OFFICER], True),
        ([Role.TREASURER], True),
        ([Role.UNION_ADMIN], True),
    ):
        with pytest.raises(InvalidInput):
            check_roles(roles, sees_all=sees_all)


@pytest.mark.parametrize("limited", [Role.TREASURER, Role.COLLECTOR])
def test_a_viewers_role_does_not_widen_a_treasurers(limited: Role) -> None:
    with pytest.raises(InvalidInput):
        check_roles([limited, Role.VIEWER], sees_all=False)


@pytest.mark.parametrize("limited", [Role.TREASURER, Role.COLLECTOR])
def test_nor_does_a_data_officers(limited: Role) -> None:
    with pytest.raises(InvalidInput):
        check_roles([limited, Role.UNION_DATA_OFFICER], sees_all=False)


@pytest.mark.parametrize("sees_all", [False, True])
def test_who_watches_administrators_is_none(sees_all: bool) -> None:
    officer, admin = (
        (Role.BHXH_DATA_OFFICER, Role.BHXH_ADMIN) if sees_all else (Role.UNION_DATA_OFFICER, Role.UNION_ADMIN)
    )
    check_roles([officer], sees_all=sees_all)
    with pytest.raises(InvalidInput) as refused:
        check_roles([officer, admin], sees_all=sees_all)
    assert [error.code for error in refused.value.errors] == ["roles_mixed"]


def test_a_network_names_its_own_data_officer() -> None:
    check_grant(make_actor(Role.UNION_ADMIN), [Role.UNION_DATA_OFFICER], "womens_union")
    check_grant(make_actor(Role.BHXH_ADMIN, **BHXH), [Role.BHXH_DATA_OFFICER], "bhxh")
    with pytest.raises(GrantExceeds):
        check_grant(make_actor(Role.BHXH_ADMIN, **BHXH), [Role.UNION_DATA_OFFICER], "womens_union")


def test_partner_systems_of_bhxh_never_write_money() -> None:
    writing = {Permission.CONTRIBUTION_RECORD, Permission.ENROLMENT_SUBMIT, Permission.MEMBER_RECORD}
    assert not any(SCOPE_PERMISSIONS[scope] & writing for scope in allowed_client_scopes(sees_all=True))
    assert allowed_client_scopes(sees_all=False) == set(SCOPE_PERMISSIONS)


def test_scopes_exceed_neither_network_nor_actor() -> None:
    check_scopes(make_actor(Role.UNION_ADMIN), ["enrolments:write"], sees_all=False)
    with pytest.raises(InvalidInput):
        check_scopes(make_actor(Role.UNION_ADMIN), ["money:print"], sees_all=False)
    with pytest.raises(InvalidInput):
        check_scopes(make_actor(Role.BHXH_ADMIN, **BHXH), ["enrolments:write"], sees_all=True)
    with pytest.raises(GrantExceeds):
        check_scopes(make_actor(Role.BHXH_ADMIN, **BHXH), ["enrolments:write"], sees_all=False)
