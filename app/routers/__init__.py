"""HTTP only, one file per noun: what is offered, to whom, and in which shape."""

from importlib import import_module
from pkgutil import walk_packages

from fastapi import FastAPI


def mount(app: FastAPI) -> None:
    """Include every router of this package (a module's `router`) in the app.

    Those of one thing by its id (`…_detail`) come last: what may stand in the place of the id goes before them, such
    as the batches of `/v1/enrolments/batches`.
    """
    names = sorted(
        (module.name for module in walk_packages(__path__, f"{__name__}.")),
        key=lambda name: name.endswith("_detail"),
    )
    for name in names:
        router = getattr(import_module(name), "router", None)
        if router is not None:
            app.include_router(router)
