"""The surroundings of every command: the data directory, its secrets, and a PostgreSQL made ready."""

import fcntl
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.core.embedded import EmbeddedPostgres
from app.core.halt import Halt
from app.core.local_secrets import local_secrets
from app.core.postgres import prepare
from app.core.settings import Settings

WATCH_SECONDS = 1
_logger = logging.getLogger(__name__)


class DataDirectoryTaken(Halt):
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
    """For `serve`: nobody else has the data directory, and the embedded server ends with us.

    Raises: Halt
    """
    with _locked(settings.data_dir) as alone:
        if not alone:
            raise DataDirectoryTaken(
                f"Một An Sinh khác đang chạy với thư mục dữ liệu {settings.data_dir.resolve()};"
                " hãy dừng nó hoặc đặt ANSINH_DATA_DIR khác."
                f" / Another An Sinh runs with the data directory {settings.data_dir.resolve()}:"
                " stop it or set another ANSINH_DATA_DIR."
            )
        with _started(settings) as runtime:
            yield runtime


@contextmanager
def shared_runtime(settings: Settings) -> Iterator[Runtime]:
    """For short commands: the database of a running `serve` where there is one, else one started for a moment.

    Raises: Halt
    """
    with _locked(settings.data_dir) as alone:
        if alone or settings.database_url:
            with _started(settings) as runtime:
                yield runtime
            return
        server = embedded(settings)
        if not server.running:
            raise DataDirectoryTaken(
                "An Sinh đang khởi động hoặc đang dừng; hãy thử lại sau."
                " / An Sinh is just starting or stopping: try again in a moment."
            )
        yield _ready(settings, server.admin_url, None)


def embedded(settings: Settings) -> EmbeddedPostgres:
    """The server of the data directory, running or not."""
    return EmbeddedPostgres(settings.data_dir / "postgres")


@contextmanager
def _started(settings: Settings) -> Iterator[Runtime]:
    if settings.database_url:
        yield _ready(settings, settings.database_url, None)
        return
    with embedded(settings) as server, _watched(server):
        yield _ready(settings, server.admin_url, server)


@contextmanager
def _watched(server: EmbeddedPostgres) -> Iterator[None]:
    """Start the server again should it die under us (killed for want of memory, for example)."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(WATCH_SECONDS):
            if not server.running:
                _logger.error(
                    "PostgreSQL đã dừng bất thường, đang khởi động lại / ended unexpectedly: starting it again"
                )
                try:
                    server.start()
                except Halt:
                    _logger.exception("PostgreSQL")

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _ready(settings: Settings, admin_url: str, server: EmbeddedPostgres | None) -> Runtime:
    kept = local_secrets(settings.data_dir)
    given = settings.app_database_url if settings.database_url else None
    app_url = prepare(admin_url, settings.role_prefix, kept.app_password, given)
    known = {"app_database_url": app_url, "secret_key": settings.secret_key or kept.secret_key}
    return Runtime(settings.model_copy(update=known), admin_url, server)


@contextmanager
def _locked(data_dir: Path) -> Iterator[bool]:
    """Whether the data directory is ours alone; the lock ends with the process, however it ends."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Halt(
            f"Không ghi được thư mục dữ liệu {data_dir.resolve()} / the data directory cannot be written: {error}"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        alone = True
    except BlockingIOError:
        alone = False
    try:
        yield alone
    finally:
        os.close(handle)
