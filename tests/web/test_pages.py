"""The pages without a browser: headers, the reset link, the demo's sign-in."""

from __future__ import annotations

import re

import httpx
import pytest

from bot.settings import ROOT
from tests.web.accounts import LINK, LOGIN, Links

GOOD = {"contrasena": "Abcdefg1", "repetida": "Abcdefg1"}


async def test_every_page_has_a_strict_policy_and_nothing_inline(http: httpx.AsyncClient) -> None:
    for path in ("/", f"/restablecer/{LINK}", "/demo/ingreso"):
        answer = await http.get(path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert policy == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", answer.text)
        assert all(re.search(r"\bsrc=", tag) for tag in re.findall(r"<script[^>]*>", answer.text))
        assert '<html lang="es">' in answer.text


async def test_everything_that_a_page_names_is_there(http: httpx.AsyncClient) -> None:
    for path in ("/", f"/restablecer/{LINK}", "/demo/ingreso"):
        page = (await http.get(path)).text
        for name in set(re.findall(r'(?:src|href)="(/?(?:web|widget)/[^"]+)"', page)):
            answer = await http.get(name)
            assert answer.status_code == 200, name
            assert answer.headers["x-content-type-options"] == "nosniff"
            imported = re.findall(r'from "\./([^"]+)"', answer.text) if name.endswith(".js") else []
            for module in imported:
                assert (await http.get(f"{name.rpartition('/')[0]}/{module}")).status_code == 200


async def test_templates_are_no_files(http: httpx.AsyncClient) -> None:
    for path in (
        "/web/templates/chat.html",
        "/web/shared/../templates/chat.html",
        "/web/shared/%2e%2e/templates/chat.html",
    ):
        assert (await http.get(path)).status_code == 404


async def test_without_script_the_page_names_the_institutions_channels(http: httpx.AsyncClient) -> None:
    page = (await http.get("/")).text
    fallback = page[page.index("<noscript>") : page.index("</noscript>")]
    for contact in ("mailto:consultas@osce.gob.pe", "tel:6143636", "https://www.sercop.gob.ec", "tel:018000520808"):
        assert contact in fallback


async def test_looking_at_a_reset_link_leaves_it_valid(http: httpx.AsyncClient, links: Links) -> None:
    for method in ("HEAD", "GET", "GET"):
        answer = await http.request(method, f"/restablecer/{LINK}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]
    assert LOGIN in answer.text
    assert LINK not in answer.text
    assert "Al menos 8 caracteres" in answer.text
    assert links.valid
    assert (await http.post(f"/restablecer/{LINK}", data=GOOD)).status_code == 200


async def test_a_link_sets_a_password_once(http: httpx.AsyncClient, links: Links) -> None:
    done = await http.post(f"/restablecer/{LINK}", data=GOOD)
    assert done.status_code == 200
    assert "Ya puede ingresar" in done.text
    assert links.password == "Abcdefg1"
    assert "Abcdefg1" not in done.text
    for answer in (await http.post(f"/restablecer/{LINK}", data=GOOD), await http.get(f"/restablecer/{LINK}")):
        assert answer.status_code == 410
        assert "ya no sirve" in answer.text


async def test_an_unknown_link_is_answered_as_a_used_one(http: httpx.AsyncClient, links: Links) -> None:
    unknown = await http.get("/restablecer/otro")
    links.valid = False
    used = await http.get(f"/restablecer/{LINK}")
    assert (unknown.status_code, unknown.text) == (used.status_code, used.text)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"contrasena": "Abc1", "repetida": "Abc1"}, "La contraseña es muy corta."),
        ({"contrasena": "Abcdefgh", "repetida": "Abcdefgh"}, "Falta un número."),
        ({"contrasena": "Abcdefg1", "repetida": "Abcdefg2"}, "Las dos contraseñas no son iguales."),
        ({"contrasena": "", "repetida": ""}, "La contraseña es muy corta."),
        ({}, "La contraseña es muy corta."),
    ],
)
async def test_a_password_that_does_not_do_is_explained_and_the_link_stays(
    http: httpx.AsyncClient, links: Links, fields: dict[str, str], sentence: str
) -> None:
    answer = await http.post(f"/restablecer/{LINK}", data=fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not fields.get("contrasena") or fields["contrasena"] not in answer.text
    assert (await http.post(f"/restablecer/{LINK}", data=GOOD)).status_code == 200


async def test_attempts_are_limited_and_the_link_outlives_them(http: httpx.AsyncClient, links: Links) -> None:
    answers = [await http.post(f"/restablecer/{LINK}", data={}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [422] * 20 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert links.valid


@pytest.mark.parametrize("body", [b"\xff", b"a=1&" * 50, b"contrasena=%ff"])
async def test_a_form_that_cannot_be_read_changes_nothing(http: httpx.AsyncClient, links: Links, body: bytes) -> None:
    answer = await http.post(f"/restablecer/{LINK}", content=body)
    assert answer.status_code == 422
    assert links.valid


@pytest.mark.parametrize(
    ("login", "password", "status", "sentence"),
    [
        ("normal", "clave-1", 200, "Pudo ingresar"),
        ("temporal", "clave-1", 200, "le pedirá cambiarla"),
        ("normal", "otra", 401, "no son correctos"),
        ("nadie", "clave-1", 401, "no son correctos"),
        ("", "", 401, "no son correctos"),
    ],
)
async def test_the_demo_tells_whether_a_password_works(
    http: httpx.AsyncClient, login: str, password: str, status: int, sentence: str
) -> None:
    answer = await http.post("/demo/ingreso", data={"plataforma": "soce", "usuario": login, "contrasena": password})
    assert answer.status_code == status
    assert sentence in answer.text
    assert "clave-1" not in answer.text


async def test_the_demo_wants_a_platform_and_answers_this_machine_alone(http: httpx.AsyncClient) -> None:
    assert (await http.post("/demo/ingreso", data={"plataforma": "otra", "usuario": "normal"})).status_code == 422
    for method in ("GET", "POST"):
        answer = await http.request(method, "/demo/ingreso", headers={"X-Forwarded-For": "203.0.113.9"})
        assert answer.status_code == 404


def test_no_script_writes_markup_or_keeps_sentences() -> None:
    web = ROOT / "bot" / "web"
    for script in (path for folder in ("chat", "widget", "pages") for path in (web / folder).rglob("*.js")):
        source = script.read_text("utf-8")
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert forbidden not in source, f"{script.name}: {forbidden}"
        assert not re.search(r"[áéíóúñ¿¡]", source), f"{script.name} holds Spanish words"
