"""Health checks and metrics of the server."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app.core.errors import Unavailable
from app.core.http.metrics import metrics_endpoint
from app.core.postgres.database import Database

router = APIRouter(tags=["health"])


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers (máy chủ đang chạy)."""
    return {"status": "live"}


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """The database answers too (sẵn sàng phục vụ); 503 with Retry-After when it does not."""
    database: Database = request.app.state.database
    try:
        await database.driver.fetchval("select 1", timeout=2)
    except Exception as error:
        raise Unavailable from error
    return JSONResponse({"status": "ready"})


@router.get("/metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Metrics for Prometheus (số đo vận hành); nothing in them identifies a person."""
    return await metrics_endpoint(request)
