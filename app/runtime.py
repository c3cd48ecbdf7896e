"""The runtime of every command: the data directory, its secrets, and a prepared PostgreSQL."""

import fcntl
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.core.halt import FatalError
from app.core.postgres.embedded.server import EmbeddedPostgres
from app.core.postgres.server import prepare_server
from app.core.process.local_secrets import load_local_secrets
from app.core.settings import Settings

POSTGRES_WATCH_SECONDS = 1
_logger = logging.getLogger(__name__)


class DataDirectoryTaken(FatalError):
    """Another An Sinh uses the data directory."""


@dataclass(frozen=True)
class Runtime:
    """settings: with the application's address and the secret key; admin_url: for migrations and repairs."""

    settings: Settings
    admin_url: str
    server: EmbeddedPostgres | None
    """The embedded one, if we started it."""

    @property
    def role_prefix(self) -> str:
        return self.settings.role_prefix


@contextmanager
def exclusive_runtime(settings: Settings) -> Iterator[Runtime]:
    """Runtime of `serve`: holds the data directory alone, and stops the embedded server at its end.

    Raises: FatalError
    """
    with _lock_data_directory(settings.data_dir) as acquired:
        if not acquired:
            raise DataDirectoryTaken(
                f"Một An Sinh khác đang chạy với thư mục dữ liệu {settings.data_dir.resolve()};"
                " hãy dừng nó hoặc đặt ANSINH_DATA_DIR khác."
                f" / Another An Sinh runs with the data directory {settings.data_dir.resolve()}:"
                " stop it or set another ANSINH_DATA_DIR."
            )
        with _open_runtime(settings) as runtime:
            yield runtime


@contextmanager
def shared_runtime(settings: Settings) -> Iterator[Runtime]:
    """Runtime of short commands: the database of a running `serve` where there is one, else one started for a moment.

    Raises: FatalError
    """
    with _lock_data_directory(settings.data_dir) as acquired:
        if acquired or settings.database_url:
            with _open_runtime(settings) as runtime:
                yield runtime
            return
        server = get_embedded_server(settings)
        if not server.running:
            raise DataDirectoryTaken(
                "An Sinh đang khởi động hoặc đang dừng; hãy thử lại sau."
                " / An Sinh is just starting or stopping: try again in a moment."
            )
        yield _prepare_runtime(settings, server.admin_url, None)


def get_embedded_server(settings: Settings) -> EmbeddedPostgres:
    """The server of the data directory, running or not."""
    return EmbeddedPostgres(settings.data_dir / "postgres")


@contextmanager
def _open_runtime(settings: Settings) -> Iterator[Runtime]:
    if settings.database_url:
        yield _prepare_runtime(settings, settings.database_url, None)
        return
    with get_embedded_server(settings) as server, _restart_on_exit(server):
        yield _prepare_runtime(settings, server.admin_url, server)


@contextmanager
def _restart_on_exit(server: EmbeddedPostgres) -> Iterator[None]:
    """Restart the server if it dies while the block runs (killed for want of memory, for example)."""
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(POSTGRES_WATCH_SECONDS):
            if not server.running:
                _logger.error(
                    "PostgreSQL đã dừng bất thường, đang khởi động lại / ended unexpectedly: starting it again"
                )
                try:
                    server.start()
                except FatalError:
                    _logger.exception("PostgreSQL")

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()


def _prepare_runtime(settings: Settings, admin_url: str, server: EmbeddedPostgres | None) -> Runtime:
    stored = load_local_secrets(settings.data_dir)
    given_url = settings.app_database_url if settings.database_url else None
    app_url = prepare_server(admin_url, settings.role_prefix, stored.app_password, given_url)
    updates = {"app_database_url": app_url, "secret_key": settings.secret_key or stored.secret_key}
    return Runtime(settings.model_copy(update=updates), admin_url, server)


@contextmanager
def _lock_data_directory(data_dir: Path) -> Iterator[bool]:
    """Try to lock the data directory; yields whether it is ours alone. The lock ends with the process."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise FatalError(
            f"Không ghi được thư mục dữ liệu {data_dir.resolve()} / the data directory cannot be written: {error}"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        acquired = True
    except BlockingIOError:
        acquired = False
    try:
        yield acquired
    finally:
        os.close(handle)
