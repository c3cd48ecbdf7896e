"""Token buckets: rate limits for many names, in bounded memory, within one process."""

from collections import OrderedDict
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class TokenResult:
    """The result of taking a token. left: whole tokens; wait: seconds until the next one, 0 when one was taken."""

    left: int
    wait: int


class TokenBucket:
    """A bucket of `quota` tokens, filled again evenly within `window` seconds. It begins full.

    at: seconds of a clock that never goes back.
    """

    __slots__ = ("_tokens", "_updated_at", "quota", "window")

    def __init__(self, quota: int, window: int, at: float) -> None:
        self.quota, self.window = quota, window
        self._tokens, self._updated_at = float(quota), at

    def take(self, at: float, cost: int = 1) -> TokenResult:
        """Take `cost` tokens if there is at least one.

        What is taken at once may be more than there is; then the bucket owes, and gives nothing until that is filled.
        """
        tokens = min(float(self.quota), self._tokens + (at - self._updated_at) * self.quota / self.window)
        wait = 0
        if tokens >= 1:
            tokens -= cost
        else:
            wait = max(1, ceil((1 - tokens) * self.window / self.quota))
        self._tokens, self._updated_at = tokens, at
        return TokenResult(max(0, int(tokens)), wait)


class TokenBuckets:
    """A bucket of `quota` tokens for each name, filled again evenly within `window` seconds.

    max_names: names that are remembered; the one not seen for longest is forgotten first, and then begins full.
    """

    def __init__(self, quota: int, window: int = 60, max_names: int = 10_000) -> None:
        self.quota, self.window, self._max_names = quota, window, max_names
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, name: str, at: float) -> TokenResult:
        """Take a token of *name* at a moment, in seconds of a clock that never goes back."""
        bucket = self._buckets.pop(name, None) or TokenBucket(self.quota, self.window, at)
        self._buckets[name] = bucket
        if len(self._buckets) > self._max_names:
            self._buckets.popitem(last=False)
        return bucket.take(at)

    def __len__(self) -> int:
        return len(self._buckets)
