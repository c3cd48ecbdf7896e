"""The page at /docs, with its scripts from this server: a province office may have no access to a CDN."""

from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

_ASSETS = "/docs/assets"


def mount_docs(app: FastAPI) -> None:
    """Serve the OpenAPI document at /docs. Create the app with `docs_url=None, redoc_url=None`."""
    app.mount(_ASSETS, StaticFiles(directory=str(files("fastapi_offline") / "static")))

    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=f"{app.title}: API",
            swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{_ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{_ASSETS}/favicon.png",
            swagger_ui_parameters={"docExpansion": "none", "persistAuthorization": False},
        )

    app.add_api_route("/docs", docs, include_in_schema=False)
