"""`ansinh secrets …` as an operator runs it: the key in the environment, and the key in secrets.json."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from app.auth.keys.rotation import rotate_signing_key
from app.core.postgres.server import owner_connection
from app.core.process.local_secrets import load_local_secrets
from app.core.settings import Settings
from tests.databases import DatabaseUrls
from tests.serve_process import run_ansinh

OLD, NEW = "the key of before has 32 letters or more", "the key that comes has 32 letters or more"
Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def run(own_database: DatabaseUrls, tmp_path: Path) -> Run:
    """Runs a command of `ansinh secrets` beside a database that is nobody else's, with no value sealed yet."""
    execute(own_database, "delete from signing_key", "update owner_key set process = null")

    def run(*arguments: str, **environment: str) -> CompletedProcess[str]:
        result = run_ansinh(
            tmp_path / "data", "secrets", *arguments, DATABASE_URL=own_database.admin,
            APP_DATABASE_URL=own_database.app, ANSINH_ROLE_PREFIX=own_database.role_prefix, **environment,
        )  # fmt: skip
        said = result.stdout + result.stderr
        assert "Traceback" not in said
        assert not any(key in said for key in (OLD, NEW))
        return result

    return run


def execute(urls: DatabaseUrls, *statements: str) -> Any:
    """Run statements as the owner of the tables. Returns: the first value of the last one."""

    async def work() -> Any:
        async with owner_connection(urls.admin, urls.role_prefix) as owner:
            return [await owner.fetchval(statement) for statement in statements][-1]

    return asyncio.run(work())


def start_server(urls: DatabaseUrls, **keys: Any) -> str:
    """What a start of `ansinh serve` leaves: its keys are known, and there is a signing key. Returns: the kid."""

    async def work() -> str:
        async with owner_connection(urls.admin, urls.role_prefix) as owner:
            return (await rotate_signing_key(owner, Settings(**keys))).kid

    return asyncio.run(work())


class TestReseal:
    def test_counts_seals_and_says_when_nothing_remains(self, run: Run, own_database: DatabaseUrls) -> None:
        start_server(own_database, secret_key=OLD)
        both = {"ANSINH_SECRET_KEY": NEW, "ANSINH_SECRET_KEY_BEFORE": f"{'z' * 40},{OLD}"}
        counted = run("reseal", **both)
        assert counted.returncode == 1
        assert counted.stdout.splitlines()[0].startswith(
            "khóa ký: 1 giá trị, đã mã hóa lại 0, còn lại 1, không mở được 0 / "
        )
        refused = run("reseal", "--write", **both)
        assert refused.returncode == 1
        assert "Hãy khởi động lại mọi tiến trình với khóa mới trước" in refused.stderr
        assert run("reseal", **both).stdout == counted.stdout, "nothing was sealed"

        start_server(own_database, secret_key=NEW, secret_key_before=(OLD,))
        written = run("reseal", "--write", **both)
        assert written.returncode == 0
        assert written.stdout.splitlines()[0].startswith(
            "khóa ký: 2 giá trị, đã mã hóa lại 1, còn lại 0, không mở được 0 / "
        )
        assert [line.split(":")[0] for line in written.stdout.splitlines()] == [
            "khóa ký", "xác thực hai lớp", "khóa webhook",
        ]  # fmt: skip
        again = run("reseal", "--write", ANSINH_SECRET_KEY=NEW)
        assert (again.returncode, again.stdout) == (
            0,
            written.stdout.replace("lại 1", "lại 0").replace("resealed 1", "resealed 0"),
        )

    def test_a_value_that_no_key_opens_is_named(self, run: Run, own_database: DatabaseUrls) -> None:
        kid = start_server(own_database, secret_key=OLD)
        start_server(own_database, secret_key=NEW)
        sealed = execute(own_database, f"select sealed_private from signing_key where kid = '{kid}'")
        for arguments in (("reseal",), ("reseal", "--write")):
            result = run(*arguments, ANSINH_SECRET_KEY=NEW)
            assert result.returncode == 1
            assert "còn lại 0, không mở được 1" in result.stdout
            assert f"Máy chủ không có khóa mở được giá trị đã mã hóa của signing_key {kid}." in result.stdout
            assert sealed.hex() not in result.stdout
        assert execute(own_database, f"select sealed_private from signing_key where kid = '{kid}'") == sealed


class TestKeyInTheFile:
    def test_is_replaced_resealed_and_forgotten(
        self, run: Run, own_database: DatabaseUrls, tmp_path: Path
    ) -> None:
        file = tmp_path / "data/secrets.json"
        assert run("create").returncode == 0
        first = load_local_secrets(file.parent, data_exists=True)
        start_server(own_database, secret_key=first.secret_key)
        replaced = run("replace")
        assert replaced.returncode == 0
        assert "ansinh secrets reseal --write" in replaced.stdout
        present = load_local_secrets(file.parent, data_exists=True)
        assert present.secret_key_before == (first.secret_key,)
        assert not any(key in replaced.stdout for key in (first.secret_key, present.secret_key))

        refused = run("forget")
        assert refused.returncode == 1
        assert "giữ lại các khóa cũ" in refused.stderr
        assert load_local_secrets(file.parent, data_exists=True) == present
        start_server(own_database, secret_key=present.secret_key, secret_key_before=present.secret_key_before)
        written = run("reseal", "--write")
        assert (written.returncode, "đã mã hóa lại 1, còn lại 0" in written.stdout) == (0, True)
        assert run("forget").returncode == 0
        assert json.loads(file.read_text()).keys() == {"app_password", "secret_key"}
        assert run("reseal").returncode == 0

    @pytest.mark.parametrize("command", ["replace", "forget"])
    def test_that_of_the_environment_is_not_the_files(self, run: Run, tmp_path: Path, command: str) -> None:
        assert run("create").returncode == 0
        before = (tmp_path / "data/secrets.json").read_text()
        refused = run(command, ANSINH_SECRET_KEY=OLD)
        assert refused.returncode == 1
        assert "hãy đổi biến môi trường" in refused.stderr
        assert (tmp_path / "data/secrets.json").read_text() == before
