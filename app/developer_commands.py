"""The commands `ansinh db revise` and `db schema`, for who develops: the image for production has no such module."""

import argparse
from typing import Any

from app.core.postgres.revise import write_migration
from app.core.postgres.schema_dump import write_schema
from app.core.settings import Settings


def add_developer_commands(commands: Any) -> None:
    """Add them to those of `db`. commands: what add_subparsers() returned, whose class has no public name."""
    revise = commands.add_parser(
        "revise", help="viết bước nâng cấp từ database/ / write a migration from database/"
    )
    revise.add_argument("name", metavar="TÊN / NAME")
    revise.set_defaults(command=_revise)
    schema = commands.add_parser("schema", help="viết lại / write anew: database/schema.sql")
    schema.set_defaults(command=_schema)


def _revise(settings: Settings, options: argparse.Namespace) -> int:
    written = write_migration(options.name)
    print(written or "Không có gì đổi / nothing changed.")
    return _schema(settings, options) if written else 0


def _schema(_settings: Settings, _options: argparse.Namespace) -> int:
    write_schema()
    return 0
