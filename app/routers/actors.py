"""Who may call a route: the permission that each declares, by the name that its handler gives the caller.

`actor: MemberReader` needs `Permission.MEMBER_READ`; which roles and scopes grant it says the one table in
`auth/permissions.py`. `…Hot…` is for routes with `hot=True`, which get a Caller instead of the Actor;
`…Sandbox…` lets partner systems in the sandbox (chỉ thử) pass where they would be refused for writing, `…Unverified…`
those who must first set up a second factor, `…Initial…` those who must first change the password that they were given.
"""

from typing import Annotated

from fastapi import Depends

from app.auth.actor import Actor
from app.auth.caller import Caller
from app.auth.guards.require import Require, RequireCaller
from app.auth.permissions import Permission

# Everybody who is logged in (mọi người đã đăng nhập)
AnyActor = Annotated[Actor, Depends(Require(Permission.SELF))]
AnyUnverifiedActor = Annotated[Actor, Depends(Require(Permission.SELF, unverified=True))]
AnyInitialActor = Annotated[Actor, Depends(Require(Permission.SELF, initial=True))]
AnyUnverifiedInitialActor = Annotated[Actor, Depends(Require(Permission.SELF, unverified=True, initial=True))]
AnySandboxUnverifiedInitialActor = Annotated[
    Actor, Depends(Require(Permission.SELF, sandbox=True, unverified=True, initial=True))
]

# Places, organisations, users (địa danh, tổ chức, người dùng)
PlaceReader = Annotated[Actor, Depends(Require(Permission.PLACE_READ))]
PlaceAdder = Annotated[Actor, Depends(Require(Permission.PLACE_ADD))]
OrganisationReader = Annotated[Actor, Depends(Require(Permission.ORGANISATION_READ))]
OrganisationManager = Annotated[Actor, Depends(Require(Permission.ORGANISATION_MANAGE))]
UserReader = Annotated[Actor, Depends(Require(Permission.USER_READ))]
UserManager = Annotated[Actor, Depends(Require(Permission.USER_MANAGE))]
ClientManager = Annotated[Actor, Depends(Require(Permission.CLIENT_MANAGE))]
WebhookManager = Annotated[Actor, Depends(Require(Permission.WEBHOOK_MANAGE))]
AuditReader = Annotated[Actor, Depends(Require(Permission.AUDIT_READ))]
ReadAuditReader = Annotated[Actor, Depends(Require(Permission.READ_AUDIT_READ))]

# Members and households (hội viên, hộ gia đình)
MemberReader = Annotated[Actor, Depends(Require(Permission.MEMBER_READ))]
MemberSandboxSearcher = Annotated[
    Actor, Depends(Require(Permission.MEMBER_READ, sandbox=True, emergency=True))
]
MemberHotReader = Annotated[Caller, Depends(RequireCaller(Permission.MEMBER_READ, emergency=True))]
MemberRecorder = Annotated[Actor, Depends(Require(Permission.MEMBER_RECORD))]
NumberSettler = Annotated[Actor, Depends(Require(Permission.NUMBER_SETTLE))]
MemberRevealer = Annotated[Actor, Depends(Require(Permission.MEMBER_SENSITIVE, emergency=True))]
DataRequestReader = Annotated[Actor, Depends(Require(Permission.DATA_REQUEST_READ))]
DataRequestHandler = Annotated[Actor, Depends(Require(Permission.DATA_REQUEST_HANDLE))]
EmergencyReader = Annotated[Actor, Depends(Require(Permission.EMERGENCY_READ))]
EmergencyRequester = Annotated[Actor, Depends(Require(Permission.EMERGENCY_REQUEST))]
EmergencyDecider = Annotated[Actor, Depends(Require(Permission.EMERGENCY_DECIDE))]
EmergencyEnder = Annotated[Actor, Depends(Require(Permission.EMERGENCY_END))]
EmergencyReviewer = Annotated[Actor, Depends(Require(Permission.EMERGENCY_REVIEW))]

# Savings models and groups (mô hình tiết kiệm, tổ)
ModelReader = Annotated[Actor, Depends(Require(Permission.MODEL_READ))]
ModelManager = Annotated[Actor, Depends(Require(Permission.MODEL_MANAGE))]
GroupReader = Annotated[Actor, Depends(Require(Permission.GROUP_READ))]
GroupManager = Annotated[Actor, Depends(Require(Permission.GROUP_MANAGE))]

# Contributions and the books (khoản đóng góp, sổ cái)
ContributionReader = Annotated[Actor, Depends(Require(Permission.CONTRIBUTION_READ))]
ContributionHotReader = Annotated[Caller, Depends(RequireCaller(Permission.CONTRIBUTION_READ))]
ContributionHotRecorder = Annotated[Caller, Depends(RequireCaller(Permission.CONTRIBUTION_RECORD))]
ContributionHotReverser = Annotated[Caller, Depends(RequireCaller(Permission.CONTRIBUTION_REVERSE))]
ContributionSandboxValidator = Annotated[
    Actor, Depends(Require(Permission.CONTRIBUTION_VALIDATE, sandbox=True))
]
PeriodCloser = Annotated[Actor, Depends(Require(Permission.PERIOD_CLOSE))]

# Insurance (bảo hiểm)
RuleReader = Annotated[Actor, Depends(Require(Permission.RULE_READ))]
RuleManager = Annotated[Actor, Depends(Require(Permission.RULE_MANAGE))]
EnrolmentReader = Annotated[Actor, Depends(Require(Permission.ENROLMENT_READ))]
EnrolmentHotReader = Annotated[Caller, Depends(RequireCaller(Permission.ENROLMENT_READ))]
EnrolmentDrafter = Annotated[Actor, Depends(Require(Permission.ENROLMENT_DRAFT))]
EnrolmentSubmitter = Annotated[Actor, Depends(Require(Permission.ENROLMENT_SUBMIT))]
EnrolmentSandboxValidator = Annotated[Actor, Depends(Require(Permission.ENROLMENT_VALIDATE, sandbox=True))]
EnrolmentDecider = Annotated[Actor, Depends(Require(Permission.ENROLMENT_DECIDE))]
PremiumReader = Annotated[Actor, Depends(Require(Permission.PREMIUM_READ))]
PremiumRecorder = Annotated[Actor, Depends(Require(Permission.PREMIUM_RECORD))]

# Campaigns, targets, figures (phong trào, chỉ tiêu, số liệu)
CampaignReader = Annotated[Actor, Depends(Require(Permission.CAMPAIGN_READ))]
CampaignManager = Annotated[Actor, Depends(Require(Permission.CAMPAIGN_MANAGE))]
RecognitionReader = Annotated[Actor, Depends(Require(Permission.RECOGNITION_READ))]
OwnTargetReader = Annotated[Actor, Depends(Require(Permission.OWN_TARGET_READ))]
TargetReader = Annotated[Actor, Depends(Require(Permission.TARGET_READ))]
TargetSetter = Annotated[Actor, Depends(Require(Permission.TARGET_SET))]
ObservationRecorder = Annotated[Actor, Depends(Require(Permission.OBSERVATION_RECORD))]
StatsReader = Annotated[Actor, Depends(Require(Permission.STATS_READ))]
OwnStatsReader = Annotated[Actor, Depends(Require(Permission.OWN_STATS_READ))]
OwnStatsHotReader = Annotated[Caller, Depends(RequireCaller(Permission.OWN_STATS_READ))]

# Lists on official forms and long work (danh sách theo biểu mẫu, việc chạy nền)
ExportMaker = Annotated[Actor, Depends(Require(Permission.EXPORT_MAKE))]
JobUser = Annotated[Actor, Depends(Require(Permission.JOB_USE))]
