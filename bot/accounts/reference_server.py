"""A small server that speaks ``docs/accounts-api.yaml`` over any account backend.

It shows institutions what is expected of theirs, and the contract suite runs against it.
Start it alone with ``uvicorn``: :func:`reference_app` takes the backend and the bearer token.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from json import JSONDecodeError
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.accounts.interfaces import AccountBackend, AccountBackendUnavailable, AccountUnknown
from bot.accounts.wire import account_to_json, query_from_json
from bot.db.engine import Database
from bot.platforms import Platform

MAX_BODY = 16_384
Handler = Callable[[Request], Awaitable[Response]]


def reference_app(backend: AccountBackend, database: Database, token: str) -> Starlette:
    """The API over a backend that keeps its accounts in ``database``; every call needs the bearer token."""
    server = _Server(backend, database)
    routes = [("/v1/accounts/search", server.search), ("/v1/accounts/password", server.set_password)]
    routes.append(("/v1/accounts/verify", server.verify))
    return Starlette(routes=[Route(path, _guarded(handler, token), methods=["POST"]) for path, handler in routes])


class _Server:
    def __init__(self, backend: AccountBackend, database: Database) -> None:
        self._backend, self._database = backend, database

    async def search(self, request: Request) -> Response:
        found = await self._backend.find(query_from_json(await _body(request)))
        return JSONResponse({"accounts": [account_to_json(account) for account in found]})

    async def set_password(self, request: Request) -> Response:
        body = await _body(request)
        key = request.headers.get("idempotency-key", "")
        login, password, temporary = body["login"], body["new_password"], body.get("temporary", False)
        if not (key and isinstance(login, str) and password and isinstance(password, str)):
            raise ValueError("login, new_password and an Idempotency-Key are needed")
        async with self._database.transaction() as transaction:
            await self._backend.set_password(
                transaction,
                Platform(body["platform"]),
                login,
                password,
                temporary=temporary is True,
                idempotency_key=key,
            )
        return Response(status_code=204)

    async def verify(self, request: Request) -> Response:
        body = await _body(request)
        valid = await self._backend.verify_password(
            Platform(body["platform"]), str(body["login"]), str(body["password"])
        )
        return JSONResponse({"valid": valid})


async def _body(request: Request) -> dict[str, Any]:
    content = await request.body()
    if len(content) > MAX_BODY:
        raise ValueError("too long")
    body = await request.json()
    if not isinstance(body, dict):
        raise TypeError("not an object")
    return body


def _guarded(handler: Handler, token: str) -> Handler:
    async def call(request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return _error(401, "unauthorized")
        try:
            return await handler(request)
        except (JSONDecodeError, KeyError, TypeError, ValueError):
            return _error(422, "invalid")
        except AccountUnknown:
            return _error(404, "unknown_account")
        except AccountBackendUnavailable:
            return _error(503, "unavailable")

    return call


def _error(status: int, code: str) -> Response:
    return JSONResponse({"error": code}, status_code=status)
