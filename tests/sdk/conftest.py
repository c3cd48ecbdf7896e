"""The API's document in a file, and the application on a port of this machine."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI


@pytest.fixture(scope="session")
def openapi_file(app: FastAPI, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a partner's developer gets from `/openapi.json`."""
    path = tmp_path_factory.mktemp("sdk") / "openapi.json"
    path.write_text(json.dumps(app.openapi()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
async def api_url(app: FastAPI) -> AsyncIterator[str]:
    """Where the application under test listens, over real HTTP."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        async with asyncio.timeout(10):
            while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody when it is ready
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving
