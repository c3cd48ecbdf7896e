"""The `ansinh` command as an operator meets it: real processes, a data directory of its own, a real PostgreSQL."""

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx
import psutil
import pytest

from app.cli import NO_SECOND_FACTOR, _startup_banner
from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.settings import Settings
from app.demo.logins import DEMO_PASSWORD
from app.runtime import Runtime
from tests.serve_process import (
    SECONDS,
    ServeProcess,
    copy_migrated,
    is_postgres_running,
    run_ansinh,
    run_sql,
)


def read_signing_keys(data_dir: Path) -> list[str]:
    """Something that the first start writes and the next must find."""
    return [record["kid"] for record in run_sql(data_dir, "SELECT kid FROM signing_key ORDER BY kid")]


@pytest.fixture(scope="module")
def shared() -> Iterator[ServeProcess]:
    """A started server with two workers, for tests that only look at it or add to it."""
    with tempfile.TemporaryDirectory(prefix="ansinh-test-", ignore_cleanup_errors=True) as name:
        started = ServeProcess(Path(name) / "data", ANSINH_WORKERS="2")
        try:
            started.ready()
            yield started
        finally:
            started.kill_group()
            EmbeddedPostgres(started.data_dir / "postgres").stop()


class TestBanner:
    @pytest.mark.parametrize(
        ("demo", "setting", "told"),
        [
            (False, None, False),
            (True, None, True),
            (True, "required", False),
            (False, "optional", True),
        ],
    )
    def test_it_says_when_administrators_need_no_second_factor(
        self, demo: bool, setting: Literal["required", "optional"] | None, told: bool
    ) -> None:
        runtime = Runtime(Settings(second_factor=setting), "postgresql://nowhere", None)
        banner = _startup_banner("http://127.0.0.1:8000", runtime, demo=demo)
        assert all((line in banner) == told for line in NO_SECOND_FACTOR)


class TestServe:
    @pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_a_signal_stops_the_api_and_then_postgres(
        self, serve, data_dir: Path, how: signal.Signals
    ) -> None:
        served = serve(from_nothing=how is signal.SIGTERM)  # once as on a new machine
        served.ready()
        assert is_postgres_running(data_dir)
        assert served.stop(how) == 0
        assert "stopped" in served.output
        assert not is_postgres_running(data_dir)
        assert not (data_dir / "postgres" / "pgdata" / "postmaster.pid").exists()

    @pytest.mark.drill
    def test_ctrl_c_stops_several_workers(self, serve, data_dir: Path) -> None:
        served = serve(ANSINH_WORKERS="2")
        served.ready()
        workers = served.workers()
        os.killpg(served.process.pid, signal.SIGINT)  # as a terminal does: to the whole group
        assert served.wait() == 0
        assert len(workers) >= 2
        assert psutil.wait_procs(workers, timeout=5)[1] == []
        assert not is_postgres_running(data_dir)

    @pytest.mark.drill
    def test_a_killed_one_recovers_with_its_data(self, serve, data_dir: Path) -> None:
        first = serve()
        first.ready()
        keys = read_signing_keys(data_dir)
        first.kill_group()
        assert is_postgres_running(data_dir)  # left behind, as kill -9 gives nobody a chance
        second = serve()
        second.ready()
        assert read_signing_keys(data_dir) == keys != []
        assert second.stop(signal.SIGTERM) == 0
        assert not is_postgres_running(data_dir)

    @pytest.mark.drill
    def test_workers_end_when_their_parent_is_killed(self, serve) -> None:
        served = serve(ANSINH_WORKERS="2")
        served.ready()
        workers = served.workers()
        served.process.kill()
        assert len(workers) >= 2
        assert psutil.wait_procs(workers, timeout=SECONDS)[1] == []

    def test_a_killed_postgres_comes_back(self, serve, data_dir: Path) -> None:
        served = serve()
        address = served.ready()
        pid_file = data_dir / "postgres" / "pgdata" / "postmaster.pid"
        pid = int(pid_file.read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and not (
            is_postgres_running(data_dir) and pid_file.read_text().split()[0] != str(pid)
        ):
            time.sleep(0.1)
        assert is_postgres_running(data_dir)
        assert served.is_ready(address)
        assert served.stop(signal.SIGTERM) == 0

    @pytest.mark.drill
    def test_long_work_is_done_beside_the_api_also_after_its_worker_was_killed(self, serve) -> None:
        served = serve("--demo")
        address = served.ready()
        first = served.job_workers()
        assert len(first) == 1
        first[0].kill()
        login = {
            "username": "phunu.hatinh",
            "password": DEMO_PASSWORD,
        }
        token = httpx.post(f"{address}/v1/auth/login", json=login).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        response = httpx.post(
            f"{address}/v1/enrolments/batches?mode=partial", content=b"{}\n" * 1001,
            headers=headers | {"Idempotency-Key": "x", "Content-Type": "application/x-ndjson"},
        )  # fmt: skip
        assert response.status_code == 202, response.text
        end = time.monotonic() + SECONDS
        while (job := httpx.get(address + response.headers["location"], headers=headers).json())[
            "finished_at"
        ] is None:
            assert time.monotonic() < end, job
            time.sleep(0.1)
        assert (job["status"], job["counts"]["rejected"]) == ("succeeded", 1001)
        assert served.stop(signal.SIGTERM) == 0
        assert served.job_workers() == []

    @pytest.mark.drill
    def test_one_at_a_time_for_a_data_directory(self, serve, data_dir: Path) -> None:
        serve().ready()
        second = run_ansinh(data_dir, "serve", ANSINH_PORT="0")
        assert second.returncode == 1
        assert str(data_dir) in second.stderr
        assert "ANSINH_DATA_DIR" in second.stderr
        assert "Traceback" not in second.stderr

    def test_a_taken_port_is_told_before_anything_starts(self, shared: ServeProcess, folder: Path) -> None:
        second = run_ansinh(folder / "other", "serve", ANSINH_PORT=shared.address().rsplit(":", 1)[1])
        assert second.returncode == 1
        assert "ANSINH_PORT" in second.stderr
        assert not (folder / "other" / "postgres").exists()

    def test_secrets_are_neither_readable_nor_on_a_command_line(self, shared: ServeProcess) -> None:
        file = shared.data_dir / "secrets.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        everyone = (
            psutil.Process(shared.process.pid),
            *psutil.Process(shared.process.pid).children(recursive=True),
        )
        lines = " ".join(word for one in everyone for word in one.cmdline())
        assert "postgres" in lines
        assert not [secret for secret in json.loads(file.read_text()).values() if secret in lines]

    def test_workers_do_not_learn_the_administrators_address(self, shared: ServeProcess) -> None:
        environments = [worker.environ() for worker in shared.workers()]
        assert len(environments) >= 2
        for environment in environments:
            assert "DATABASE_URL" not in environment
            assert environment["ANSINH_APP_DATABASE_URL"].startswith("postgresql://ansinh_app:")


class TestSecrets:
    @pytest.mark.drill
    def test_missing_beside_data_is_refused_with_words_and_made_on_request(
        self, serve, data_dir: Path
    ) -> None:
        assert run_ansinh(data_dir, "migrate").returncode == 0
        (data_dir / "secrets.json").unlink()
        for command in (("serve",), ("migrate",), ("keys", "rotate")):
            refused = run_ansinh(data_dir, *command, ANSINH_PORT="0")
            assert refused.returncode == 1
            assert "ansinh secrets create" in refused.stderr
            assert "Traceback" not in refused.stderr
            assert not is_postgres_running(data_dir)
            assert not (data_dir / "secrets.json").exists()
        created = run_ansinh(data_dir, "secrets", "create")
        assert (created.returncode, created.stderr) == (0, "")
        assert run_ansinh(data_dir, "secrets", "create").returncode == 1
        serve().ready()

    @pytest.mark.parametrize("content", ["{", '{"app_password": 7, "secret_key": []}', "[" * 100_000])
    def test_damaged_ones_are_refused_with_words(self, data_dir: Path, content: str) -> None:
        data_dir.mkdir()
        (data_dir / "secrets.json").write_text(content)
        refused = run_ansinh(data_dir, "serve", ANSINH_PORT="0")
        assert refused.returncode == 1
        assert "secrets.json" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert not (data_dir / "postgres").exists()


class TestShortCommands:
    def test_none_imports_the_application(self) -> None:
        """It takes seconds, of which a command that asks the database something would spend nearly all."""
        listing = "import sys, app.cli; print(*sys.modules)"
        imported = subprocess.run(
            [sys.executable, "-c", listing], capture_output=True, check=True
        ).stdout.split()
        assert b"app.serve" in imported
        assert not {b"app.main", b"app.routers", b"app.worker", b"fastapi"} & set(imported)

    def test_migrate_and_check_without_a_server(self, data_dir: Path) -> None:
        assert run_ansinh(data_dir, "migrate", ANSINH_MIGRATE_TO="0034").returncode == 0
        assert "not up to date" in run_ansinh(data_dir, "db", "check").stderr
        assert run_ansinh(data_dir, "migrate").returncode == 0
        checked = run_ansinh(data_dir, "db", "check")
        assert checked.returncode == 0, checked.stderr
        assert not is_postgres_running(data_dir)

    def test_remind_without_a_server(self, data_dir: Path) -> None:
        copy_migrated(data_dir)
        reminded = run_ansinh(data_dir, "remind", "--days", "7")
        assert (reminded.returncode, reminded.stdout) == (0, "Đã nhắc / reminded: 0\n"), reminded.stderr
        assert run_ansinh(data_dir, "remind", "--days", "-1").returncode == 2

    def test_privacy_without_a_server(self, data_dir: Path) -> None:
        copy_migrated(data_dir)
        expired = run_ansinh(data_dir, "privacy", "expired")
        assert expired.returncode == 0, expired.stderr
        assert expired.stdout.splitlines()[-1] == "departed: 0"
        searches = run_ansinh(data_dir, "privacy", "searches")
        assert searches.returncode == 0, searches.stderr
        assert searches.stdout.splitlines() == [
            "người / people: 0",
            "phần tệp còn lại / parts of files left: 0",
            "bị lỗi, làm sau cùng / met an error, go on last: 0",
            "gác lại, còn phần không tìm được / put aside, with pieces that could not be searched: 0",
            "chỗ cần cán bộ xem / places for an officer to look at: 0",
            "phần không tìm được / pieces that could not be searched: 0",
        ]
        doubts = run_ansinh(data_dir, "privacy", "searches", "--doubts")
        assert (doubts.returncode, doubts.stdout) == (
            0,
            "record_kind,record_id,file,part,rows,more,is_failed,noted_at\n",
        ), doubts.stderr
        days = ("--from", "2026-11-01", "--to", "2026-11-30")
        unknown = run_ansinh(data_dir, "privacy", "concerned", "--user", "nobody", *days)
        assert (unknown.returncode, unknown.stdout) == (1, "")
        assert "No such user" in unknown.stderr
        reversed_ = ("--from", "2026-11-30", "--to", "2026-11-01")
        refused = run_ansinh(data_dir, "privacy", "concerned", "--user", "nobody", *reversed_)
        assert (refused.returncode, refused.stderr.strip()) == (
            1,
            "--from là ngày sau --to. / --from is after --to.",
        )
        all_days = ("--from", "0001-01-01", "--to", "9999-12-31")
        client = run_ansinh(data_dir, "privacy", "concerned", "--client", "nobody", *all_days)
        assert client.returncode == 1
        assert "No such user or client" in client.stderr
        assert (
            run_ansinh(
                data_dir, "privacy", "concerned", "--user", "lan", "--from", "x", "--to", "y"
            ).returncode
            == 2
        )

    def test_check_tells_an_unmigrated_database(self, data_dir: Path) -> None:
        checked = run_ansinh(data_dir, "db", "check")
        assert checked.returncode == 1
        assert "Traceback" not in checked.stderr

    def test_keys_rotate_beside_a_running_server(self, shared: ServeProcess) -> None:
        before = read_signing_keys(shared.data_dir)
        rotated = run_ansinh(shared.data_dir, "keys", "rotate")
        assert rotated.returncode == 0, rotated.stderr
        assert len(read_signing_keys(shared.data_dir)) == len(before) + 1
        assert httpx.get(f"{shared.address()}/health/ready").status_code == 200

    def test_wrong_settings_are_named_without_their_values(self, data_dir: Path) -> None:
        result = run_ansinh(
            data_dir,
            "migrate",
            ANSINH_SECRET_KEY="too-short-to-be-safe",
            ANSINH_PORT="70000",
            ANSINH_LOG_LEVEL="loud",
        )
        assert result.returncode == 2
        assert "secret_key" in result.stderr
        assert "port" in result.stderr
        assert "log_level" in result.stderr
        assert "too-short-to-be-safe" not in result.stderr
