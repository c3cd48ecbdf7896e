"""The commands `ansinh secrets …`: this machine's secrets, and another secret key in place of the present one."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from app.auth.keys.process_key import is_process_key_stored
from app.auth.keys.resealing import ResealCount, SealedColumn, count_sealed, reseal
from app.auth.keys.rotation import require_secret_keys
from app.auth.keys.sealing import SecretKeys
from app.auth.keys.signing_keys import build_key_sealer
from app.auth.second_factors import FactorKeys
from app.core.halt import FatalError
from app.core.postgres.server import owner_connection
from app.core.process.local_secrets import (
    create_local_secrets,
    forget_local_secret_keys,
    replace_local_secret_key,
)
from app.core.settings import Settings
from app.runtime import Runtime, shared_runtime
from app.webhooks.sending.signing import build_secret_sealer

_MAX_NAMED = 20
"""Rows that are named of those that no key opens."""


class KeyFromEnvironment(FatalError):
    """The file of secrets holds no key that is in use."""

    def __init__(self) -> None:
        super().__init__(
            "Khóa đang dùng là ANSINH_SECRET_KEY, không phải khóa trong secrets.json: hãy đổi biến môi trường"
            " (docs/operation.md)."
            " / The key in use is ANSINH_SECRET_KEY, not that of secrets.json: change the environment"
            " (docs/operation.md)."
        )


class KeyNotServed(FatalError):
    """Values would be sealed with a key that the running processes do not have."""

    def __init__(self) -> None:
        super().__init__(
            "Máy chủ khởi động sau cùng chưa biết khóa hiện tại, nên chưa mã hóa lại gì. Hãy khởi động lại mọi tiến"
            " trình với khóa mới trước (docs/operation.md)."
            " / The server that was started last does not know the current key, so nothing was resealed. Start all"
            " processes again with the new key first (docs/operation.md)."
        )


class KeysNeeded(FatalError):
    """Some values are not sealed with the current key yet."""

    def __init__(self) -> None:
        super().__init__(
            "Còn giá trị chưa mã hóa bằng khóa hiện tại, nên giữ lại các khóa cũ. Hãy chạy"
            " `ansinh secrets reseal --write`."
            " / Some values are not sealed with the current key, so the old keys stay: run"
            " `ansinh secrets reseal --write`."
        )


def add_secret_commands(commands: Any) -> None:
    """Add `secrets` and its commands. commands: what add_subparsers() returned, whose class has no public name."""
    parser = commands.add_parser("secrets", help="khóa bí mật / secrets")
    secrets = parser.add_subparsers(required=True, metavar="…")
    secrets.add_parser(
        "create", help="tạo mới thay cho khóa đã mất / make new ones in place of lost ones"
    ).set_defaults(command=_create)
    secrets.add_parser(
        "replace",
        help="thay secret_key trong secrets.json, giữ khóa cũ để đọc / another key, the old one stays",
    ).set_defaults(command=_replace)
    resealing = secrets.add_parser(
        "reseal", help="đếm, hoặc mã hóa lại bằng khóa hiện tại / count, or seal anew with the current key"
    )
    resealing.add_argument(
        "--write", action="store_true", help="mã hóa lại, không chỉ đếm / seal, not only count"
    )
    resealing.set_defaults(command=_reseal)
    secrets.add_parser(
        "forget", help="bỏ các khóa cũ khỏi secrets.json / drop the old keys when nothing needs them"
    ).set_defaults(command=_forget)


def list_sealed_columns(secret_keys: SecretKeys) -> list[SealedColumn]:
    """List what is stored sealed. What is no longer used (keys that ended, secrets that were wiped) is not among it."""
    return [
        SealedColumn(
            "khóa ký", "signing keys", "signing_key", "kid", "text", "sealed_private",
            "(retired_at is null or retired_at > now())", build_key_sealer(secret_keys).reseal,
        ),
        SealedColumn(
            "xác thực hai lớp", "second factors", "second_factor", "user_id", "uuid", "sealed_secret",
            "true", FactorKeys(secret_keys).reseal,
        ),
        SealedColumn(
            "khóa webhook", "webhooks' secrets", "webhook_secret", "id", "uuid", "sealed",
            "revoked_at is null", build_secret_sealer(secret_keys).reseal,
        ),
    ]  # fmt: skip


def _create(settings: Settings, _options: argparse.Namespace) -> int:
    print(f"Đã tạo / made: {create_local_secrets(settings.data_dir)}")
    return 0


def _replace(settings: Settings, _options: argparse.Namespace) -> int:
    if settings.secret_key is not None:
        raise KeyFromEnvironment
    print(f"Đã thay khóa / replaced the key: {replace_local_secret_key(settings.data_dir)}")
    print("Hãy khởi động lại `ansinh serve`, rồi chạy `ansinh secrets reseal --write`.")
    print("Start `ansinh serve` again, then run `ansinh secrets reseal --write`.")
    return 0


def _reseal(settings: Settings, options: argparse.Namespace) -> int:
    with shared_runtime(settings) as runtime:
        counts = asyncio.run(
            _go_through(runtime, reseal if options.write else count_sealed, write=options.write)
        )
    for column, count in counts:
        _print_count(column, count)
    return 0 if all(count.is_done for _, count in counts) else 1


def _forget(settings: Settings, _options: argparse.Namespace) -> int:
    if settings.secret_key is not None:
        raise KeyFromEnvironment
    with shared_runtime(settings) as runtime:
        counts = asyncio.run(_go_through(runtime, count_sealed, write=False))
    if not all(count.is_done for _, count in counts):
        raise KeysNeeded
    print(f"Đã bỏ các khóa cũ / forgot the old keys: {forget_local_secret_keys(settings.data_dir)}")
    print("Hãy khởi động lại `ansinh serve`. / Start `ansinh serve` again.")
    return 0


async def _go_through(
    runtime: Runtime, step: Callable[[Any, SealedColumn], Awaitable[ResealCount]], *, write: bool
) -> list[tuple[SealedColumn, ResealCount]]:
    columns = list_sealed_columns(require_secret_keys(runtime.settings))
    async with owner_connection(runtime.admin_url, runtime.role_prefix) as connection:
        if write and not await is_process_key_stored(connection, runtime.settings):
            raise KeyNotServed
        return [(column, await step(connection, column)) for column in columns]


def _print_count(column: SealedColumn, count: ResealCount) -> None:
    unreadable = len(count.unreadable)
    print(
        f"{column.vi}: {count.total} giá trị, đã mã hóa lại {count.resealed}, còn lại {count.remaining},"
        f" không mở được {unreadable}"
        f" / {column.en}: {count.total}, resealed {count.resealed}, remaining {count.remaining},"
        f" unreadable {unreadable}"
    )
    for error in count.unreadable[:_MAX_NAMED]:
        print(f"  {error.detail_vi} / {error.detail_en}")
    if unreadable > _MAX_NAMED:
        print(f"  … và {unreadable - _MAX_NAMED} giá trị khác / and {unreadable - _MAX_NAMED} more")
