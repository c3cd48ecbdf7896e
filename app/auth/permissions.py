"""Permissions: of people by role, and of partner systems by scope."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A person's role in their organisation (vai trò)."""

    BHXH_ADMIN = "bhxh_admin"  # quản trị BHXH
    BHXH_OFFICER = "bhxh_officer"  # cán bộ BHXH xét duyệt
    BHXH_DATA_OFFICER = "bhxh_data_officer"  # cán bộ bảo vệ dữ liệu cá nhân của BHXH
    UNION_ADMIN = "union_admin"  # quản trị của hội
    UNION_OFFICER = "union_officer"  # cán bộ hội
    UNION_DATA_OFFICER = "union_data_officer"  # cán bộ bảo vệ dữ liệu cá nhân của hội
    TREASURER = "treasurer"  # tổ trưởng, thủ quỹ tổ
    COLLECTOR = "collector"  # nhân viên thu
    VIEWER = "viewer"  # người xem số liệu


class Permission(StrEnum):
    """One act that can be permitted."""

    SELF = "self"
    PLACE_READ = "place.read"
    PLACE_ADD = "place.add"
    ORGANISATION_READ = "organisation.read"
    ORGANISATION_MANAGE = "organisation.manage"
    USER_READ = "user.read"
    USER_MANAGE = "user.manage"
    CLIENT_MANAGE = "client.manage"
    MODEL_READ = "model.read"
    MODEL_MANAGE = "model.manage"
    GROUP_READ = "group.read"
    GROUP_MANAGE = "group.manage"
    MEMBER_READ = "member.read"
    MEMBER_RECORD = "member.record"
    MEMBER_SENSITIVE = "member.sensitive"
    NUMBER_SETTLE = "number.settle"
    DATA_REQUEST_READ = "data_request.read"
    DATA_REQUEST_HANDLE = "data_request.handle"
    CONTRIBUTION_READ = "contribution.read"
    CONTRIBUTION_RECORD = "contribution.record"
    CONTRIBUTION_VALIDATE = "contribution.validate"
    CONTRIBUTION_REVERSE = "contribution.reverse"
    PERIOD_CLOSE = "period.close"
    RULE_READ = "rule.read"
    RULE_MANAGE = "rule.manage"
    ENROLMENT_READ = "enrolment.read"
    ENROLMENT_DRAFT = "enrolment.draft"
    ENROLMENT_SUBMIT = "enrolment.submit"
    ENROLMENT_VALIDATE = "enrolment.validate"
    ENROLMENT_DECIDE = "enrolment.decide"
    PREMIUM_READ = "premium.read"
    PREMIUM_RECORD = "premium.record"
    EXPORT_MAKE = "export.make"
    CAMPAIGN_READ = "campaign.read"
    CAMPAIGN_MANAGE = "campaign.manage"
    RECOGNITION_READ = "recognition.read"
    OWN_TARGET_READ = "own_target.read"
    TARGET_READ = "target.read"
    TARGET_SET = "target.set"
    OBSERVATION_RECORD = "observation.record"
    OWN_STATS_READ = "own_stats.read"
    STATS_READ = "stats.read"
    AUDIT_READ = "audit.read"
    READ_AUDIT_READ = "read_audit.read"
    EMERGENCY_READ = "emergency_access.read"
    EMERGENCY_REQUEST = "emergency_access.request"
    EMERGENCY_DECIDE = "emergency_access.decide"
    EMERGENCY_END = "emergency_access.end"
    EMERGENCY_REVIEW = "emergency_access.review"
    JOB_USE = "job.use"
    WEBHOOK_MANAGE = "webhook.manage"


P = Permission

_EVERYONE = {P.SELF, P.PLACE_READ, P.RULE_READ}
_COLLECTOR = _EVERYONE | {
    P.MODEL_READ, P.GROUP_READ, P.MEMBER_READ, P.MEMBER_RECORD,
    P.CONTRIBUTION_READ, P.CONTRIBUTION_RECORD, P.CONTRIBUTION_VALIDATE, P.ENROLMENT_READ,
    P.PREMIUM_READ, P.PREMIUM_RECORD, P.OWN_TARGET_READ, P.OWN_STATS_READ, P.JOB_USE,
}  # fmt: skip
_STAFF_READS = _EVERYONE | {
    P.ORGANISATION_READ, P.USER_READ, P.MODEL_READ, P.GROUP_READ, P.MEMBER_READ, P.CONTRIBUTION_READ,
    P.ENROLMENT_READ, P.PREMIUM_READ, P.CAMPAIGN_READ, P.RECOGNITION_READ, P.OWN_TARGET_READ, P.TARGET_READ,
    P.OWN_STATS_READ, P.STATS_READ, P.JOB_USE,
}  # fmt: skip
_UNION_OFFICER = _STAFF_READS | {
    P.PLACE_ADD, P.MODEL_MANAGE, P.GROUP_MANAGE, P.MEMBER_RECORD, P.MEMBER_SENSITIVE, P.NUMBER_SETTLE,
    P.CONTRIBUTION_RECORD,
    P.CONTRIBUTION_VALIDATE, P.CONTRIBUTION_REVERSE, P.ENROLMENT_DRAFT, P.ENROLMENT_SUBMIT, P.ENROLMENT_VALIDATE,
    P.PREMIUM_RECORD,
    P.CAMPAIGN_MANAGE, P.TARGET_SET, P.OBSERVATION_RECORD, P.EXPORT_MAKE, P.DATA_REQUEST_READ, P.DATA_REQUEST_HANDLE,
}  # fmt: skip
_BHXH_OFFICER = _STAFF_READS | {
    P.PLACE_ADD, P.MODEL_MANAGE, P.MEMBER_SENSITIVE, P.NUMBER_SETTLE, P.ENROLMENT_DECIDE, P.EXPORT_MAKE,
    P.CAMPAIGN_MANAGE, P.TARGET_SET, P.OBSERVATION_RECORD,
}  # fmt: skip
_ADMIN = {
    P.ORGANISATION_MANAGE, P.USER_MANAGE, P.CLIENT_MANAGE, P.PERIOD_CLOSE, P.AUDIT_READ, P.WEBHOOK_MANAGE,
    P.EMERGENCY_READ, P.EMERGENCY_REQUEST, P.EMERGENCY_DECIDE, P.EMERGENCY_END,
}  # fmt: skip
_DATA_OFFICER = _EVERYONE | {
    P.DATA_REQUEST_READ,
    P.READ_AUDIT_READ,
    P.EMERGENCY_READ,
    P.EMERGENCY_END,
    P.EMERGENCY_REVIEW,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.TREASURER: frozenset(_COLLECTOR | {P.CONTRIBUTION_REVERSE, P.ENROLMENT_DRAFT, P.CAMPAIGN_READ}),
    Role.COLLECTOR: frozenset(_COLLECTOR),
    Role.UNION_OFFICER: frozenset(_UNION_OFFICER),
    Role.UNION_ADMIN: frozenset(_UNION_OFFICER | _ADMIN),
    Role.BHXH_OFFICER: frozenset(_BHXH_OFFICER),
    Role.BHXH_ADMIN: frozenset(
        _BHXH_OFFICER | _ADMIN | {P.RULE_MANAGE, P.DATA_REQUEST_READ, P.READ_AUDIT_READ}
    ),
    Role.UNION_DATA_OFFICER: frozenset(_DATA_OFFICER | {P.DATA_REQUEST_HANDLE}),
    Role.BHXH_DATA_OFFICER: frozenset(_DATA_OFFICER),
    Role.VIEWER: frozenset(
        _EVERYONE | {P.MODEL_READ, P.OWN_TARGET_READ, P.TARGET_READ, P.OWN_STATS_READ, P.STATS_READ}
    ),
}
"""What each role may do. Deciding on enrolments is BHXH's alone; recording money is never BHXH's. Requests about
personal data are handled by the union whose register it is; BHXH's administrators see that they are. Who saw whom is
for the data protection officers and for BHXH's administrators, never for those who are watched in a union.
A treasurer drafts enrolments that an officer of the union submits. `OWN_TARGET_READ`: the targets set for oneself or
for one's own groups; `TARGET_READ`: those of one's places as well. `OWN_STATS_READ`: the summary of what one sees,
which for a treasurer or collector is their own groups and customers, and one's own results. `RECOGNITION_READ`: awards
and payouts, which name people."""

SCOPE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    "members:read": frozenset(_EVERYONE | {P.MODEL_READ, P.GROUP_READ, P.MEMBER_READ}),
    "members:write": frozenset(_EVERYONE | {P.MODEL_READ, P.GROUP_READ, P.MEMBER_READ, P.MEMBER_RECORD}),
    "contributions:read": frozenset(
        _EVERYONE | {P.GROUP_READ, P.CONTRIBUTION_READ, P.PREMIUM_READ, P.JOB_USE}
    ),
    "contributions:write": frozenset(
        _EVERYONE
        | {P.GROUP_READ, P.CONTRIBUTION_READ, P.CONTRIBUTION_RECORD, P.CONTRIBUTION_VALIDATE}
        | {P.CONTRIBUTION_REVERSE, P.PREMIUM_READ, P.PREMIUM_RECORD, P.JOB_USE}
    ),
    "enrolments:read": frozenset(_EVERYONE | {P.GROUP_READ, P.ENROLMENT_READ, P.JOB_USE}),
    "enrolments:write": frozenset(
        _EVERYONE
        | {
            P.GROUP_READ,
            P.ENROLMENT_READ,
            P.ENROLMENT_DRAFT,
            P.ENROLMENT_SUBMIT,
            P.ENROLMENT_VALIDATE,
            P.JOB_USE,
        }
    ),
    "stats:read": frozenset(
        _EVERYONE | {P.MODEL_READ, P.OWN_TARGET_READ, P.TARGET_READ, P.OWN_STATS_READ, P.STATS_READ}
    ),
    "webhooks:manage": frozenset(_EVERYONE | {P.WEBHOOK_MANAGE}),
}
"""What each scope of a partner system's token may do."""

SANDBOX_PREFIX: Final = "sandbox:"
_SANDBOX_PERMISSIONS = {P.SELF, P.CONTRIBUTION_VALIDATE, P.ENROLMENT_VALIDATE, P.JOB_USE} | {
    each for each in P if each.value.endswith(".read")
}

SANDBOX_SCOPE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    SANDBOX_PREFIX + scope: granted & _SANDBOX_PERMISSIONS for scope, granted in SCOPE_PERMISSIONS.items()
}
"""What is left of each scope while its client is in the sandbox (chỉ thử): reading, and validating what it would send.

`begin_actor` gives a client in the sandbox these in place of its own."""

SCOPE_DESCRIPTIONS = {
    "members:read": "Xem hội viên (read members)",
    "members:write": "Ghi hội viên (write members)",
    "contributions:read": "Xem khoản đóng góp (read contributions)",
    "contributions:write": "Ghi khoản đóng góp (write contributions)",
    "enrolments:read": "Xem đăng ký tham gia (read enrolments)",
    "enrolments:write": "Gửi đăng ký tham gia (write enrolments)",
    "stats:read": "Xem số liệu tổng hợp (read aggregates)",
    "webhooks:manage": "Quản lý địa chỉ nhận thông báo (manage its webhooks)",
}
"""The scopes in words, for the API's document."""

SECOND_FACTOR_PERMISSIONS = frozenset({P.ORGANISATION_MANAGE, P.USER_MANAGE, P.CLIENT_MANAGE, P.RULE_MANAGE})
"""What changes rights or the law's values: only with a second factor (yếu tố xác thực thứ hai)."""

DATA_OFFICER_ROLES = frozenset({Role.UNION_DATA_OFFICER, Role.BHXH_DATA_OFFICER})
"""Who protects personal data (Luật 91/2025/QH15, Article 33): they watch what others see, and see no register."""

SECOND_FACTOR_ROLES = DATA_OFFICER_ROLES | frozenset(
    role for role, granted in ROLE_PERMISSIONS.items() if granted & SECOND_FACTOR_PERMISSIONS
)
"""Whose rights need a second factor: what changes rights or the law's values, and the eyes on everybody's."""

UNVERIFIED_PREFIX: Final = "unverified:"
"""Before each of the roles of somebody who has one of these and showed no second factor: `begin_actor` gives them these
in place of their own. They carry what is needed to set one up (`Require(…, unverified=True)`), and no more."""

INITIAL_PREFIX: Final = "initial:"
"""Before each of the roles in a session that was begun with a password which somebody else set (mật khẩu ban đầu): they
carry what is needed to change it (`Require(…, initial=True)`), and no more."""

EMERGENCY_PREFIX: Final = "emergency:"
"""Before the roles of an administrator in a session of an emergency access (truy cập khẩn cấp): `begin_actor` gives
them these in place of their own."""
EMERGENCY_PERMISSIONS = frozenset({P.MEMBER_READ, P.MEMBER_SENSITIVE})
"""What these roles keep, and on those routes alone that say so (`Require(…, emergency=True)`), because they note it."""

BHXH_ROLES = frozenset({Role.BHXH_ADMIN, Role.BHXH_OFFICER, Role.BHXH_DATA_OFFICER, Role.VIEWER})
UNION_ROLES = frozenset(Role) - {Role.BHXH_ADMIN, Role.BHXH_OFFICER, Role.BHXH_DATA_OFFICER}


def permissions_of(roles: Iterable[str], scopes: Iterable[str]) -> frozenset[Permission]:
    """The permissions that these roles and scopes together grant; unknown names grant nothing."""
    granted: set[Permission] = set()
    known = set(Role)
    for role in roles:
        if role in known:
            granted |= ROLE_PERMISSIONS[Role(role)]
        elif role.startswith((UNVERIFIED_PREFIX, INITIAL_PREFIX)):
            granted.add(P.SELF)
        elif role.startswith(EMERGENCY_PREFIX):
            granted |= permissions_of([role.removeprefix(EMERGENCY_PREFIX)], ()) & EMERGENCY_PERMISSIONS
    for scope in scopes:
        granted |= SCOPE_PERMISSIONS.get(scope) or SANDBOX_SCOPE_PERMISSIONS.get(scope, frozenset())
    return frozenset(granted)


def roles_with(permission: Permission) -> list[str]:
    """The roles that grant *permission*: what a hot path passes to its SQL function."""
    return [role.value for role, granted in ROLE_PERMISSIONS.items() if permission in granted]


def emergency_roles_with(permission: Permission) -> list[str]:
    """The roles of sessions of an emergency access that grant *permission*."""
    kept = roles_with(permission) if permission in EMERGENCY_PERMISSIONS else []
    return [EMERGENCY_PREFIX + role for role in kept]


def scopes_with(permission: Permission) -> list[str]:
    """The scopes that grant *permission*, in the sandbox or out of it."""
    return [
        scope
        for scope, granted in (SCOPE_PERMISSIONS | SANDBOX_SCOPE_PERMISSIONS).items()
        if permission in granted
    ]
