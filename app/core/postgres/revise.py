"""A migration from what changed in `database/`: frozen copies of what it installs and of what it replaces.

A file of `database/` either makes one routine (function, procedure, aggregate) or guards one table (its rights,
row-level security, policies and triggers), and is called after it. What the migrations hold of a file is the copy in
the `up` folder of the newest migration that has one; a copy in `down` alone says that the file went.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory

from app.core.halt import FatalError
from app.core.postgres.migrate import MIGRATIONS
from migrations.script import ROUTINE

DATABASE = MIGRATIONS.parent / "database"
_OBJECT = re.compile(r"^create (?:or replace )?(policy|trigger) (\w+)\b[^;]*?\bon (\w+)", re.MULTILINE)
_TEMPLATE = '''\
"""{title}.

Revision ID: {number}
Revises: {before}
"""

from migrations.script import install, run

revision = "{number}"
down_revision = "{before}"
branch_labels = None
depends_on = None

# A new table or column is made before install() in upgrade, and dropped at the end of downgrade.


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
{up}

def downgrade() -> None:
    run("set local lock_timeout = '5s'")
{down}'''


@dataclass(frozen=True)
class Source:
    """One file of `database/`, or a frozen copy of it; path: below that folder."""

    path: str
    text: str

    @property
    def name(self) -> str:
        """The name of the routine that it makes, or of the table that it guards."""
        return Path(self.path).stem

    @property
    def is_routine(self) -> bool:
        """Whether it makes a routine."""
        return bool(ROUTINE.search(self.text))

    @property
    def head(self) -> str:
        """What `create or replace` cannot change: arguments and result."""
        made = ROUTINE.search(self.text)
        head = re.split(r"\s(?:language|as)\s", self.text[made.start() :] if made else "", maxsplit=1)[0]
        return " ".join(head.split())

    @property
    def rights(self) -> str:
        """Who may execute it: what stands after the body, and nobody but the owner where nothing does."""
        return self.text.rpartition(";\n\n")[2].strip() if "\ngrant " in self.text else ""


Sources = dict[tuple[bool, str], Source]
"""By what a file is (a routine or not) and its name: where it lies does not matter."""


def read_sources(folder: Path) -> Sources:
    """Read the files below a folder.

    Raises: FatalError if a name is there twice, or a file is called otherwise than its routine
    """
    found: Sources = {}
    for path in sorted(folder.glob("*/**/*.sql")):
        source = Source(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
        made = ROUTINE.findall(source.text)
        if (source.is_routine, source.name) in found or set(made) - {source.name}:
            raise FatalError(f"{path}: một tệp, một hàm, một tên / one file, one routine, one name")
        found[source.is_routine, source.name] = source
    return found


def read_frozen_sources(sql: Path) -> Sources:
    """Read what the migrations install, all of them applied; sql: the folder of their frozen copies."""
    held: Sources = {}
    for migration in sorted(path for path in sql.iterdir() if path.is_dir()):
        for key in read_sources(migration / "down"):
            held.pop(key, None)
        held |= read_sources(migration / "up")
    return held


def write_migration(name: str, database: Path = DATABASE, migrations: Path = MIGRATIONS) -> Path | None:
    """Write the next migration. Returns: its file; None if the migrations already hold every file as it is.

    Raises: FatalError if the name will not do, or `database/` is not there (an installed copy has none)
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,60}", name):
        raise FatalError(
            "Tên: chữ thường a-z, số và _ / the name: small letters, digits and _, such as member_list"
        )
    if not database.is_dir():
        raise FatalError(f"{database}: không có / not there; chạy từ mã nguồn / run it in a checkout")
    new, old = read_sources(database), read_frozen_sources(migrations / "sql")
    keys = _find_changed(old, new)
    if not keys:
        return None
    before = ScriptDirectory(str(migrations)).get_current_head() or ""
    number = f"{int(before) + 1:04}"
    folder = migrations / "sql" / f"{number}_{name}"
    ups, downs = (_write_copies(folder / way, held, keys) for way, held in (("up", new), ("down", old)))
    text = _TEMPLATE.format(
        title=name.replace("_", " ").capitalize(),
        number=number,
        before=before,
        up=_build_steps(downs, ups, f"{folder.name}/up"),
        down=_build_steps(ups, downs, f"{folder.name}/down"),
    )
    path = migrations / "versions" / f"{folder.name}.py"
    path.write_text(text, encoding="utf-8")
    return path


def _find_changed(old: Sources, new: Sources) -> set[tuple[bool, str]]:
    """Find what differs, and the guards that use a routine which must be dropped and created again."""
    differing = {key for key in old.keys() | new.keys() if _text(old, key) != _text(new, key)}
    anew = [name for routine, name in differing if routine and _must_be_dropped(old, new, name)]
    calls = re.compile(rf"\b({'|'.join(anew)})\(") if anew else None
    holding = {
        key
        for key in old.keys() & new.keys()
        if calls and not key[0] and (calls.search(old[key].text) or calls.search(new[key].text))
    }
    return differing | holding


def _text(held: Sources, key: tuple[bool, str]) -> str | None:
    return held[key].text if key in held else None


def _must_be_dropped(old: Sources, new: Sources, name: str) -> bool:
    """Whether the routine must be dropped before the new one can be made."""
    before, after = old.get((True, name)), new.get((True, name))
    return before is not None and (after is None or before.head != after.head)


def _write_copies(folder: Path, held: Sources, keys: Iterable[tuple[bool, str]]) -> Sources:
    taken = {key: held[key] for key in keys if key in held}
    for source in taken.values():
        path = folder / source.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.text, encoding="utf-8")
    return taken


def _build_steps(old: Sources, new: Sources, folder: str) -> str:
    """Build the body of a migration's function: what is dropped, then what is installed."""
    going = [line for key in sorted(old) if not key[0] for line in _drop_guard_sql(old[key])]
    routines = [name for routine, name in sorted(old) if routine]
    going += [
        f"drop routine if exists {name};"
        if _must_be_dropped(old, new, name)
        else f'revoke all on routine {name} from public, :"app_role";'
        for name in routines
        if _must_be_dropped(old, new, name) or old[True, name].rights != new[True, name].rights
    ]
    lines = [f"        {line}" for line in going]
    steps = ['    run("""', *lines, '    """)'] if lines else []
    return "\n".join([*steps, *([f'    install("{folder}")'] if new else [])]) + "\n"


def _drop_guard_sql(guard: Source) -> Iterator[str]:
    """Build the SQL that drops a table's policies, triggers and rights; new ones follow in the same transaction."""
    for kind, name, table in _OBJECT.findall(guard.text):
        yield f"drop {kind} if exists {name} on {table};"
    yield f"alter table {guard.name} no force row level security, disable row level security;"
    yield f'revoke all on {guard.name} from :"app_role";'
