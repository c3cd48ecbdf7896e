"""Token buckets: how often something may be done by each of many, in bounded memory, within one process."""

from collections import OrderedDict
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a token gave. left: whole tokens; wait: seconds until the next one, 0 when one was taken."""

    left: int
    wait: int


class Buckets:
    """A bucket of `quota` tokens for each name, filled again evenly within `window` seconds.

    most: names that are remembered; the one not seen for longest is forgotten first, and then begins full.
    """

    def __init__(self, quota: int, window: int = 60, most: int = 10_000) -> None:
        self.quota, self.window, self._most = quota, window, most
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, at: float) -> Taken:
        """Take a token of *name* at a moment, in seconds of a clock that never goes back."""
        tokens, before = self._filled.pop(name, (float(self.quota), at))
        tokens = min(float(self.quota), tokens + (at - before) * self.quota / self.window)
        enough = tokens >= 1
        self._filled[name] = (tokens - enough, at)
        if len(self._filled) > self._most:
            self._filled.popitem(last=False)
        wait = 0 if enough else max(1, ceil((1 - tokens) * self.window / self.quota))
        return Taken(int(tokens - enough), wait)

    def __len__(self) -> int:
        return len(self._filled)
