"""Prometheus metrics of the API.

With several workers every process has its own numbers: the command that starts them sets
PROMETHEUS_MULTIPROC_DIR to an empty folder before this module is imported, and `GET /metrics` of any worker
then gives the sum. The pool's gauge is each worker's as of its own last scrape, and leaves with its process.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from starlette.requests import Request
from starlette.responses import Response

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"})

_requests = Counter(
    "ansinh_http_requests", "Answers by route and status.", ("method", "route", "status"), registry=REGISTRY
)
_seconds = Histogram(
    "ansinh_http_request_seconds",
    "Seconds until an answer was sent.",
    ("method", "route"),
    buckets=_BUCKETS,
    registry=REGISTRY,
)
IN_FLIGHT = Gauge(
    "ansinh_http_requests_in_flight", "Requests being served.", multiprocess_mode="livesum", registry=REGISTRY
)
_pool = Gauge(
    "ansinh_db_pool_connections",
    "Connections of the database pool.",
    ("state",),
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
CONNECTIONS = Gauge(
    "ansinh_http_connections",
    "Open connections, as of the last second.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
_overdue = Gauge(
    "ansinh_overdue",
    "What should have been done by now, by kind, as of the last hour.",
    ("kind",),
    multiprocess_mode="livemax",
    registry=REGISTRY,
)
_refused = Counter(
    "ansinh_http_refused", "What the server refused by itself, by code.", ("code",), registry=REGISTRY
)

_request_children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
_pool_readers: list[Callable[[], Mapping[str, int]]] = []


def name_method(method: str) -> str:
    """A method as metrics and log lines name it: one of HTTP's own, or "other"."""
    return method if method in _METHODS else "other"


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer. method: as `name_method` gives it. route: the template, never the path that was asked for."""
    key = (method, route, status)
    children = _request_children.get(key)
    if children is None:
        children = (_requests.labels(method, route, str(status)), _seconds.labels(method, route))
        _request_children[key] = children
    children[0].inc()
    children[1].observe(seconds)


def count_refused_connection(code: str) -> None:
    """Count a request or a connection that the server refused by itself: by the code of the error, or "idle"."""
    _refused.labels(code).inc()


def set_overdue(kind: str, number: int) -> None:
    """Set how much of a kind is overdue."""
    _overdue.labels(kind).set(number)


def watch_pool(read: Callable[[], Mapping[str, int]]) -> None:
    """Call `read`, and no earlier one, for the pool's connections by state at every scrape."""
    _pool_readers[:] = [read]


def render_metrics() -> bytes:
    """Render all metrics in Prometheus' text format; of every worker when there are several."""
    for read in _pool_readers:
        for state, count in read().items():
            _pool.labels(state).set(count)
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder is None:
        return generate_latest(REGISTRY)
    _forget_ended_processes(Path(folder))
    combined = CollectorRegistry()
    MultiProcessCollector(combined)  # type: ignore[no-untyped-call]
    return generate_latest(combined)


def _forget_ended_processes(folder: Path) -> None:
    """Take away the live gauges of processes that have ended: one that was killed would be counted for ever.

    Their counters stay.
    """
    for file in folder.glob("gauge_live*_*.db"):
        try:
            os.kill(int(file.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            file.unlink(missing_ok=True)
        except PermissionError:
            continue


async def metrics_endpoint(_request: Request) -> Response:
    """`GET /metrics`."""
    return Response(render_metrics(), media_type=None, headers={"Content-Type": CONTENT_TYPE_LATEST})
