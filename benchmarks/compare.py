"""`python -m benchmarks.compare ../before`: what a request costs here and in another checkout, in turns.

Both sides have a PostgreSQL, a server and an environment (`make .venv/dev.stamp` there) of their own. Compared is the
time of the processor, of the server and of its database's sessions, which other work disturbs less than the clock;
the median of the ratios of neighbouring turns is what counts. 0.95 means that a request costs 5 % more here.
"""

import argparse
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

AIM = 0.95
SECONDS = 0.15
"""Of a turn: short, so that both sides have the same neighbours."""
_SIDE = Path(__file__).with_name("compare_side.py")


@dataclass(frozen=True)
class Cost:
    """Microseconds of one request: of the server, and of its database's sessions."""

    server: float
    database: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.server + self.database


class Side:
    """A checkout that is measured, in a process of its own."""

    def __init__(self, checkout: Path) -> None:
        self._process = subprocess.Popen(
            [checkout / ".venv/bin/python", _SIDE],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.workloads: list[str] = self._read_answer()

    def measure(self, workload: str, connections: int, seconds: float = SECONDS) -> Cost:
        """Load it for a moment."""
        assert self._process.stdin
        print(json.dumps([workload, connections, seconds]), file=self._process.stdin, flush=True)
        return Cost(*self._read_answer())

    def close(self) -> None:
        """End it and its servers."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def _read_answer(self) -> Any:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("["):
                return json.loads(line)
        raise SystemExit("a side has ended; what it said is above")


def compare(before: Side, here: Side, workload: str, connections: int, rounds: int) -> str:
    """Measure both in turns. Returns: a line of the table."""
    for side in (before, here):
        side.measure(workload, connections, 0.5)
    pairs: list[tuple[Cost, Cost]] = []
    for turn in range(rounds):
        if turn % 2:
            pairs.append((before.measure(workload, connections), here.measure(workload, connections)))
        else:
            now = here.measure(workload, connections)
            pairs.append((before.measure(workload, connections), now))
    costs = [
        f"{name} {median(cost.server for cost in of):6.0f} + {median(cost.database for cost in of):6.0f} µs"
        for name, of in (("before", [pair[0] for pair in pairs]), ("here", [pair[1] for pair in pairs]))
    ]
    ratio = median(old.total / new.total for old, new in pairs)
    return f"{workload:30} {connections:3}  {costs[0]}  {costs[1]}  {ratio:.3f} (aim {AIM})"


def main() -> None:
    """Compare what both know."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare")
    parser.add_argument("before", type=Path, help="another checkout with its environment")
    parser.add_argument("only", nargs="*", help="words, one of which a workload's name contains")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--connections", type=int, nargs="*", default=[1, 16])
    arguments = parser.parse_args()
    before, here = Side(arguments.before.resolve()), Side(Path.cwd())
    try:
        for connections in arguments.connections:
            for name in [name for name in before.workloads if name in here.workloads]:
                if not arguments.only or any(word in name for word in arguments.only):
                    print(compare(before, here, name, connections, arguments.rounds), flush=True)
    finally:
        before.close()
        here.close()


if __name__ == "__main__":
    main()
