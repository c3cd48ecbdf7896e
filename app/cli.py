"""The `ansinh` command.

What only some commands need, and takes a second or more to import, these import themselves.
"""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from types import FrameType
from typing import Any, NoReturn

from alembic.util.exc import CommandError
from pydantic import ValidationError

from app.auth.keys.process_key import derive_process_key, store_first_process_key
from app.auth.keys.rotation import ensure_signing_key, rotate_signing_key
from app.core.halt import FatalError
from app.core.postgres import migrate
from app.core.postgres.database import Database
from app.core.postgres.server import DatabaseRoles, owner_connection
from app.core.process.descriptors import raise_descriptor_limit
from app.core.process.garbage import tune_garbage_collection
from app.core.process.logs import configure_logs
from app.core.process.signals import END_SIGNALS, handle_end_signals
from app.core.settings import Settings
from app.database_connections import find_connection_shortage
from app.demo.guard import refuse_demo_accounts
from app.demo.logins import DEMO_CLIENT, DEMO_LOGINS, DEMO_PASSWORD
from app.insurance.renewals.reminders import REMINDER_DAYS, announce_due_renewals
from app.ledger.verification.verify import LedgerFinding, verify_ledger
from app.places.load import load_places
from app.privacy_commands import add_privacy_commands
from app.runtime import Runtime, exclusive_runtime, shared_runtime
from app.secret_commands import add_secret_commands
from app.serve import open_listening_socket, run_api

_log = logging.getLogger("ansinh.process")
Command = Callable[[Settings, argparse.Namespace], int]
"""Runs one command. Returns: its exit status."""

NO_SECOND_FACTOR = (
    "  !! Quản trị KHÔNG bắt buộc xác thực hai lớp (ANSINH_SECOND_FACTOR): không dùng cho dữ liệu thật",
    "  !! Administrators need NO second factor (ANSINH_SECOND_FACTOR): never so with real data",
)
"""What the operator is told where the second factor is not demanded."""

NO_DEMONSTRATION = (
    "Bản cài này không có dữ liệu thử; hãy dựng ảnh với --build-arg DEMO=yes.\n"
    "This installation has no demonstration data; build the image with --build-arg DEMO=yes."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns: its exit status."""
    tune_garbage_collection()
    options = _build_parser().parse_args(arguments)
    command: Command = options.command
    try:
        with handle_end_signals(_interrupt):
            settings = Settings()
            configure_logs(settings.log_level)
            raise_descriptor_limit()
            return command(settings, options)
    except (FatalError, CommandError) as error:
        print(f"\n{error}\n", file=sys.stderr)
        return 1
    except ValidationError as error:
        print(f"\nCài đặt sai / wrong settings:\n{_format_settings_error(error)}\n", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Raise KeyboardInterrupt once: the clean-up that follows must not be interrupted."""
    for number in END_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ansinh", description="An Sinh: máy chủ / server")
    commands = parser.add_subparsers(required=True, metavar="lệnh / command")
    serve = _add_command(commands, "serve", _serve, "chạy API / run the API")
    serve.add_argument("--demo", action="store_true", help="với dữ liệu thử / with the demonstration data")
    _add_command(commands, "worker", _worker, "chạy công việc nền / do the long work, apart from the API")
    _add_command(commands, "migrate", _migrate, "nâng cấp cơ sở dữ liệu / bring the database up to date")
    _add_command(commands, "verify", _verify, "đối chiếu sổ cái / check the ledger's books")
    remind = _add_command(commands, "remind", _remind, "nhắc đến hạn / announce what is due soon, each once")
    remind.add_argument(
        "--days",
        type=int,
        choices=range(367),
        default=REMINDER_DAYS,
        metavar="N",
        help="trong N ngày tới / within N days",
    )
    keys = commands.add_parser("keys", help="khóa ký / signing keys").add_subparsers(
        required=True, metavar="…"
    )
    keys.add_parser("rotate", help="thay khóa ký / publish a new key").set_defaults(command=_rotate_keys)
    add_secret_commands(commands)
    _database_parser(commands.add_parser("db", help="cơ sở dữ liệu / database"))
    add_privacy_commands(commands)
    return parser


def _database_parser(db: argparse.ArgumentParser) -> None:
    commands = db.add_subparsers(required=True, metavar="…")
    _add_command(commands, "check", _check_database, "kiểm tra máy chủ và lược đồ / check server and schema")
    if find_spec("app.developer_commands"):
        from app.developer_commands import add_developer_commands

        add_developer_commands(commands)


def _add_command(commands: Any, name: str, command: Command, text: str) -> argparse.ArgumentParser:
    """Add a command. commands: what add_subparsers() returned, whose class has no public name."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text)
    parser.set_defaults(command=command)
    return parser


def _serve(settings: Settings, options: argparse.Namespace) -> int:
    demo = options.demo or settings.demo
    if demo and not find_spec("app.demo.load"):
        raise FatalError(NO_DEMONSTRATION)
    with open_listening_socket(settings) as sock, exclusive_runtime(settings) as runtime:
        migrate.upgrade(runtime.admin_url, runtime.role_prefix, settings.migrate_to)
        asyncio.run(_load_initial_data(runtime, demo=demo))
        host, port = sock.getsockname()[:2]
        display_host = f"[{host}]" if ":" in host else host
        print(_startup_banner(f"http://{display_host}:{port}", runtime, demo=demo), flush=True)
        status = run_api(runtime, sock, demo=demo)
    if status:
        print("API không khởi động được / the API does not start: see the log.", file=sys.stderr)
    print("Đã dừng / stopped.", flush=True)
    return status


async def _load_initial_data(runtime: Runtime, *, demo: bool) -> None:
    """Load what a server must have before its first request."""
    settings = runtime.settings
    async with owner_connection(runtime.admin_url, runtime.role_prefix) as connection:
        app_role = DatabaseRoles(runtime.role_prefix).app
        if shortage := await find_connection_shortage(connection, settings, app_role):
            _log.warning("%s", shortage)
        await load_places(connection)
        await ensure_signing_key(connection, settings)
        if demo:
            from app.demo.load import load_demo

            await load_demo(connection, settings, partial(print, flush=True))
        else:
            await refuse_demo_accounts(connection)


def _worker(settings: Settings, _options: argparse.Namespace) -> int:
    """Run a worker; with the application's address alone where it is given: a worker needs no administrator."""
    from app.worker import run_worker

    if settings.app_database_url and not settings.database_url:
        run_worker(settings)
        return 0
    with shared_runtime(settings) as runtime:
        run_worker(runtime.settings)
    return 0


def _migrate(settings: Settings, _options: argparse.Namespace) -> int:
    with shared_runtime(settings) as runtime:
        migrate.upgrade(runtime.admin_url, runtime.role_prefix, settings.migrate_to)
    print("Cơ sở dữ liệu đã cập nhật / the database is up to date.")
    return 0


def _check_database(settings: Settings, _options: argparse.Namespace) -> int:
    with shared_runtime(settings) as runtime:
        migrate.check(runtime.admin_url, runtime.role_prefix)
    return 0


def _verify(settings: Settings, _options: argparse.Namespace) -> int:
    async def work(runtime: Runtime) -> list[LedgerFinding]:
        async with owner_connection(runtime.admin_url, runtime.role_prefix) as connection:
            return await verify_ledger(connection)

    with shared_runtime(settings) as runtime:
        findings = asyncio.run(work(runtime))
    print("\n".join(map(str, findings)) or "Sổ sách khớp / the books agree.")
    return 1 if findings else 0


def _remind(settings: Settings, options: argparse.Namespace) -> int:
    async def work(runtime: Runtime) -> int:
        assert runtime.settings.app_database_url is not None  # noqa: S101 - a runtime has both addresses
        async with owner_connection(runtime.admin_url, runtime.role_prefix) as connection:
            await store_first_process_key(connection, runtime.settings)
        database = await Database.connect(
            runtime.settings.app_database_url, pool_size=2, process_key=derive_process_key(runtime.settings)
        )
        try:
            return await announce_due_renewals(database, options.days)
        finally:
            await database.close()

    with shared_runtime(settings) as runtime:
        print(f"Đã nhắc / reminded: {asyncio.run(work(runtime))}")
    return 0


def _rotate_keys(settings: Settings, _options: argparse.Namespace) -> int:
    async def work(runtime: Runtime) -> str:
        async with owner_connection(runtime.admin_url, runtime.role_prefix) as connection:
            key = await rotate_signing_key(connection, runtime.settings)
            return f"{key.kid}: ký từ / signs from {key.active_from:%Y-%m-%dT%H:%M:%SZ}"

    with shared_runtime(settings) as runtime:
        print(asyncio.run(work(runtime)))
    return 0


def _startup_banner(address: str, runtime: Runtime, *, demo: bool) -> str:
    data_location = "DATABASE_URL" if runtime.server is None else f"{runtime.server.directory} (PostgreSQL)"
    lines = [
        "",
        f"  An Sinh            {address}",
        f"  Tài liệu / docs    {address}/docs",
        f"  Dữ liệu / data     {data_location}",
    ]
    if demo:
        lines += ["", f"  Tài khoản thử / demo logins, mật khẩu / password {DEMO_PASSWORD}"]
        lines += [f"    {name:<16} {who}" for name, who in DEMO_LOGINS.items()]
        lines += [f"    {DEMO_CLIENT} (API client, client_secret {DEMO_PASSWORD})"]
    if not runtime.settings.model_copy(update={"demo": demo}).requires_second_factor:
        lines += ["", *NO_SECOND_FACTOR]
    return "\n".join([*lines, "", "  Ctrl-C: dừng / stop", ""])


def _format_settings_error(error: ValidationError) -> str:
    """Format the names and errors of wrong settings, without the values: they may be secrets."""
    return "\n".join(f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())


if __name__ == "__main__":
    sys.exit(main())
