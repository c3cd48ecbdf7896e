"""The access matrix: at least one case for every route."""

from tests.access.cases import accounts_and_places as lines_auth
from tests.access.cases import body_references as lines_references
from tests.access.cases import campaigns as lines_campaigns
from tests.access.cases import clients as lines_clients
from tests.access.cases import filters as lines_filters
from tests.access.cases import jobs as lines_jobs
from tests.access.cases import ledger as lines_ledger
from tests.access.cases import people as lines_people
from tests.access.cases import savings as lines_savings
from tests.access.cases import tenancy as lines_tenancy
from tests.access.cases import webhooks as lines_webhooks
from tests.access.cases.base import AccessCase
from tests.access.cases.forms import exports as lines_exports
from tests.access.cases.forms import reports as lines_reports
from tests.access.cases.insurance import enrolment_lifecycle as lines_enrolment_life
from tests.access.cases.insurance import enrolments as lines_enrolments
from tests.access.cases.insurance import insurance_rules as lines_insurance
from tests.access.cases.insurance import plans as lines_plans
from tests.access.cases.insurance import premiums as lines_premiums
from tests.access.cases.insurance import renewals as lines_renewals

CASES: list[AccessCase] = [
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
    *lines_webhooks.lines,
]
