"""Token buckets: how often something may be done by each of many, in bounded memory, within one process."""

from collections import OrderedDict
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a token gave. left: whole tokens; wait: seconds until the next one, 0 when one was taken."""

    left: int
    wait: int


class Bucket:
    """A bucket of `quota` tokens, filled again evenly within `window` seconds. It begins full.

    at: seconds of a clock that never goes back.
    """

    __slots__ = ("_at", "_tokens", "quota", "window")

    def __init__(self, quota: int, window: int, at: float) -> None:
        self.quota, self.window = quota, window
        self._tokens, self._at = float(quota), at

    def take(self, at: float, cost: int = 1) -> Taken:
        """Take so many tokens if there is at least one.

        What is taken at once may be more than there is: then the bucket owes, and gives nothing until that is filled.
        """
        tokens = min(float(self.quota), self._tokens + (at - self._at) * self.quota / self.window)
        wait = 0
        if tokens >= 1:
            tokens -= cost
        else:
            wait = max(1, ceil((1 - tokens) * self.window / self.quota))
        self._tokens, self._at = tokens, at
        return Taken(max(0, int(tokens)), wait)


class Buckets:
    """A bucket of `quota` tokens for each name, filled again evenly within `window` seconds.

    most: names that are remembered; the one not seen for longest is forgotten first, and then begins full.
    """

    def __init__(self, quota: int, window: int = 60, most: int = 10_000) -> None:
        self.quota, self.window, self._most = quota, window, most
        self._filled: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, name: str, at: float) -> Taken:
        """Take a token of *name* at a moment, in seconds of a clock that never goes back."""
        bucket = self._filled.pop(name, None) or Bucket(self.quota, self.window, at)
        self._filled[name] = bucket
        if len(self._filled) > self._most:
            self._filled.popitem(last=False)
        return bucket.take(at)

    def __len__(self) -> int:
        return len(self._filled)
