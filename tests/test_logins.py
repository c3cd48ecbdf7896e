"""Logins against the started command: forged addresses, and administrators without a second factor."""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pyotp import TOTP

from app.auth.passwords import hash_password
from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.server import owner_connection
from app.core.values.ids import uuid7
from tests.serve_process import ServeProcess

PASSWORD = "con đường làng quê"


async def create_administrator(data_dir: Path, username: str) -> None:
    """Create BHXH's first organisation with an administrator, as an operator does."""
    admin_url = EmbeddedPostgres(data_dir / "postgres").admin_url
    organisation, user = uuid7(), uuid7()
    async with owner_connection(admin_url, "ansinh") as owner:
        await owner.execute(
            "insert into organisation (id, code, network, level, name) values ($1, 'BHXH', 'bhxh', 'national', 'BHXH')",
            organisation,
        )
        await owner.execute(
            "insert into organisation_place (organisation_id, place_code, valid_from, provinces, communes, nationwide)"
            " select $1, 'VN', '2025-07-01', provinces, communes, nationwide from expand_place('VN')",
            organisation,
        )
        await owner.execute(
            "insert into app_user (id, username, network, organisation_id, full_name, roles)"
            " values ($1, $2, 'bhxh', $3, 'Quản Trị', '{bhxh_admin}')", user, username, organisation,
        )  # fmt: skip
        await owner.execute(
            "insert into user_password (user_id, password_hash) values ($1, $2)",
            user,
            await hash_password(PASSWORD),
        )


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """`ansinh serve` without any setting of logins, and its administrator `quan.tri`; its address."""
    with tempfile.TemporaryDirectory(prefix="ansinh-test-", ignore_cleanup_errors=True) as name:
        data_dir = Path(name) / "data"
        process = ServeProcess(data_dir, ANSINH_JOB_WORKERS="0", FORWARDED_ALLOW_IPS="*")
        try:
            address = process.ready()
            asyncio.run(create_administrator(data_dir, "quan.tri"))
            yield address
        finally:
            process.kill_group()
            EmbeddedPostgres(data_dir / "postgres").stop()


def log_in(server: str, username: str, password: str, **headers: str) -> httpx.Response:
    body = {"username": username, "password": password}
    return httpx.post(f"{server}/v1/auth/login", json=body, headers=headers)


class TestForwardedAddress:
    def test_a_local_caller_cannot_choose_its_address(self, server: str):
        """uvicorn believes 127.0.0.1 and FORWARDED_ALLOW_IPS unless it is told not to."""
        statuses = [
            log_in(server, "nobody.here", "x", **{"X-Forwarded-For": f"198.51.100.{number}"}).status_code
            for number in range(22)
        ]
        assert statuses.count(401) <= 20  # ten in each of two quarters of an hour at most
        assert 429 in statuses

    def test_nor_pretend_tls(self, server: str):
        response = httpx.get(f"{server}/health/live", headers={"X-Forwarded-Proto": "https"})
        assert "strict-transport-security" not in response.headers


class TestSecondFactor:
    def test_an_administrator_sets_one_up_before_anything_else(self, server: str):
        tokens: dict[str, Any] = log_in(server, "quan.tri", PASSWORD).json()
        with httpx.Client(
            base_url=server, headers={"Authorization": f"Bearer {tokens['access_token']}"}
        ) as client:
            for path in ("/v1/users", "/v1/members", "/v1/audit", "/v1/insurance/rules", "/v1/stats/metrics"):
                refused = client.get(path)
                assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_required"), path
            assert client.get("/v1/auth/me").json()["second_factor_required"] is True
            started = client.post("/v1/auth/second-factor", json={"current_password": PASSWORD}).json()
            code = TOTP(started["secret"]).at(datetime.now(UTC))
            confirmed = client.post("/v1/auth/second-factor/confirm", json={"code": code})
            assert len(confirmed.json()["recovery_codes"]) == 10
            assert client.get("/v1/users").status_code == 200
        assert log_in(server, "quan.tri", PASSWORD).json()["code"] == "second_factor_code_needed"
