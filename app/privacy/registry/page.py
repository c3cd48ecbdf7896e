"""The registry as the tables of docs/privacy.md, which a test holds to it."""

from collections.abc import Iterable

from app.privacy.registry.fields import FIELD_PURPOSES, FieldPurpose
from app.privacy.registry.periods import RETENTION_PERIODS
from app.privacy.registry.terms import PersonalTable
from app.privacy.registry.verdicts import PERSONAL_TABLES

_HEAD = (
    "| Table | Whose | Purpose | LegalBasis | Retention | Emptied when erased | Kept, of a number | Sensitive |\n"
    "|---|---|---|---|---|---|---|---|"
)


def format_registry() -> str:
    """Format a line for each table with personal data."""
    return "\n".join([_HEAD, *map(_format_table, PERSONAL_TABLES)])


def format_fields() -> str:
    """Format a line for the fields whose purpose or basis is not their table's."""
    head = "| Table | Columns | Purpose | LegalBasis | Why |\n|---|---|---|---|---|"
    return "\n".join([head, *map(_format_field, FIELD_PURPOSES)])


def format_periods() -> str:
    """Format a line for each kind of retention."""
    lines = [
        f"| `{period.kind}` | {period.en} | {period.vi} | {_code(period.setting)} | {_code(period.function)} |"
        for period in RETENTION_PERIODS
    ]
    return "\n".join(["| Kind | How long | Thời hạn | Setting | Ended by |", "|---|---|---|---|---|", *lines])


def _format_table(table: PersonalTable) -> str:
    columns = (_list(table.cleared), _list(table.kept), _list(table.sensitive))
    words = (table.subject, table.purpose, table.basis, table.retention)
    return f"| `{table.name}` | {' | '.join(words)} | {' | '.join(columns)} |"


def _format_field(one: FieldPurpose) -> str:
    return f"| `{one.table}` | {_list(one.columns)} | {' | '.join(one.ground)} | {one.reason} |"


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "–"


def _code(name: str) -> str:
    return f"`{name}`" if name else "–"
