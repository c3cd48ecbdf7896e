"""`make audit`: over both locks, and never clean because nobody answered."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def list_audit_commands() -> list[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    printed = subprocess.run(
        ["/usr/bin/env", "make", "--dry-run", "audit"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in printed.stdout.splitlines() if "bin/pip-audit " in line]


def test_every_lock_is_looked_up_strictly():
    commands = list_audit_commands()
    assert [command.rpartition(" ")[2] for command in commands] == sorted(
        (path.name for path in ROOT.glob("requirements*.lock")), key=len
    )
    # Without it a package that the service does not know, or cannot be asked for, is left out of a clean answer.
    assert all("--strict" in command.split() for command in commands)
    # What is looked up is what is locked, and nothing of it is installed for that.
    assert all({"--require-hashes", "--disable-pip"} <= set(command.split()) for command in commands)
