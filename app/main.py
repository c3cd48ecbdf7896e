"""The application: wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.auth.allowance import Allowances
from app.auth.desk import Desk
from app.auth.permissions import SCOPE_WORDS
from app.core.buckets import Buckets
from app.core.db import Database
from app.core.docs import offer_docs
from app.core.garbage import collect_less
from app.core.hot_paths import HotPaths
from app.core.metrics import watch_pool
from app.core.middleware import RequestMiddleware
from app.core.openapi import customise_openapi, operation_id
from app.core.paging import use_cursor_secret
from app.core.problem import install_problems
from app.core.settings import Settings, get_settings
from app.insurance.rule_store import RuleStore
from app.routers import mount
from app.stats.fold import folding

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
    }
)
"""What answers without a login; the test of completeness holds every other path to a permission."""

FILE_PATHS = ("/v1/enrolments/batches", "/v1/contributions/batches")
"""What receives files of any size, piece by piece."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """An application whose lifespan opens and closes its database."""
    settings = settings or get_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        assert settings.app_database_url is not None  # noqa: S101 - `ansinh serve` sets both
        assert settings.secret_key is not None  # noqa: S101
        use_cursor_secret(settings.secret_key)
        database = await Database.connect(settings.app_database_url, pool_size=settings.pool_size)
        app.state.database = database
        app.state.desk = Desk.open(database, settings)
        app.state.tokens = app.state.desk.tokens
        app.state.allowances = Allowances(database, settings)
        app.state.rules = RuleStore(database)
        watch_pool(database.connections)
        collect_less()
        async with folding(database):
            yield
        await database.close()

    app = FastAPI(
        title="An Sinh",
        version="0.1.0",
        description="Tiết kiệm cộng đồng để tham gia BHXH tự nguyện và BHYT hộ gia đình.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
        # Asking at every request whether anybody listens costs as much as checking its token.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.quote_buckets = Buckets(settings.quotes_per_minute)
    install_problems(app)
    app.add_middleware(HotPaths)
    files = dict.fromkeys(FILE_PATHS, settings.import_limit)
    app.add_middleware(RequestMiddleware, body_limit=settings.body_limit, files=files)
    mount(app)
    offer_docs(app)
    customise_openapi(app, public=PUBLIC_PATHS, scopes=SCOPE_WORDS)
    return app
