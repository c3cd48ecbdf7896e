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
from app.core.process.local_secrets import LocalSecrets, load_local_secrets
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
        yield _prepare_runtime(settings, _load_secrets(settings), server.admin_url, None)


def get_embedded_server(settings: Settings) -> EmbeddedPostgres:
    """The server of the data directory, running or not."""
    return EmbeddedPostgres(settings.data_dir / "postgres")


@contextmanager
def _open_runtime(settings: Settings) -> Iterator[Runtime]:
    if settings.database_url:
        yield _prepare_runtime(settings, _load_secrets(settings), settings.database_url, None)
        return
    secrets = _load_secrets(settings)  # before there is a cluster, which is nothing without them
    with get_embedded_server(settings) as server, _watch_server(server):
        yield _prepare_runtime(settings, secrets, server.admin_url, server)


@contextmanager
def _watch_server(server: EmbeddedPostgres) -> Iterator[None]:
    """Look after the server while the block runs."""
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(POSTGRES_WATCH_SECONDS):
            keep_server_running(server)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()


def keep_server_running(server: EmbeddedPostgres) -> None:
    """Restart the server if it died (killed for want of memory, for example), and bound its log.

    Whatever fails (no descriptor, no memory, a full disk) is logged, and the next call tries again.
    """
    try:
        if not server.running:
            _logger.error(
                "PostgreSQL đã dừng bất thường, đang khởi động lại / ended unexpectedly: starting it again"
            )
            server.start()
        server.rotate_log()
    except Exception:
        _logger.exception("PostgreSQL cannot be looked after")


def _load_secrets(settings: Settings) -> LocalSecrets:
    """The secrets of the data directory; an embedded cluster without them is not opened."""
    has_cluster = settings.database_url is None and get_embedded_server(settings).pgdata.exists()
    return load_local_secrets(settings.data_dir, data_exists=has_cluster)


def _prepare_runtime(
    settings: Settings, secrets: LocalSecrets, admin_url: str, server: EmbeddedPostgres | None
) -> Runtime:
    given_url = settings.app_database_url if settings.database_url else None
    app_url = prepare_server(admin_url, settings.role_prefix, secrets.app_password, given_url)
    updates: dict[str, object] = {"app_database_url": app_url}
    if settings.secret_key is None:
        before = (*settings.secret_key_before, *secrets.secret_key_before)
        updates |= {"secret_key": secrets.secret_key, "secret_key_before": before}
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
