"""HTTP: what is offered, to whom, and in which shape."""

from typing import Final

from fastapi import APIRouter, FastAPI

from app.routers import audit, exports, jobs, places, read_audit, stats, system, webhooks
from app.routers.campaigns import awards, campaigns, observations, payouts, targets
from app.routers.insurance import (
    benefit_estimates,
    coverages,
    enrolment_batches,
    enrolment_decisions,
    enrolment_duplicates,
    enrolments,
    forecasts,
    insurance_plans,
    insurance_quotes,
    insurance_rules,
    member_other_insurance,
    premium_advances,
    premium_payments,
    premium_refunds,
    renewals,
)
from app.routers.ledger import (
    closings,
    contribution_batches,
    contributions,
    meetings,
    organisation_books,
    passbooks,
)
from app.routers.people import (
    data_requests,
    emergency_accesses,
    households,
    member_consents,
    member_support_groups,
    members,
    number_pairs,
)
from app.routers.savings import groups, memberships, savings_models
from app.routers.tenancy import (
    auth,
    clients,
    devices,
    networks,
    oauth,
    organisations,
    second_factor,
    sessions,
    users,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    system.router,
    auth.router,
    second_factor.router,
    sessions.router,
    oauth.router,
    networks.router,
    organisations.router,
    users.router,
    devices.router,
    clients.router,
    places.router,
    passbooks.router,
    members.router,
    number_pairs.router,
    member_consents.router,
    member_support_groups.router,
    households.router,
    data_requests.router,
    emergency_accesses.router,
    savings_models.router,
    groups.router,
    memberships.router,
    contribution_batches.router,  # before contributions: `/v1/contributions/batches` is no id
    contributions.router,
    closings.router,
    insurance_rules.router,
    insurance_quotes.router,
    insurance_plans.router,
    benefit_estimates.router,
    enrolment_batches.router,  # before enrolments: `/v1/enrolments/batches` is no id
    enrolment_decisions.router,  # before enrolments, for the same reason
    enrolments.router,
    enrolment_duplicates.router,
    member_other_insurance.router,
    premium_payments.router,
    organisation_books.router,
    premium_refunds.router,
    premium_advances.router,
    renewals.router,
    campaigns.router,
    awards.router,
    payouts.router,
    targets.router,
    observations.router,
    stats.router,
    exports.router,
    jobs.router,
    webhooks.router,
    audit.router,
    read_audit.router,
    meetings.router,  # the last three are asked about every path below /v1
    coverages.router,
    forecasts.router,
)
"""Every router, in the order in which a request tries them."""


def include_routers(app: FastAPI) -> None:
    """Include every router in the app."""
    for router in ROUTERS:
        app.include_router(router)
