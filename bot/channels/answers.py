"""Errors of the web chat: one shape, Spanish words, nothing of the inside."""

from __future__ import annotations

from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.conversations.sentences import Sentence
from bot.errors import DatabaseUnavailable, VentanillaError

log = structlog.get_logger(__name__)

NO_STORE = {"Cache-Control": "no-store"}


class Refused(VentanillaError):
    """A request that is answered with an error.

    Attributes:
        status: the HTTP status.
        code: the ``error`` of the answer; ``utter_error_<code>`` has the words.
        headers: further headers.
    """

    def __init__(self, status: int, code: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.headers = status, code, headers or {}


class ErrorAnswers:
    """Makes answers of errors; :attr:`handlers` goes to the application's ``exception_handlers``."""

    def __init__(self, sentence: Sentence) -> None:
        self._sentence = sentence
        self.handlers: dict[Any, Any] = {
            Refused: self.on_refused,
            HTTPException: self.on_http,
            DatabaseUnavailable: self.on_database,
            Exception: self.on_error,
        }

    def answer(self, refused: Refused) -> Response:
        """The answer in the contract's shape."""
        return JSONResponse(
            {"error": refused.code, "message": self._sentence(f"utter_error_{refused.code}")},
            refused.status,
            {**NO_STORE, **refused.headers},
        )

    async def on_refused(self, _request: Request, error: Exception) -> Response:
        """What a route refused."""
        assert isinstance(error, Refused)
        return self.answer(error)

    async def on_http(self, _request: Request, error: Exception) -> Response:
        """What Starlette itself refused: unknown paths and methods."""
        assert isinstance(error, HTTPException)
        codes = {404: "not_found", 405: "method_not_allowed"}
        return self.answer(
            Refused(error.status_code, codes.get(error.status_code, "bad_request"), dict(error.headers or {}))
        )

    async def on_database(self, _request: Request, error: Exception) -> Response:
        """The database is away: worth another try."""
        log.error("database_unavailable", error=str(error))
        return self.answer(Refused(503, "unavailable", {"Retry-After": "5"}))

    async def on_error(self, _request: Request, _error: Exception) -> Response:
        """Anything unforeseen; the server logs it."""
        return self.answer(Refused(500, "internal"))
