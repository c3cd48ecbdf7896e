"""The embedded PostgreSQL: created, stopped, found again, and recovered after every kind of crash."""

import asyncio
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.core.postgres.embedded import log_file
from app.core.postgres.embedded.account import (
    NoAccount,
    make_socket_directory,
    prepare_account,
    socket_directory,
)
from app.core.postgres.embedded.server import EmbeddedFailed, EmbeddedPostgres
from app.core.postgres.server import open_connection


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    created = EmbeddedPostgres(folder / "pg")
    yield created
    created.stop()


def fetch_value(server: EmbeddedPostgres, sql: str) -> object:
    async def work() -> object:
        connection = await open_connection(server.admin_url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(work())


def postmaster_pid(server: EmbeddedPostgres) -> psutil.Process:
    return psutil.Process(int((server.pgdata / "postmaster.pid").read_text().split()[0]))


class TestStart:
    def test_makes_a_database_and_finds_it_again(self, server: EmbeddedPostgres) -> None:
        server.start()
        fetch_value(server, "CREATE TABLE kept AS SELECT 7 AS x")
        server.stop()
        assert not server.running
        server.start()
        assert fetch_value(server, "SELECT x FROM kept") == 7

    def test_what_is_acknowledged_is_on_disk(self, server: EmbeddedPostgres) -> None:
        server.start()
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert fetch_value(server, f"SHOW {setting}") == "on"

    def test_nobody_reaches_it_over_the_network_or_from_another_account(
        self, server: EmbeddedPostgres
    ) -> None:
        server.start()
        assert fetch_value(server, "SHOW listen_addresses") == ""
        sockets = socket_directory(server.directory)
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.pgdata.stat().st_mode) == 0o700

    def test_statements_and_key_values_stay_out_of_the_log(self, server: EmbeddedPostgres) -> None:
        server.start()
        fetch_value(server, "CREATE TABLE person (national_id text UNIQUE)")
        fetch_value(server, "INSERT INTO person VALUES ('042184000123')")
        with pytest.raises(Exception, match="duplicate key"):
            fetch_value(server, "INSERT INTO person VALUES ('042184000123')")
        with pytest.raises(Exception, match="invalid input"):
            fetch_value(server, "SELECT 'Nguyễn Thị Đào 0912000111'::uuid")
        with pytest.raises(Exception, match="at my own word"):
            fetch_value(server, "DO $$ BEGIN RAISE EXCEPTION 'at my own word 0912000111'; END $$")
        server.stop()
        written = server.log.read_text()
        assert "database system is ready" in written
        for private in ("042184000123", "Đào", "0912000111"):
            assert private not in written

    def test_the_log_is_its_accounts_own_and_does_not_grow_for_ever(
        self, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server.start()
        assert stat.S_IMODE(server.log.stat().st_mode) == 0o600
        monkeypatch.setattr(log_file, "MAX_LOG_BYTES", 100)
        size = server.log.stat().st_size
        assert size > 100
        server.rotate_log()
        copy = server.log.with_suffix(".log.1")
        assert (server.log.stat().st_size, copy.stat().st_size) == (0, size)
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        fetch_value(server, "CHECKPOINT")
        server.stop()
        assert "shut down" in server.log.read_text()
        assert "\0" not in server.log.read_text()

    def test_never_runs_as_root(self, server: EmbeddedPostgres) -> None:
        server.start()
        assert postmaster_pid(server).uids().effective != 0

    def test_a_path_too_long_for_a_socket(self, folder: Path) -> None:
        deep = EmbeddedPostgres(folder / ("dài " + "x" * 90) / "pg")
        with deep:
            assert fetch_value(deep, "SELECT 1") == 1

    def test_a_cluster_half_made_is_made_anew(self, server: EmbeddedPostgres) -> None:
        unfinished = server.directory / "pgdata.new"
        unfinished.mkdir(parents=True)
        (unfinished / "PG_VERSION").write_text("18")
        server.start()
        assert fetch_value(server, "SELECT 1") == 1
        assert not unfinished.exists()

    def test_what_it_said_when_it_does_not_start(self, server: EmbeddedPostgres) -> None:
        server.start()
        server.stop()
        (server.pgdata / "PG_VERSION").write_text("9.6\n")
        with pytest.raises(EmbeddedFailed, match="FATAL"):
            server.start()


class TestRecovery:
    def test_the_server_was_killed(self, server: EmbeddedPostgres) -> None:
        server.start()
        fetch_value(server, "CREATE TABLE kept AS SELECT 7 AS x")
        postmaster_pid(server).kill()
        fresh = EmbeddedPostgres(server.directory)
        fresh.start()
        assert fetch_value(fresh, "SELECT x FROM kept") == 7

    def test_the_server_was_killed_while_a_session_works(self, server: EmbeddedPostgres) -> None:
        async def work() -> object:
            connection = await open_connection(server.admin_url)
            busy = asyncio.create_task(
                connection.execute("SELECT count(*) FROM generate_series(1, 1000000000)")
            )
            await asyncio.sleep(0.5)
            postmaster_pid(server).kill()
            await asyncio.to_thread(EmbeddedPostgres(server.directory).start)
            with pytest.raises(Exception, match=r"closed|terminat"):
                await busy
            return await (await open_connection(server.admin_url)).fetchval("SELECT 1")

        server.start()
        assert asyncio.run(work()) == 1

    def test_one_left_running_is_stopped_and_started(self, server: EmbeddedPostgres) -> None:
        server.start()
        first = postmaster_pid(server)
        other = EmbeddedPostgres(server.directory)
        other.start()
        assert not first.is_running() or first.status() == psutil.STATUS_ZOMBIE
        assert fetch_value(other, "SELECT 1") == 1

    def test_one_left_running_is_adopted_where_asked(self, server: EmbeddedPostgres) -> None:
        server.start()
        first = postmaster_pid(server)
        EmbeddedPostgres(server.directory).start(adopt=True)
        assert postmaster_pid(server) == first

    def test_its_number_belongs_to_something_else_now(self, server: EmbeddedPostgres) -> None:
        server.start()
        fetch_value(server, "CREATE TABLE kept AS SELECT 7 AS x")
        lines = (server.pgdata / "postmaster.pid").read_text().splitlines()
        server.stop()
        owner = server.pgdata.stat().st_uid
        innocent = subprocess.Popen(
            [shutil.which("sleep") or "sleep", "60"], user=owner if os.geteuid() == 0 else None
        )
        try:
            (server.pgdata / "postmaster.pid").write_text("\n".join([str(innocent.pid), *lines[1:]]) + "\n")
            server.start()
            assert fetch_value(server, "SELECT x FROM kept") == 7
            assert innocent.poll() is None
        finally:
            innocent.kill()
            innocent.wait()

    def test_interrupted_while_starting_leaves_nothing(self, folder: Path) -> None:
        program = (
            "import sys; from pathlib import Path; from app.core.postgres.embedded.server import EmbeddedPostgres\n"
            "try:\n    EmbeddedPostgres(Path(sys.argv[1])).start()\n    print('started')\n"
            "except KeyboardInterrupt:\n    print('interrupted')\n"
        )
        directory = folder / "pg"
        for delay in (0.5, 0.8, 1.1):
            child = subprocess.Popen([sys.executable, "-c", program, str(directory)], start_new_session=True)
            time.sleep(delay)
            if child.poll() is None:
                child.send_signal(signal.SIGINT)
                child.wait()
                assert not EmbeddedPostgres(directory).running
            EmbeddedPostgres(directory).stop()
        with EmbeddedPostgres(directory) as server:
            assert fetch_value(server, "SELECT 1") == 1


class TestAccount:
    def test_a_socket_directory_of_another_account_is_refused(self, folder: Path, monkeypatch) -> None:
        (folder / "socket").mkdir()
        if os.geteuid() == 0:
            os.chown(folder / "socket", pwd.getpwnam("nobody").pw_uid, -1)
        else:
            monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)
        with pytest.raises(NoAccount):
            make_socket_directory(folder, None)

    def test_data_of_another_account_is_refused(self, folder: Path, monkeypatch) -> None:
        (folder / "pgdata").mkdir()
        monkeypatch.setattr("os.geteuid", lambda: 4_000_000)
        with pytest.raises(NoAccount, match="another account"):
            prepare_account(folder, folder / "pgdata")

    def test_socket_paths_fit_the_kernel(self, folder: Path) -> None:
        assert socket_directory(Path("/srv/ansinh/postgres")) == Path("/srv/ansinh/postgres/socket")
        for odd in (folder / ("x" * 100), folder / "with space", folder / "a,b", folder / "tiếng"):
            assert len(bytes(socket_directory(odd) / ".s.PGSQL.5432")) <= 100
            assert socket_directory(odd).parent == Path("/tmp")  # noqa: S108
        assert socket_directory(folder / "a,b") != socket_directory(folder / "a,c")
