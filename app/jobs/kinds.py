"""Registry of the kinds of jobs: each a function that a worker runs, and the permission that it needs.

A module registers its kinds when it is imported; `load_job_kinds` imports them all.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from app.auth.permissions import Permission
from app.jobs.run import JobRun

JobFunction = Callable[[JobRun], Awaitable[None]]
WholeTest = Callable[[Mapping[str, Any]], bool]


def _takes_turns(_params: Mapping[str, Any]) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job.

    permission: needed to request such a job, to run it, and to see those of others. function: does the work, and
    raises a DomainError where it fails for a reason that the requester can understand. is_whole: whether a job with
    these params is done in one piece; any other takes turns with others (`JobRun.take_turns`).
    """

    name: str
    permission: Permission
    function: JobFunction
    is_whole: WholeTest = _takes_turns


JOB_KINDS: dict[str, JobKind] = {}
"""The registered kinds by name."""


def job_kind(
    name: str, permission: Permission, is_whole: WholeTest = _takes_turns
) -> Callable[[JobFunction], JobFunction]:
    """Register the decorated function as a kind of job: `@job_kind("enrolments.import", Permission.ENROLMENT_SUBMIT)`.

    Raises: ValueError when the name is taken.
    """

    def register(function: JobFunction) -> JobFunction:
        if name in JOB_KINDS:
            raise ValueError(f"a kind of job named {name} is already registered")
        JOB_KINDS[name] = JobKind(name, permission, function, is_whole)
        return function

    return register


def load_job_kinds() -> None:
    """Import every module that registers kinds of jobs.

    They are imported here by name and not above, because this package is below theirs.
    """
    for module in _MODULES:
        import_module(module)


_MODULES: Final = (
    "app.forms.lists.job",
    "app.imports.contributions.job",
    "app.imports.decisions.job",
    "app.imports.enrolments.job",
)
