"""Health checks and metrics of the server."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app.core.errors import Unavailable
from app.core.http.metrics import metrics_endpoint
from app.core.postgres.readiness import Readiness

router = APIRouter(tags=["health"])


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers (máy chủ đang chạy)."""
    return {"status": "live"}


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """The database answers too, within a second, and takes connections (sẵn sàng phục vụ); 503 when it does not."""
    readiness: Readiness = request.app.state.readiness
    if not await readiness.check():
        raise Unavailable
    return JSONResponse({"status": "ready"})


@router.get("/metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Metrics for Prometheus (số đo vận hành); nothing in them identifies a person."""
    return await metrics_endpoint(request)
