"""An institution's own account system, reached over HTTP as ``docs/accounts-api.yaml`` describes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx
import structlog

from bot.accounts.interfaces import (
    Account,
    AccountBackendUnavailable,
    AccountChangeUncertain,
    AccountQuery,
    AccountUnknown,
)
from bot.accounts.wire import account_from_json, query_to_json
from bot.db.engine import Transaction
from bot.platforms import Platform

log = structlog.get_logger(__name__)

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
TRIES = 3
PAUSE_SECONDS = 0.2
# The request did not reach the system, or the system says that it did nothing.
NOTHING_DONE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
PASSING = (408, 425, 429, 502, 503, 504)


class HttpAccountBackend:
    """Accounts behind an HTTP API.

    Every call may be repeated: searching and checking change nothing, and a change carries an ``Idempotency-Key``.
    A bearer token is taken from the address (``https://token@host/path`` or ``https://user:token@host/path``)
    or given apart; it is sent as a header only.

    Args:
        url: the API's address.
        token: the bearer token, where it is not part of the address.
        transport: another way to send requests.
        pause: seconds before the second try; it doubles with each further one.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        self._pause = pause
        parts = urlsplit(url)
        token = token or unquote(parts.password or parts.username or "")
        base = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.AsyncClient(base_url=base, headers=headers, timeout=TIMEOUT, transport=transport)

    @property
    def local(self) -> bool:
        """Its changes take effect at once, in another system."""
        return False

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def find(self, query: AccountQuery) -> Sequence[Account]:
        """See the interface."""
        answer = await self._call("/v1/accounts/search", query_to_json(query))
        try:
            return [account_from_json(value) for value in answer["accounts"]]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.error("account_api_answer_not_understood", call="search")
            raise AccountBackendUnavailable("the account API's answer is not understood") from error

    async def set_password(
        self,
        transaction: Transaction | None,
        platform: Platform,
        login: str,
        new_password: str,
        *,
        temporary: bool,
        idempotency_key: str,
    ) -> None:
        """See the interface; ``transaction`` is not used."""
        body = {"platform": platform.value, "login": login, "new_password": new_password, "temporary": temporary}
        await self._call("/v1/accounts/password", body, platform=platform, key=idempotency_key)

    async def verify_password(self, platform: Platform, login: str, password: str) -> bool:
        """See the interface."""
        body = {"platform": platform.value, "login": login, "password": password}
        answer = await self._call("/v1/accounts/verify", body)
        return answer.get("valid") is True

    async def _call(
        self, path: str, body: dict[str, Any], *, platform: Platform | None = None, key: str = ""
    ) -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        uncertain = False
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(self._pause * 2 ** (attempt - 1))
            try:
                response = await self._client.post(path, json=body, headers=headers)
            except NOTHING_DONE:
                continue
            except httpx.HTTPError:
                uncertain = True
                continue
            if response.status_code in PASSING:
                uncertain = uncertain or response.status_code in (502, 504)
                continue
            if platform is not None and response.status_code == 404 and "unknown_account" in response.text:
                # Any other 404 means that the address leads elsewhere.
                raise AccountUnknown(platform)
            return self._content(path, response, key, uncertain)
        log.warning("account_api_unavailable", call=path, uncertain=uncertain and bool(key))
        raise _failure(uncertain and bool(key))

    def _content(self, path: str, response: httpx.Response, key: str, uncertain: bool) -> dict[str, Any]:
        if response.status_code == 204:
            return {}
        if response.status_code != 200:
            log.error("account_api_refused", call=path, status=response.status_code)
            raise _failure(bool(key) and (uncertain or response.status_code >= 500))
        try:
            content = response.json()
        except ValueError as error:
            raise AccountBackendUnavailable("the account API's answer is not JSON") from error
        if not isinstance(content, dict):
            raise AccountBackendUnavailable("the account API's answer is not an object")
        return content


def _failure(uncertain: bool) -> AccountBackendUnavailable:
    if uncertain:
        return AccountChangeUncertain("the account API's answer to a change was lost")
    return AccountBackendUnavailable("the account API does not answer")
