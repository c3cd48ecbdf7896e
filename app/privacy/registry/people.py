"""Personal data of members and households, of their savings and of their insurance."""

from typing import Final

from app.privacy.registry.terms import (
    DataPurpose,
    LegalBasis,
    PersonalTable,
    Retention,
    Subject,
    personal_table,
)

_MEMBER, _HOUSEHOLD, _NAMED = Subject.MEMBER, Subject.HOUSEHOLD, Subject.NAMED

REGISTER_TABLES: Final[tuple[PersonalTable, ...]] = (
    personal_table(
        "member", _MEMBER, DataPurpose.REGISTER, LegalBasis.CONSENT, Retention.REGISTER,
        cleared="full_name search_name birth_date sex national_id social_insurance_no health_card_no phone occupation"
        " household_id relation_to_head hamlet_code died_on number_claim number_status number_to_check"
        " number_distinct_from",
        kept="id province_code commune_code referrer_id joined_on anonymised_at numbers_since",
    ),
    personal_table(
        "household", _HOUSEHOLD, DataPurpose.REGISTER, LegalBasis.CONSENT, Retention.REGISTER,
        cleared="code hamlet_code address head_member_id", kept="id province_code commune_code",
    ),
    personal_table(
        "consent", _MEMBER, DataPurpose.ACCOUNTABILITY, LegalBasis.PROTECTION_DUTY, Retention.PROOF,
        cleared="guardian_name", kept="member_id purpose text_version method given_at given_by withdrawn_at",
    ),
    personal_table(
        "support_group", _MEMBER, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        cleared="member_id kind valid_from valid_to evidence", sensitive="kind evidence",
    ),
    personal_table(
        "trace_search", _MEMBER, DataPurpose.ACCOUNTABILITY, LegalBasis.PROTECTION_DUTY, Retention.TRACE,
        cleared="member_id full_name search_name numbers phone", copied=False,
    ),
    personal_table(
        "data_request", _MEMBER, DataPurpose.ACCOUNTABILITY, LegalBasis.PROTECTION_DUTY, Retention.DATA_REQUEST,
        cleared="requester_name details answer",
        kept="member_id kind requester identity_check received_at respond_by due_on extended_at extension_reason"
        " status refusal_code decided_at done_at purposes outcome",
    ),
)  # fmt: skip

SAVINGS_TABLES: Final[tuple[PersonalTable, ...]] = (
    personal_table(
        "membership", _MEMBER, DataPurpose.SAVINGS, LegalBasis.AGREEMENT, Retention.BOOKS,
        kept="member_id group_id duty joined_on left_on",
    ),
    personal_table(
        "pledge", _MEMBER, DataPurpose.SAVINGS, LegalBasis.AGREEMENT, Retention.BOOKS,
        kept="membership_id kind product amount per asset_name asset_quantity asset_quantity_max valid_from valid_to",
    ),
    personal_table(
        "account", _MEMBER, DataPurpose.SAVINGS, LegalBasis.AGREEMENT, Retention.BOOKS,
        kept="member_id group_id posted held", sensitive="posted held",
    ),
    personal_table(
        "ledger_txn", _MEMBER, DataPurpose.SAVINGS, LegalBasis.AGREEMENT, Retention.BOOKS,
        cleared="note source",
        kept="member_id group_id kind product amount quantity unit unit_price business_date recorded_at member_balance",
        sensitive="amount member_balance",
    ),
    personal_table(
        "posting", _MEMBER, DataPurpose.SAVINGS, LegalBasis.AGREEMENT, Retention.BOOKS,
        kept="account_id txn_id amount balance_after", sensitive="amount balance_after",
    ),
    personal_table(
        "organisation_txn", _MEMBER, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        kept="member_id payment_id holder_id kind product amount business_date recorded_at", sensitive="amount",
    ),
    personal_table(
        "savings_group", _MEMBER, DataPurpose.SAVINGS, LegalBasis.AGREEMENT, Retention.BOOKS,
        cleared="leader_id treasurer_id", kept="note",
    ),
)  # fmt: skip

INSURANCE_TABLES: Final[tuple[PersonalTable, ...]] = (
    personal_table(
        "enrolment", _MEMBER, DataPurpose.INSURANCE, LegalBasis.CONSENT, Retention.INSURANCE_FILE,
        cleared="support_group proof_kind proof_no proof_issued_by proof_valid_until relation_to_head external_ref"
        " content_hash reasons",
        kept="member_id group_id product method months monthly_income from_month covered_until insured_since"
        " supported_before status submitted_at decided_at paid_at activated_at ended_on ended_why consented_on"
        " months_paid_before",
        sensitive="support_group proof_kind proof_no proof_issued_by proof_valid_until monthly_income",
    ),
    personal_table(
        "enrolment_merge", _MEMBER, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        cleared="before", kept="keep_id drop_id product shared", copied=False,
    ),
    personal_table(
        "enrolment_decision", _MEMBER, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        kept="enrolment_ids items reasons decided_by", copied=False,
    ),
    personal_table(
        "coverage", _MEMBER, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        kept="member_id group_id enrolment_id payment_id product method months supported_months valid_from valid_to"
        " continuous_since five_years_from ended_on ended_why",
    ),
    personal_table(
        "renewal_reminder", _MEMBER, DataPurpose.INSURANCE, LegalBasis.AGREEMENT, Retention.INSURANCE_FILE,
        kept="coverage_id due_on reminded_at",
    ),
    personal_table(
        "other_insurance", _MEMBER, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        cleared="member_id kind valid_from valid_to",
    ),
    personal_table(
        "premium_payment", _MEMBER, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        kept="member_id household_id group_id enrolment_id product method months monthly_income from_month status"
        " business_date amount_due state_support province_support other_support participant_pays supported_months"
        " supported_before support_group covered_until insured_since household_order collector_id collection_series"
        " collection_no receipt_series receipt_no"
        " payment_date answer formula declared_order",
        sensitive="support_group monthly_income amount_due participant_pays",
    ),
    personal_table(
        "premium_source", _MEMBER, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        kept="payment_id kind amount paid source collector_id bank_reference instalments first_due",
        sensitive="amount paid",
    ),
    personal_table(
        "premium_advance", _MEMBER, DataPurpose.SAVINGS, LegalBasis.AGREEMENT, Retention.BOOKS,
        kept="member_id payment_id amount instalments first_due repaid next_due", sensitive="amount repaid",
    ),
    personal_table(
        "premium_repayment", _MEMBER, DataPurpose.SAVINGS, LegalBasis.AGREEMENT, Retention.BOOKS,
        kept="advance_id amount paid_from business_date repaid_after", sensitive="amount repaid_after",
    ),
    personal_table(
        "premium_refund", _MEMBER, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        kept="member_id enrolment_id payment_id product reason from_month unused_from remaining_months unused amount"
        " state_returned province_returned other_returned decided_on status received_as received_on receiver_id"
        " formula",
        sensitive="amount unused",
    ),
    personal_table(
        "export_row", _MEMBER, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        cleared="data", kept="payment_id enrolment_id household_id form", sensitive="data",
    ),
    personal_table(
        "export_mention", _MEMBER, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        kept="member_id as_head", copied=False,
    ),
    personal_table(
        "export_list", _NAMED, DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW, Retention.INSURANCE_FILE,
        cleared="collector_name collector_code", kept="params", copied=False,
    ),
)  # fmt: skip
