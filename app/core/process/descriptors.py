"""The number of files and connections that a process may have open."""

import logging
import resource

_ENOUGH = 65_536
"""More is never needed, and some programs walk through all that are allowed."""
_FEW = 1024

_logger = logging.getLogger("ansinh.process")


def raise_descriptor_limit() -> None:
    """Allow this process, and what it starts, as many descriptors as the machine lets it; few are told."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        soft = allowed
    if soft != resource.RLIM_INFINITY and soft < _FEW:
        _logger.warning("only %d descriptors are allowed: connections beyond that wait (ulimit -n)", soft)
