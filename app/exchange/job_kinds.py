"""The kinds of long work: each a function that a worker runs, and the permission that it takes.

A module of this package whose name ends with `_job` registers its kinds when it is imported; `load` imports them all.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import app.exchange as package
from app.auth.permissions import Permission

if TYPE_CHECKING:
    from app.exchange.job_run import JobRun

Work = Callable[["JobRun"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job.

    permission: without it nobody may ask for one, go on with one, or see another's. work: does it, and raises a
    DomainError where it fails for a reason that its asker can understand.
    """

    name: str
    permission: Permission
    work: Work


KINDS: dict[str, JobKind] = {}
"""Every kind that is registered, by its name."""


def job_kind(name: str, permission: Permission) -> Callable[[Work], Work]:
    """`@job_kind("enrolments.import", Permission.ENROLMENT_SUBMIT)` above the function that does such jobs.

    Raises: ValueError when the name is taken.
    """

    def register(work: Work) -> Work:
        if name in KINDS:
            raise ValueError(f"there is a kind of job called {name} already")
        KINDS[name] = JobKind(name, permission, work)
        return work

    return register


def load() -> None:
    """Register every kind of this package."""
    for found in iter_modules(package.__path__):
        if found.name.endswith("_job"):
            import_module(f"{package.__name__}.{found.name}")
