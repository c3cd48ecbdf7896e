"""Registry of the kinds of jobs: each a function that a worker runs, and the permission that it takes.

A module registers its kinds when it is imported; `load_job_kinds` imports them all.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from app.auth.permissions import Permission
from app.jobs.run import JobRun

JobFunction = Callable[[JobRun], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job.

    permission: without it nobody may ask for one, go on with one, or see another's. function: does it, and raises a
    DomainError where it fails for a reason that its asker can understand.
    """

    name: str
    permission: Permission
    function: JobFunction


JOB_KINDS: dict[str, JobKind] = {}
"""Every kind that is registered, by its name."""


def job_kind(name: str, permission: Permission) -> Callable[[JobFunction], JobFunction]:
    """Register the function below it as a kind of job: `@job_kind("enrolments.import", Permission.ENROLMENT_SUBMIT)`.

    Raises: ValueError when the name is taken.
    """

    def register(function: JobFunction) -> JobFunction:
        if name in JOB_KINDS:
            raise ValueError(f"there is a kind of job called {name} already")
        JOB_KINDS[name] = JobKind(name, permission, function)
        return function

    return register


def load_job_kinds() -> None:
    """Import every module that registers kinds of jobs.

    They are named, not imported above: this package stands below those whose work they do.
    """
    for module in _MODULES:
        import_module(module)


_MODULES: Final = ("app.forms.lists.job", "app.imports.contributions.job", "app.imports.enrolments.job")
