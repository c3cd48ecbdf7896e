"""The steps of a second factor: set it up, and log in with it."""

from datetime import timedelta
from typing import Any

import httpx
from pyotp import TOTP

from app.core.values.time import freeze_time, now
from tests.auth.login_helpers import PASSWORD, bearer_headers
from tests.routers.responses import expect_json
from tests.world import Login

PATH = "/v1/auth/second-factor"


class Clock:
    """Time that stands still, and goes on by half minutes: each code counts once."""

    def __init__(self) -> None:
        self.at = now()

    def code(self, secret: str) -> str:
        """The code of the next half minute."""
        self.at += timedelta(seconds=30)
        return TOTP(secret).at(self.at)

    def stopped(self) -> Any:
        return freeze_time(self.at)


async def start(client: httpx.AsyncClient, tokens: dict[str, Any]) -> str:
    """Begin the enrolment; returns the secret."""
    response = await client.post(PATH, json={"current_password": PASSWORD}, headers=bearer_headers(tokens))
    secret: str = expect_json(response, 201)["secret"]
    return secret


async def enrol(client: httpx.AsyncClient, tokens: dict[str, Any], clock: Clock) -> tuple[str, list[str]]:
    """Set up a second factor; returns the secret and the recovery codes."""
    secret = await start(client, tokens)
    code = clock.code(secret)
    with clock.stopped():
        response = await client.post(f"{PATH}/confirm", json={"code": code}, headers=bearer_headers(tokens))
    codes: list[str] = expect_json(response)["recovery_codes"]
    return secret, codes


async def try_log_in(client: httpx.AsyncClient, login: Login, **more: Any) -> httpx.Response:
    body = {"username": login.username, "password": PASSWORD, **more}
    return await client.post("/v1/auth/login", json=body)
