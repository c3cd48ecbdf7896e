"""The access matrix: at least one case for every route."""

from tests.access.cases import (
    accounts_and_places,
    body_references,
    campaigns,
    clients,
    filters,
    jobs,
    ledger,
    logins,
    people,
    savings,
    tenancy,
    webhooks,
)
from tests.access.cases.base import AccessCase
from tests.access.cases.forms import exports, reports
from tests.access.cases.insurance import (
    enrolment_lifecycle,
    enrolments,
    insurance_rules,
    plans,
    premiums,
    renewals,
)
from tests.access.cases.privacy import data_requests, emergency_accesses

CASES: list[AccessCase] = [
    *plans.cases,  # first: a forecast is of every member of the group, and what is allowed below adds hundreds
    *accounts_and_places.cases,
    *tenancy.cases,
    *clients.cases,
    *logins.cases,
    *savings.cases,
    *people.cases,
    *data_requests.cases,
    *emergency_accesses.cases,
    *ledger.cases,
    *enrolments.cases,
    *enrolment_lifecycle.cases,
    *campaigns.cases,
    *body_references.cases,
    *filters.cases,
    *insurance_rules.cases,
    *premiums.cases,
    *jobs.cases,
    *renewals.cases,
    *exports.cases,
    *reports.cases,
    *webhooks.cases,
]
