"""The access matrix: at least one line for every route."""

from tests.access import (
    lines_auth,
    lines_campaigns,
    lines_clients,
    lines_enrolment_life,
    lines_enrolments,
    lines_exports,
    lines_filters,
    lines_insurance,
    lines_jobs,
    lines_ledger,
    lines_people,
    lines_plans,
    lines_premiums,
    lines_references,
    lines_renewals,
    lines_reports,
    lines_savings,
    lines_tenancy,
)
from tests.access.lines import Line

LINES: list[Line] = [
    *lines_auth.lines,
    *lines_tenancy.lines,
    *lines_clients.lines,
    *lines_savings.lines,
    *lines_people.lines,
    *lines_ledger.lines,
    *lines_enrolments.lines,
    *lines_enrolment_life.lines,
    *lines_campaigns.lines,
    *lines_references.lines,
    *lines_filters.lines,
    *lines_insurance.lines,
    *lines_premiums.lines,
    *lines_jobs.lines,
    *lines_plans.lines,
    *lines_renewals.lines,
    *lines_exports.lines,
    *lines_reports.lines,
]
