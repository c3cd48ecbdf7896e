"""The verdict on every column of the database: personal, or not by a rule. A column without one is a fault."""

from collections.abc import Iterable
from typing import Final

from app.privacy.registry.operations import ACCESS_TABLES, CAMPAIGN_TABLES, EXCHANGE_TABLES
from app.privacy.registry.people import INSURANCE_TABLES, REGISTER_TABLES, SAVINGS_TABLES
from app.privacy.registry.terms import PersonalTable

PERSONAL_TABLES: Final[tuple[PersonalTable, ...]] = (
    *REGISTER_TABLES, *SAVINGS_TABLES, *INSURANCE_TABLES, *CAMPAIGN_TABLES, *ACCESS_TABLES, *EXCHANGE_TABLES,
)  # fmt: skip
"""Every table that holds personal data."""

IMPERSONAL_TABLES: Final = {
    "place": "administrative units", "place_succession": "administrative units", "place_dataset": "a version",
    "stat_pending": "sums of many", "stat_day": "sums of many", "stat_month": "sums of many",
    "stat_province_month": "sums of many", "closed_period": "days of books", "network": "ten rows of ours",
    "books_opening": "days of books",
    "organisation": "units of networks", "organisation_parent": "units of networks", "scope_version": "a version",
    "organisation_place": "units of networks", "insurance_rule": "values of the law", "outbox_pending": "numbers",
    "owner_key": "keys of the installation", "signing_key": "keys of the installation",
    "api_client": "systems, no people", "client_secret": "systems, no people", "webhook": "addresses of systems",
    "webhook_secret": "systems, no people", "trace_doubt": "places in files and tables",
    "receipt_series": "numbers of units",
}  # fmt: skip
"""Tables without personal data, each with the reason; who wrote a row is an `ACTOR_COLUMNS`."""

ACTOR_COLUMNS: Final = frozenset({
    "created_by", "recorded_by", "withdrawn_by", "entered_by", "submitted_by", "decided_by", "posted_by", "voided_by",
    "sent_by", "merged_by", "undone_by", "received_by", "replaced_by", "done_by",
})  # fmt: skip
"""The id of the user or partner system that wrote something: staff's data, kept as long as what it signs."""

IMPERSONAL_COLUMNS: Final = {
    "id": "a number of the row", "seq": "a number of the row", "position": "a number of the row",
    "list_id": "the row's list", "sheet_id": "the row's sheet", "batch_id": "the row's batch", "job_id": "a job",
    "webhook_id": "a system", "client_id": "a system", "organisation_id": "a unit", "org_id": "a unit",
    "model_id": "a savings model", "campaign_id": "a campaign", "group_id": "a group", "place_code": "a place",
    "target_id": "a target", "payer_id": "a unit", "organiser_id": "a unit", "for_organisation_id": "a unit",
    "for_group_id": "a group", "recipient_group_id": "a group", "recipient_organisation_id": "a unit",
    "replicated_from_id": "a savings model", "donation_id": "another entry", "hold_id": "another entry",
    "resolution_id": "another entry", "source_id": "another row", "txn_id": "another entry",
    "remuneration_rule_id": "a value of the law", "reverses_id": "another entry", "resolves_id": "another entry",
    "corrects_id": "another row", "settles_id": "another entry",
    "network": "whose register", "set_by_network": "whose target",
    "province_code": "where the row lies", "commune_code": "where the row lies", "hamlet_code": "where the group is",
    "version": "how often it changed", "account_version": "how often it changed", "dropped_version": "a version",
    "created_at": "when the row came", "updated_at": "when the row changed", "replaced_at": "when the row changed",
    "merged_at": "when the row came", "undone_at": "when the row changed", "sent_at": "when the row came",
    "request_hash": "of a request", "client_key": "of a request",
}  # fmt: skip
"""Columns that are not personal in whichever table, unless it names them itself."""

TECHNICAL_COLUMNS: Final = {
    "account": "kind version floor",
    "award": "recipient_kind count period_from period_to",
    "campaign": "kind name level products starts_on ends_on",
    "campaign_event": "kind name held_on period_from period_to sessions attendance_min attendance_max"
    " attendance_qualifier attendance_text attendance_of",
    "contribution_batch": "mode rows recorded unchanged rejected skipped skipped_rows",
    "emergency_access": "provinces communes",
    "enrolment_batch": "mode rows created updated duplicate unchanged rejected skipped skipped_rows",
    "enrolment_decision": "action dry_run dry_run_id versions rows done refused decided_at",
    "export_list": "form layout number year list_date rows totals has_mentions",
    "job": "kind status rows_done rows_total counts error file_type file_size taken started_at touched_at finished_at"
    " cancel_asked_at files_removed_at",
    "ledger_txn": "lines reversed_kind group_balance",
    "organisation_txn": "balance",
    "observation": "metric product nature observed_on period_from period_to value unit qualifier numerator"
    " numerator_unit numerator_qualifier denominator denominator_unit denominator_qualifier parts_are_all base base_on"
    " base_value difference difference_kind source_kind source_date flags cautions small",
    "payout": "kind amount qualifier paid_on period_from period_to recipients recipient_kind",
    "premium_payment": "priced_on rules posted_at voided_at remuneration_kind remuneration_rate remuneration",
    "premium_refund": "rules remuneration_rate clawback decided_at received_at",
    "read_audit": "shown",
    "read_pending": "shown",
    "savings_group": "code kind name search_name cycle meeting_day started_on ended_on",
    "savings_model": "code name aliases search_name mechanism products launched_on ended_on",
    "target": "metric product period period_from period_to value unit qualifier basis set_on",
    "trace_search": "asked_at beside begun_at stage at_id at_name at_part waiting passed failures doubts",
    "webhook_attempt": "number at duration_ms status_code",
    "webhook_delivery": "attempts tries first_at due_at lease finished_at",
}  # fmt: skip
"""Columns of these tables alone that say nothing of a person: kinds, counts, states of work."""

HIDDEN_COLUMNS: Final = frozenset(
    {"request_hash", "content_hash", "number_claim", "number_status", "number_distinct_from"}
)
"""What a copy leaves out: hashes, of no use to the person; whether somebody else has their number, which whoever makes
the copy may not be told (decision 0016)."""

TABLES_BY_NAME: Final = {table.name: table for table in PERSONAL_TABLES}


def has_verdict(table: str, column: str) -> bool:
    """Whether somebody has decided if a column is personal data."""
    if table in IMPERSONAL_TABLES:
        return True
    entry = TABLES_BY_NAME.get(table)
    if entry is None:
        return False
    impersonal = IMPERSONAL_COLUMNS.keys() | ACTOR_COLUMNS | set(TECHNICAL_COLUMNS.get(table, "").split())
    return column in entry.columns or column in impersonal


def find_undecided(columns: Iterable[tuple[str, str]]) -> list[str]:
    """The columns (table, column) without a verdict, as `table.column`."""
    return sorted(f"{table}.{column}" for table, column in columns if not has_verdict(table, column))


def list_named_columns() -> set[tuple[str, str]]:
    """Every column (table, column) that the registry names: each must exist."""
    named = {(table.name, column) for table in PERSONAL_TABLES for column in table.columns}
    return named | {(table, column) for table, names in TECHNICAL_COLUMNS.items() for column in names.split()}
