"""What several routers ask of the running server and of a request."""

from typing import Annotated

from fastapi import Depends, Request

from app.tenancy.logins.auth_services import AuthServices


async def _get_auth_services(request: Request) -> AuthServices:
    services: AuthServices = request.app.state.auth_services
    return services


AuthServicesDep = Annotated[AuthServices, Depends(_get_auth_services)]
"""The services of logins."""
