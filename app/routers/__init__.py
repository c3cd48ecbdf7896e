"""HTTP only, one file per noun: what is offered, to whom, and in which shape."""

from importlib import import_module
from pkgutil import iter_modules

from fastapi import FastAPI


def mount(app: FastAPI) -> None:
    """Offer every router of this package (a module's `router`).

    Those of one thing by its id (`…_detail`) come last: what may stand in the place of the id goes before them, such
    as the batches of `/v1/enrolments/batches`.
    """
    names = sorted(
        (found.name for found in iter_modules(__path__)), key=lambda name: name.endswith("_detail")
    )
    for name in names:
        app.include_router(import_module(f"{__name__}.{name}").router)
