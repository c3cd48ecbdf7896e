"""The OpenAPI document and the page that shows it, ready made and from this server alone.

A province office may have no access to a CDN, and a page whose scripts are files needs no `unsafe-inline`.
"""

import asyncio
import gzip
import json
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

DOCUMENT_PATH: Final = "/openapi.json"
_ASSETS: Final = "/docs/assets"
_SCRIPT_PATH: Final = "/docs/start.js"

_PAGE: Final = """<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{assets}/swagger-ui.css">
<link rel="icon" href="{assets}/favicon.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{assets}/swagger-ui-bundle.js"></script>
<script src="{script}"></script>
</body>
</html>
"""
_SCRIPT: Final = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
});
"""


@dataclass(frozen=True, slots=True)
class _Representation:
    """Ready bytes. etag: a strong one, of these very bytes."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, body: bytes) -> "_Representation":
        return cls(body, f'"{sha256(body).hexdigest()[:32]}"')


class _Document:
    """The document of an application, built when it is first asked for: in a thread, and once."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._building = asyncio.Lock()
        self._plain: _Representation | None = None
        self._packed: _Representation | None = None

    async def __call__(self, request: Request) -> Response:
        """`GET /openapi.json`."""
        async with self._building:
            if self._packed is None:
                await asyncio.to_thread(self._build)
        is_packed = _accepts_gzip(request.headers.get("accept-encoding", ""))
        document = self._packed if is_packed else self._plain
        assert document is not None  # noqa: S101 - built above
        headers = {"ETag": document.etag, "Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
        if _names_etag(request.headers.get("if-none-match", ""), document.etag):
            return Response(status_code=304, headers=headers)
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        return Response(document.body, headers=headers, media_type="application/json")

    def _build(self) -> None:
        text = json.dumps(self._app.openapi(), ensure_ascii=False, separators=(",", ":"))
        self._plain = _Representation.of(text.encode())
        self._packed = _Representation.of(gzip.compress(self._plain.body, mtime=0))


def _accepts_gzip(accept_encoding: str) -> bool:
    """Whether the caller takes gzip (RFC 9110, 12.5.3); one with `q=0` does not."""
    for item in accept_encoding.lower().split(","):
        coding, _, parameters = item.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _names_etag(if_none_match: str, etag: str) -> bool:
    """Whether the caller has this representation; the comparison is the weak one (RFC 9110, 13.1.2)."""
    names = (item.strip().removeprefix("W/") for item in if_none_match.split(","))
    return any(name in ("*", etag) for name in names)


def mount_docs(app: FastAPI) -> None:
    """Serve the document, and the page at /docs. Create the app with openapi_url, docs_url and redoc_url None."""
    document = _Document(app)

    async def openapi(request: Request) -> Response:
        return await document(request)

    async def docs(_request: Request) -> Response:
        page = _PAGE.format(title=escape(f"{app.title}: API"), assets=_ASSETS, script=_SCRIPT_PATH)
        return HTMLResponse(page)

    async def start(_request: Request) -> Response:
        return Response(_SCRIPT, media_type="text/javascript")

    _add_routes(app, {DOCUMENT_PATH: openapi, "/docs": docs, _SCRIPT_PATH: start})
    app.mount(_ASSETS, StaticFiles(directory=str(files("fastapi_offline") / "static")))


def _add_routes(app: FastAPI, endpoints: dict[str, Any]) -> None:
    for path, endpoint in endpoints.items():
        app.add_route(path, endpoint, methods=["GET"], include_in_schema=False)
