"""The application: creates the FastAPI app and wires its parts."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.audit.reads.service import fold_reads
from app.auth.guards.allowance import Allowances
from app.auth.keys.process_key import derive_process_key
from app.auth.permissions import SCOPE_DESCRIPTIONS
from app.core.http.docs import mount_docs
from app.core.http.hot_paths import HotPathMiddleware
from app.core.http.metrics import set_overdue, watch_pool
from app.core.http.middleware import RequestMiddleware
from app.core.http.openapi import customise_openapi, generate_operation_id
from app.core.http.parameters.client_address import list_trusted_hosts
from app.core.http.problem import install_error_handlers
from app.core.postgres.database import Database
from app.core.postgres.readiness import Readiness
from app.core.process.garbage import tune_garbage_collection
from app.core.process.hourly import repeat_hourly
from app.core.settings import Settings, get_settings
from app.core.values.buckets import TokenBuckets
from app.core.values.paging import use_cursor_secrets
from app.insurance.rules.reminders import count_expiring_rules
from app.insurance.rules.store import RuleStore
from app.privacy.emergency.overdue import count_overdue_reviews
from app.privacy.traces.progress import read_progress
from app.routers import include_routers
from app.stats.fold import fold, fold_in_background
from app.tenancy.logins.auth_services import AuthServices

_log = logging.getLogger("ansinh.metrics")
PUBLIC_PATHS = frozenset(
    {
        "/health/live",
        "/health/ready",
        "/metrics",
        "/.well-known/jwks.json",
        "/v1/auth/login",
        "/v1/auth/refresh",
        "/v1/oauth/token",
        "/v1/insurance/quotes",
        "/v1/insurance/refund-quotes",
        "/v1/insurance/plans",
        "/v1/insurance/benefit-estimates",
    }
)
"""What answers without a login; the test of completeness holds every other path to a permission."""
CORS_TERMS: Final[dict[str, Any]] = {
    "allow_methods": ("GET", "POST", "PUT", "PATCH", "DELETE"),
    "allow_headers": (
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "If-Match",
        "If-None-Match",
        "X-Request-Id",
    ),
    "expose_headers": (
        *("Content-Disposition", "ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-Id"),
    ),
}
"""What the pages of allowed origins may send and read. No cookies: who is calling stands in Authorization."""


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what requests need, fold in the background, and close it at the end."""
    settings: Settings = app.state.settings
    assert settings.app_database_url is not None  # noqa: S101 - `ansinh serve` sets both
    assert settings.secret_key is not None  # noqa: S101
    use_cursor_secrets(*settings.secret_keys)
    database = await Database.connect(
        settings.app_database_url, pool_size=settings.pool_size, process_key=derive_process_key(settings)
    )
    app.state.database = database
    app.state.readiness = Readiness(database, settings.app_database_url)
    app.state.auth_services = AuthServices.create(database, settings)
    app.state.tokens = app.state.auth_services.tokens
    app.state.report_refused_token = app.state.auth_services.report_refused_token
    app.state.allowances = Allowances(database, settings)
    app.state.rules = RuleStore(database)
    watch_pool(database.count_connections)
    tune_garbage_collection()
    async with (
        fold_in_background(partial(fold, database)),
        fold_in_background(partial(fold_reads, database), "fold of reads"),
        repeat_hourly(partial(publish_overdue, database), _log, "count of what is overdue"),
    ):
        yield
    await app.state.auth_services.security.drain()
    await app.state.readiness.close()
    await database.close()


async def publish_overdue(database: Database) -> int:
    """Count what is overdue for `/metrics`. Returns: 0, as there is nothing to log."""
    set_overdue("emergency_access_review", await count_overdue_reviews(database))
    set_overdue("expiring_rule", await count_expiring_rules(database))
    set_overdue("unsearched_piece", (await read_progress(database)).failed)
    return 0


def create_app(settings: Settings | None = None) -> FastAPI:
    """Create an application whose lifespan opens and closes its database."""
    settings = settings or get_settings()
    app = FastAPI(
        title="An Sinh",
        version="0.1.0",
        description="Tiết kiệm cộng đồng để tham gia BHXH tự nguyện và BHYT hộ gia đình.",
        openapi_url=None,  # served ready made, by mount_docs
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would name whatever host the caller wrote
        lifespan=_lifespan,
        generate_unique_id_function=generate_operation_id,
        # Asking at every request whether anybody listens costs as much as checking its token.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.quote_buckets = TokenBuckets(settings.quotes_per_minute)
    install_error_handlers(app)
    app.add_middleware(HotPathMiddleware)
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins, **CORS_TERMS)
    app.add_middleware(RequestMiddleware)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list_trusted_hosts(settings.trusted_proxies))
    include_routers(app)
    mount_docs(app)
    customise_openapi(app, public=PUBLIC_PATHS, scopes=SCOPE_DESCRIPTIONS)
    return app
