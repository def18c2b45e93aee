"""``docs/accounts-api.yaml`` is valid OpenAPI, and the reference server answers as it says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate_spec
from ruamel.yaml import YAML

from bot.accounts.csv_import import load_demo
from bot.accounts.reference_server import reference_app
from bot.accounts.sql_store import SqlAccountBackend
from bot.db.engine import Database
from bot.db.migrate import upgrade
from tests.unit.accounts.support import DEMO, PLATFORMS, ROOT, START

SPEC: dict[str, Any] = YAML(typ="safe").load((ROOT / "docs" / "accounts-api.yaml").read_text("utf-8"))


def resolved(node: Any) -> Any:
    """The part of the description with its references filled in."""
    if isinstance(node, list):
        return [resolved(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = SPEC
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return resolved(target)
    return {key: resolved(value) for key, value in node.items()}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'accounts.db'}")
    await upgrade(database)
    await load_demo(database, DEMO, START)
    app = reference_app(SqlAccountBackend(database, PLATFORMS), database, "t0ken")
    headers = {"Authorization": "Bearer t0ken"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://accounts.example.org", headers=headers
    ) as client:
        yield client
    await database.close()


def test_the_description_is_valid_openapi() -> None:
    validate_spec(SPEC)


PASSWORD = {"platform": "seace", "login": "001952_56989", "new_password": "x"}
VERIFY = {"platform": "seace", "login": "001952_56989", "password": "x"}


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("search", {"platform": "soce", "ruc": "1760567890001"}, {}, 200),
        ("search", {"platform": "soce", "ruc": "nadie"}, {}, 200),
        ("search", {"platform": "soce"}, {}, 422),
        ("search", {"platform": "siaf", "ruc": "1"}, {}, 422),
        ("search", {"platform": "soce", "ruc": 5}, {}, 422),
        ("search", [], {}, 422),
        ("search", {"platform": "soce", "ruc": "1"}, {"Authorization": "Bearer other"}, 401),
        ("search", {"platform": "soce", "ruc": "x" * 20_000}, {}, 422),
        ("password", PASSWORD, {"Idempotency-Key": "k"}, 204),
        ("password", PASSWORD, {}, 422),
        ("password", {**PASSWORD, "login": "999_9"}, {"Idempotency-Key": "k"}, 404),
        ("verify", VERIFY, {}, 200),
        ("verify", {"platform": "seace"}, {}, 422),
    ],
)
async def test_the_reference_server_answers_as_described(
    client: httpx.AsyncClient, path: str, body: Any, headers: dict[str, str], status: int
) -> None:
    response = await client.post(f"/v1/accounts/{path}", json=body, headers=headers)
    described = resolved(SPEC["paths"][f"/v1/accounts/{path}"]["post"]["responses"])[str(status)]
    assert response.status_code == status
    if status == 204:
        assert response.content == b""
    else:
        OAS30Validator(described["content"]["application/json"]["schema"]).validate(response.json())


async def test_a_body_that_is_not_json_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/accounts/search", content=b"{\xff")
    assert response.status_code == 422
