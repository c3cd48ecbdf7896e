"""HTTP only, one file per noun: what is offered, to whom, and in which shape."""

from importlib import import_module
from pkgutil import iter_modules

from fastapi import FastAPI


def mount(app: FastAPI) -> None:
    """Offer every router of this package (a module's `router`)."""
    for found in iter_modules(__path__):
        app.include_router(import_module(f"{__name__}.{found.name}").router)
