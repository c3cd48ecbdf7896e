"""An httpx client that goes straight to an application in this process."""

import sys
from typing import Any

import httpx
from fastapi import FastAPI

# httpx tries to import it at each request, looking for Trio; not finding it means looking through every folder.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]


class AsgiClient(httpx.AsyncClient):
    """Without cookies, redirects and event hooks, which the API has no use for: they cost as much as its own work."""

    def __init__(self, app: FastAPI, peer: tuple[str, int] = ("127.0.0.1", 123)) -> None:
        self._application = httpx.ASGITransport(app, client=peer)
        super().__init__(transport=self._application, base_url="http://test")

    async def send(
        self,
        request: httpx.Request,
        *,
        stream: bool = False,
        auth: Any = httpx.USE_CLIENT_DEFAULT,
        follow_redirects: Any = httpx.USE_CLIENT_DEFAULT,
    ) -> httpx.Response:
        if auth is not httpx.USE_CLIENT_DEFAULT or follow_redirects is not httpx.USE_CLIENT_DEFAULT:
            return await super().send(request, stream=stream, auth=auth, follow_redirects=follow_redirects)
        response = await self._application.handle_async_request(request)
        response.request = request
        if not stream:
            await response.aread()
        return response
