"""What a load balancer and Prometheus ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.answers import NO_STORE

log = structlog.get_logger(__name__)

Check = Callable[[], Awaitable[object]]
"""Raises, or returns False, when a part of the service cannot work."""

CHECK_SECONDS = 3.0


def health_routes(checks: Mapping[str, Check], *registries: CollectorRegistry) -> list[Route]:
    """``/healthz``: the process lives. ``/readyz``: every check passes. ``/metrics``: the registries' numbers.

    Args:
        checks: by the name that ``/readyz`` shows.
    """

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers=NO_STORE)

    async def readyz(_request: Request) -> Response:
        passed = dict(zip(checks, await asyncio.gather(*(_passes(*each) for each in checks.items())), strict=True))
        ready = all(passed.values())
        content = {"status": "ok" if ready else "unavailable", "checks": passed}
        return JSONResponse(content, 200 if ready else 503, NO_STORE)

    async def metrics(_request: Request) -> Response:
        content = b"".join(generate_latest(registry) for registry in registries)
        return Response(content, headers={**NO_STORE, "Content-Type": CONTENT_TYPE_LATEST})

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


async def _passes(name: str, check: Check) -> bool:
    try:
        return await asyncio.wait_for(check(), CHECK_SECONDS) is not False
    except Exception as error:
        # Whatever a check raises, the answer is the same: not ready.
        log.warning("not_ready", part=name, error=type(error).__name__)
        return False
