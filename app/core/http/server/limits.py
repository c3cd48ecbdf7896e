"""How much one connection, and all of them, may take of this process."""

import resource
from dataclasses import dataclass, field
from typing import Final

MAX_TARGET_BYTES: Final = 8 * 1024
MAX_HEADERS: Final = 100
MAX_HEAD_BYTES: Final = 32 * 1024
"""Path, query and headers together."""
MAX_PIPELINED: Final = 16
"""Requests that one connection may send before the first of them is answered."""
MIN_BODY_RATE: Final = 500
"""Bytes a second that a body comes at, at least, after its first seconds."""
MAX_DISCARDED_BYTES: Final = 16 * 1024 * 1024
"""What a client that was refused may go on to send, unread, so that it gets to read the refusal."""
DISCARD_SECONDS: Final = 5
STALLED_SECONDS: Final = 60
"""So long a client may take nothing of its answer."""

SHORT_REST: Final = 64 * 1024
"""So much of a body that nobody reads is taken all the same, so that the connection goes on."""

_MOST_CONNECTIONS: Final = 10_000
_LEAST_CONNECTIONS: Final = 16
_RESERVED_DESCRIPTORS: Final = 64
"""For listening, logs, libraries, child processes and connections that are about to be told that there are too many."""
SURPLUS_CONNECTIONS: Final = 16
"""Beyond the limit so many are taken, to be told so, and for the operator's health checks."""


def derive_connection_limit(pool_size: int = 10) -> int:
    """How many connections the descriptors of this process allow, beside its own needs.

    An eighth is left for the files of uploads. pool_size: connections to the database.
    """
    descriptors, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return _MOST_CONNECTIONS
    left = (descriptors - _RESERVED_DESCRIPTORS - pool_size) * 7 // 8
    return min(max(left, _LEAST_CONNECTIONS), _MOST_CONNECTIONS)


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """connections: open at once; the rest in seconds.

    head: for a request's headers, and for the first request of a connection; body: without a byte of a body;
    idle: between two requests.
    """

    connections: int = field(default_factory=derive_connection_limit)
    head_seconds: float = 10
    body_seconds: float = 20
    idle_seconds: float = 20
