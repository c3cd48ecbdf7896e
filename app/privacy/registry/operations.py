"""Personal data of staff and of people named in words, and what operation leaves behind: files, batches, the audit."""

from typing import Final

from app.privacy.registry.terms import (
    DataPurpose,
    LegalBasis,
    PersonalTable,
    Retention,
    Subject,
    personal_table,
)

_MEMBER, _STAFF, _NAMED = Subject.MEMBER, Subject.STAFF, Subject.NAMED

CAMPAIGN_TABLES: Final[tuple[PersonalTable, ...]] = (
    personal_table(
        "award", _MEMBER, DataPurpose.CAMPAIGNS, LegalBasis.CONSENT, Retention.CAMPAIGN,
        cleared="recipient_text note", kept="recipient_member_id title level decision_no awarded_on awarded_by",
    ),
    personal_table(
        "campaign", _NAMED, DataPurpose.CAMPAIGNS, LegalBasis.CONSENT, Retention.CAMPAIGN,
        cleared="organiser_name", kept="partners note goal details", copied=False,
    ),
    personal_table(
        "campaign_event", _NAMED, DataPurpose.CAMPAIGNS, LegalBasis.CONSENT, Retention.CAMPAIGN,
        kept="note", copied=False,
    ),
    personal_table(
        "payout", _NAMED, DataPurpose.CAMPAIGNS, LegalBasis.AGREEMENT, Retention.BOOKS,
        cleared="payer_name", kept="purpose note correction_reason printed", copied=False,
    ),
    personal_table(
        "observation", _NAMED, DataPurpose.CAMPAIGNS, LegalBasis.CONSENT, Retention.CAMPAIGN,
        kept="note correction_reason source_title printed base_printed parts", copied=False,
    ),
    personal_table(
        "target", _STAFF, DataPurpose.CAMPAIGNS, LegalBasis.AGREEMENT, Retention.CAMPAIGN,
        kept="for_user_id note printed", copied=False,
    ),
    personal_table(
        "target_version", _STAFF, DataPurpose.CAMPAIGNS, LegalBasis.AGREEMENT, Retention.CAMPAIGN,
        kept="content", copied=False,
    ),
    personal_table(
        "savings_model", _NAMED, DataPurpose.CAMPAIGNS, LegalBasis.CONSENT, Retention.CAMPAIGN,
        kept="partners description details", copied=False,
    ),
)  # fmt: skip

ACCESS_TABLES: Final[tuple[PersonalTable, ...]] = (
    personal_table(
        "app_user", _STAFF, DataPurpose.ACCESS, LegalBasis.AGREEMENT, Retention.ACCOUNT,
        kept="id username full_name phone roles disabled_at", copied=False,
    ),
    personal_table(
        "user_group", _STAFF, DataPurpose.ACCESS, LegalBasis.AGREEMENT, Retention.ACCOUNT,
        kept="user_id group_id duty valid_from valid_to", copied=False,
    ),
    personal_table(
        "organisation_account", _STAFF, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        kept="holder_id kind posted", copied=False,
    ),
    personal_table(
        "organisation_posting", _STAFF, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        kept="account_id amount balance_after", copied=False,
    ),
    personal_table(
        "user_password", _STAFF, DataPurpose.ACCESS, LegalBasis.PROTECTION_DUTY, Retention.ACCOUNT,
        kept="user_id password_hash changed_at initial_until", sensitive="password_hash", copied=False,
    ),
    personal_table(
        "second_factor", _STAFF, DataPurpose.ACCESS, LegalBasis.PROTECTION_DUTY, Retention.ACCOUNT,
        kept="user_id sealed_secret confirmed_at last_step", sensitive="sealed_secret", copied=False,
    ),
    personal_table(
        "recovery_code", _STAFF, DataPurpose.ACCESS, LegalBasis.PROTECTION_DUTY, Retention.ACCOUNT,
        kept="user_id code_hash", sensitive="code_hash", copied=False,
    ),
    personal_table(
        "device", _STAFF, DataPurpose.ACCESS, LegalBasis.AGREEMENT, Retention.ACCOUNT,
        kept="user_id name app_version registered_at last_seen_at revoked_at", copied=False,
    ),
    personal_table(
        "auth_session", _STAFF, DataPurpose.ACCESS, LegalBasis.PROTECTION_DUTY, Retention.LOGIN,
        kept="user_id device_id address_hash expires_at revoked_at revoked_why second_factor refreshed_at scopes"
        " emergency_access_id initial_until proven_at",
        sensitive="address_hash", copied=False,
    ),
    personal_table(
        "session_scope", _STAFF, DataPurpose.ACCESS, LegalBasis.PROTECTION_DUTY, Retention.LOGIN,
        kept="session_id actor scope day", copied=False,
    ),
    personal_table(
        "emergency_access", _STAFF, DataPurpose.ACCOUNTABILITY, LegalBasis.PROTECTION_DUTY, Retention.PROOF,
        kept="requested_by reason_kind reason minutes status decide_by decided_at decision_note starts_at ends_at"
        " ended_by review_by reviewed_at reviewed_by review_outcome review_note",
        copied=False,
    ),
    personal_table(
        "refresh_token", _STAFF, DataPurpose.ACCESS, LegalBasis.PROTECTION_DUTY, Retention.LOGIN,
        kept="session_id token_hash parent_hash issued_at used_at expires_at", copied=False,
    ),
    personal_table(
        "login_throttle", _STAFF, DataPurpose.ACCESS, LegalBasis.PROTECTION_DUTY, Retention.LOGIN,
        kept="key_hash window_start failures wait_until", copied=False,
    ),
)  # fmt: skip

EXCHANGE_TABLES: Final[tuple[PersonalTable, ...]] = (
    personal_table(
        "job", _STAFF, DataPurpose.EXCHANGE, LegalBasis.AGREEMENT, Retention.JOB_FILE,
        kept="asked_by session_id params file_name errors checkpoint", copied=False,
    ),
    personal_table(
        "job_file", _MEMBER, DataPurpose.EXCHANGE, LegalBasis.CONSENT, Retention.JOB_FILE,
        cleared="content", kept="job_id name part", sensitive="content", copied=False,
    ),
    personal_table(
        "enrolment_batch", _MEMBER, DataPurpose.EXCHANGE, LegalBasis.CONSENT, Retention.BATCH_OUTCOME,
        cleared="items", kept="client_key", copied=False,
    ),
    personal_table(
        "contribution_batch", _MEMBER, DataPurpose.EXCHANGE, LegalBasis.AGREEMENT, Retention.BATCH_OUTCOME,
        cleared="items", kept="client_key", copied=False,
    ),
    personal_table(
        "outbox_event", _MEMBER, DataPurpose.EXCHANGE, LegalBasis.CONSENT, Retention.PROOF,
        cleared="data", kept="subject_id subject_kind kind at",
    ),
    personal_table(
        "webhook_delivery", _MEMBER, DataPurpose.EXCHANGE, LegalBasis.CONSENT, Retention.DELIVERY,
        kept="subject_id event_id kind status", copied=False,
    ),
    personal_table(
        "webhook_attempt", _MEMBER, DataPurpose.EXCHANGE, LegalBasis.CONSENT, Retention.DELIVERY,
        cleared="answer", kept="error", copied=False,
    ),
    personal_table(
        "audit_event", _MEMBER, DataPurpose.ACCOUNTABILITY, LegalBasis.PROTECTION_DUTY, Retention.PROOF,
        cleared="fields", kept="subject_id subject_kind event at actor_id actor_kind request_id",
    ),
    personal_table(
        "read_pending", _MEMBER, DataPurpose.ACCOUNTABILITY, LegalBasis.PROTECTION_DUTY, Retention.READ_AUDIT,
        cleared="searched_for", kept="at actor_id actor_kind member_id member_ids", copied=False,
    ),
    personal_table(
        "read_audit", _MEMBER, DataPurpose.ACCOUNTABILITY, LegalBasis.PROTECTION_DUTY, Retention.READ_AUDIT,
        cleared="searched_for", kept="member_id at act reason actor_id actor_kind searched_by emergency_access_id",
    ),
)  # fmt: skip
