"""Request ids, headers, log lines without personal data, metrics."""

import io
import json
import logging
import logging.config
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Message

from app.core.http.metrics import observe_request, render_metrics, watch_pool
from app.core.http.middleware import RequestMiddleware
from app.core.process.log_format import JsonFormatter, describe_exception
from app.core.process.logs import log_config, log_fields

THINGS = "/v1/things"
ONE = f"{THINGS}/01928f00-0000-7000-8000-000000000000"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What this process writes under the configuration it runs with."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    logging.config.dictConfig(log_config("info"))
    handler = next(one for one in root.handlers if isinstance(one.formatter, JsonFormatter))
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def log_lines(log: io.StringIO, logger: str = "ansinh.access") -> list[dict[str, object]]:
    return [line for text in log.getvalue().splitlines() if (line := json.loads(text))["logger"] == logger]


def read_policy(header: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in header.split(";"))


class TestRequestId:
    async def test_a_sane_one_is_kept(self, client: AsyncClient):
        response = await client.get(ONE, headers={"X-Request-ID": "partner-2026.11_1"})
        assert response.headers["x-request-id"] == "partner-2026.11_1"

    @pytest.mark.parametrize(
        "sent",
        [
            "short",
            "x" * 65,
            "a b c d e f g",
            "evil;value=1",
            "042184000123\t",
            "042184000123",
            "0912.000.111",
        ],
    )
    async def test_another_is_replaced(self, client: AsyncClient, sent: str):
        response = await client.get(ONE, headers={"X-Request-ID": sent})
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-.*", response.headers["x-request-id"])


class TestHeaders:
    async def test_on_every_answer(self, client: AsyncClient):
        for path in (ONE, "/nowhere", "/fails/defect"):
            headers = (await client.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            policy = read_policy(headers["content-security-policy"])
            assert set(policy) >= {"default-src", "object-src", "base-uri", "form-action", "frame-ancestors"}
            assert set(policy.values()) == {"'none'"}
            assert "strict-transport-security" not in headers

    async def test_a_page_runs_files_of_this_server_only(self, app: FastAPI, client: AsyncClient):
        async def page(_request: Request) -> Response:
            return HTMLResponse("<p>")

        app.add_route("/page", page)
        headers = (await client.get("/page")).headers
        policy = read_policy(headers["content-security-policy"])
        for directive in ("default-src", "object-src", "base-uri", "frame-ancestors"):
            assert policy[directive] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "geolocation=()" in headers["permissions-policy"]

    @pytest.mark.parametrize(
        ("kind", "name"),
        [
            ("application/pdf", None),
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "a.xlsx"),
            ("text/csv; charset=utf-8", "a.csv"),
            ("application/json", "a.json"),
            ("application/x-ndjson", None),
            ("image/svg+xml", None),
        ],
    )
    async def test_a_document_is_allowed_nothing(
        self, app: FastAPI, client: AsyncClient, kind: str, name: str | None
    ):
        async def document(_request: Request) -> Response:
            named = {"Content-Disposition": f"attachment; filename={name}"} if name else {}
            return Response(b"1", media_type=kind, headers=named)

        app.add_route("/document", document)
        headers = (await client.get("/document")).headers
        assert set(read_policy(headers["content-security-policy"]).values()) == {"'none'"}
        permissions = headers["permissions-policy"].split(", ")
        assert {"camera=()", "geolocation=()", "fullscreen=()"} <= set(permissions)
        assert all(permission.endswith("=()") for permission in permissions)

    async def test_data_for_programs_names_no_permissions(self, client: AsyncClient):
        """Nothing of it runs, and it is what phones ask for most."""
        for path in (ONE, "/nowhere"):
            assert "permissions-policy" not in (await client.get(path)).headers

    async def test_a_handlers_own_choice_stays_and_tls_is_kept(self, app: FastAPI):
        async def cached(_request: Request) -> Response:
            return Response(headers={"Cache-Control": "max-age=60"})

        app.add_route("/cached", cached)
        async with AsyncClient(transport=ASGITransport(app), base_url="https://test") as client:
            headers = (await client.get("/cached")).headers
        assert headers.get_list("cache-control") == ["max-age=60"]
        assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


class TestLog:
    async def test_a_line_has_chosen_fields_only(self, client: AsyncClient, log: io.StringIO):
        response = await client.get(f"{ONE}?q=Nguy%E1%BB%85n&phone=0912000111")
        (line,) = log_lines(log)
        assert set(line) == {"time", "level", "logger", "message", "method", "route", "status", "ms"} | {
            "request_id",
            "actor_kind",
            "actor_id",
            "code",
        }
        assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/things/{thing_id}", 422)
        assert line["code"] == response.json()["code"] == "invalid_input"
        assert line["request_id"] == response.headers["x-request-id"]
        assert (line["actor_kind"], line["actor_id"]) == ("user", "01928f00-0000-7000-8000-000000000000")

    async def test_no_personal_data(self, client: AsyncClient, log: io.StringIO):
        body = {"items": [{"name": "Nguyễn Thị Đào", "amount": 1, "national_id": "042184000123", "x": 1}]}
        await client.post(f"{THINGS}?phone=0912000111", json=body, headers={"X-Phone": "0912000111"})
        await client.get("/fails/unique")
        await client.get("/fails/defect")
        await client.get("/v1/people/042184000123")
        written = log.getvalue()
        assert len(log_lines(log)) == 4
        for private in ("Đào", "042184000123", "0912000111", "Bearer", "secret"):
            assert private not in written

    async def test_what_the_database_refused_is_an_ordinary_answer(
        self, client: AsyncClient, log: io.StringIO
    ):
        assert (await client.get("/fails/unique")).status_code == 409
        assert log_lines(log, "ansinh.error") == []
        assert [line["code"] for line in log_lines(log)] == ["conflict"]

    async def test_a_database_that_is_away_and_a_defect_are_told(self, client: AsyncClient, log: io.StringIO):
        await client.get("/fails/away")
        await client.get("/fails/defect")
        away, defect = log_lines(log, "ansinh.error")
        assert (away["level"], away["message"]) == ("warning", "ConnectionRefusedError")
        assert (defect["level"], defect["code"]) == ("error", "internal_error")
        assert "error" in defect
        assert "error" not in away

    async def test_a_method_is_one_of_https_own(self, client: AsyncClient, log: io.StringIO):
        await client.request("X042184000123", THINGS)
        assert [line["method"] for line in log_lines(log)] == ["other"]

    async def test_routes_are_templates(self, client: AsyncClient, log: io.StringIO):
        await client.post("/fast/items/77", content=b"{}")
        await client.get("/nothing/at/all")
        await client.put(THINGS)
        assert [line["route"] for line in log_lines(log)] == ["/fast/items/{item_id}", "unmatched", THINGS]

    async def test_probes_are_quiet(self, client: AsyncClient, log: io.StringIO):
        assert (await client.get("/metrics")).status_code == 200
        assert log_lines(log) == []

    def test_other_lines_carry_no_strange_extras(self, log: io.StringIO):
        logging.getLogger("ansinh.jobs").info("folded", extra={"count": 3, "phone": "0912000111"})
        logging.getLogger("uvicorn.access").info("GET /?phone=0912000111")
        logging.getLogger("uvicorn.error").info("Started")
        (line,) = log_lines(log, "ansinh.jobs")
        assert line["count"] == 3
        assert "0912000111" not in log.getvalue()
        assert len(log_lines(log, "uvicorn.error")) == 1
        assert log_fields(count=3) == {"count": 3}
        with pytest.raises(ValueError, match="phone"):
            log_fields(phone="x")

    def test_causes_without_their_words(self):
        def ask() -> None:
            people: dict[str, str] = {}
            try:
                people["042184000123"]
            except KeyError as error:
                raise RuntimeError("042184000123") from error

        with pytest.raises(RuntimeError) as exc_info:
            ask()
        described = describe_exception(exc_info.value)
        assert [entry["type"] for entry in described] == ["builtins.RuntimeError", "builtins.KeyError"]
        assert "042184000123" not in json.dumps(described)
        assert "core/http/test_middleware.py" in described[0]["frames"][-1]


class TestLastResort:
    @staticmethod
    async def call(app, messages: list[Message]) -> list[Message]:
        sent: list[Message] = []
        scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/", "headers": []}

        async def receive() -> Message:
            return messages.pop(0)

        async def send(message: Message) -> None:
            sent.append(message)

        await RequestMiddleware(app)(scope, receive, send)
        return sent

    async def test_a_caller_who_left_is_not_a_defect(self, log: io.StringIO):
        async def app(scope, receive, send) -> None:
            raise ClientDisconnect

        assert await self.call(app, []) == []
        assert log_lines(log, "ansinh.error") == []
        assert log_lines(log)[0]["status"] == 499

    async def test_a_broken_answer_is_cut_short(self, log: io.StringIO):
        async def app(scope, receive, send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            raise RuntimeError("half way")

        with pytest.raises(RuntimeError):
            await self.call(app, [])
        assert len(log_lines(log, "ansinh.error")) == 1

    async def test_what_is_not_http_passes(self):
        scope_types: list[str] = []

        async def app(scope, receive, send) -> None:
            scope_types.append(scope["type"])

        await RequestMiddleware(app)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
        assert scope_types == ["lifespan"]


class TestMetrics:
    async def test_by_template(self, client: AsyncClient):
        await client.get(ONE)
        await client.request("BREW", "/v1/coffee/042184000123")
        watch_pool(lambda: {"idle": 9, "closed": 1})
        watch_pool(lambda: {"idle": 4})
        response = await client.get("/metrics")
        assert response.headers["content-type"].startswith("text/plain")
        assert (
            'ansinh_http_requests_total{method="GET",route="/v1/things/{thing_id}",status="200"}'
            in response.text
        )
        assert 'method="other",route="unmatched",status="404"' in response.text
        assert 'ansinh_db_pool_connections{state="idle"} 4.0' in response.text
        assert 'state="closed"' not in response.text
        assert "ansinh_http_requests_in_flight 1.0" in response.text
        assert "042184000123" not in response.text

    def test_workers_are_summed(self, tmp_path: Path):
        script = (
            "from app.core.http.metrics import observe_request, render_metrics\n"
            "observe_request('GET', '/v1/things', 200, 0.1)\n"
            "print(render_metrics().decode())"
        )
        environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
        for total in ("1.0", "2.0"):
            run = subprocess.run(
                [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
            )
            line = f'ansinh_http_requests_total{{method="GET",route="/v1/things",status="200"}} {total}'
            assert line in run.stdout.splitlines()

    def test_what_a_killed_worker_had_under_way_is_not(self, tmp_path: Path):
        begin = "import os\nfrom app.core.http.metrics import IN_FLIGHT, render_metrics\nIN_FLIGHT.inc()\n"
        environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
        run = [sys.executable, "-c", begin + "os.kill(os.getpid(), 9)"]
        subprocess.run(run, env=environment, check=False)
        assert list(tmp_path.glob("gauge_livesum_*.db"))
        run = [sys.executable, "-c", begin + "print(render_metrics().decode())"]
        text = subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout
        assert "ansinh_http_requests_in_flight 1.0" in text.splitlines()

    def test_seconds(self):
        observe_request("GET", "/v1/slow", 200, 0.3)
        text = render_metrics().decode()
        assert 'ansinh_http_request_seconds_bucket{le="0.25",method="GET",route="/v1/slow"} 0.0' in text
        assert 'ansinh_http_request_seconds_bucket{le="0.5",method="GET",route="/v1/slow"} 1.0' in text
