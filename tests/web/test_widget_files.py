"""The widget's files as a server gives them: size, caching, origins, words."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.channels.widget import Widget, WordsInvalid, in_shadow, load_words
from bot.conversations.hub import ConversationHub
from bot.settings import ROOT
from tests.contracts.web_chat.service import application
from tests.support.serving import serving

SITE = "https://www.example.org"
NEAR_MISSES = [
    "https://www.example.org.example.net",
    "https://example.org",
    "http://www.example.org",
    "https://www.example.org:444",
    "https://WWW.example.org",
    "null",
]


@pytest.fixture
def widget(words: Path) -> Widget:
    return Widget(words)


@pytest.fixture
async def http(hub: ConversationHub, widget: Widget) -> AsyncIterator[httpx.AsyncClient]:
    app = application(hub, origins=(SITE,), more=tuple(widget.routes()))
    async with serving(app) as address, httpx.AsyncClient(base_url=address) as http:
        yield http


def test_the_script_is_small_and_so_is_everything_together(widget: Widget) -> None:
    sizes = widget.sizes()
    fetched = {name: size for name, size in sizes.items() if name not in ("page.js", "page.css", "chat.css", "en.json")}
    assert sizes["widget.js"] <= 5_000
    assert sum(fetched.values()) <= 45_000, fetched


async def test_a_file_is_kept_for_good_under_its_version_and_under_no_other(
    http: httpx.AsyncClient, widget: Widget
) -> None:
    for name in ("panel.js", "es.json", "panel.css"):
        kept = await http.get(f"/widget/{widget.version}/{name}")
        assert kept.status_code == 200
        assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
        other = await http.get(f"/widget/antes/{name}")
        assert (other.content, other.headers["cache-control"]) == (kept.content, "no-store")
    assert (await http.get(f"/widget/{widget.version}/nada.js")).status_code == 404


async def test_the_script_is_asked_for_again_and_sent_only_when_it_changed(http: httpx.AsyncClient) -> None:
    first = await http.get("/widget.js")
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "max-age=300" in first.headers["cache-control"]
    again = await http.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_files_come_compressed_to_who_can_read_that(http: httpx.AsyncClient) -> None:
    async with http.stream("GET", "/widget.js", headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == "gzip"
    plain = await http.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(packed) == plain.content
    assert "content-encoding" not in plain.headers


async def test_nothing_in_the_script_is_left_to_be_filled_in(http: httpx.AsyncClient, widget: Widget) -> None:
    script = (await http.get("/widget.js")).text
    assert '"%' not in script
    assert widget.version in script
    for language in ("es", "en"):
        assert widget.words[language]["open"] in script


@pytest.mark.parametrize("path", ["/widget/x/panel.js", "/chat/api/messages"])
async def test_exactly_the_allowed_origin_may_read(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path, headers={"Origin": SITE})
    assert answer.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in answer.headers
    for origin in NEAR_MISSES:
        answer = await http.get(path, headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers, origin


async def test_a_preflight_of_the_allowed_origin_is_granted_and_no_other(http: httpx.AsyncClient) -> None:
    asked = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization"}
    granted = await http.options("/chat/api/conversations", headers={"Origin": SITE, **asked})
    assert (granted.status_code, granted.headers["access-control-allow-origin"]) == (200, SITE)
    for origin in NEAR_MISSES:
        refused = await http.options("/chat/api/conversations", headers={"Origin": origin, **asked})
        assert refused.status_code == 400, origin
        assert "access-control-allow-origin" not in refused.headers


async def test_nothing_but_the_chat_can_be_read_from_elsewhere(http: httpx.AsyncClient) -> None:
    answer = await http.get("/healthz", headers={"Origin": SITE})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


async def test_a_page_of_an_unknown_site_cannot_even_begin_a_conversation(http: httpx.AsyncClient) -> None:
    elsewhere = {"Origin": "https://otra.example.net", "Sec-Fetch-Site": "cross-site"}
    refused = await http.post("/chat/api/conversations", headers=elsewhere)
    assert (refused.status_code, refused.json()["error"]) == (403, "origin")
    for allowed in ({"Origin": SITE, "Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-origin"}, {}):
        assert (await http.post("/chat/api/conversations", headers=allowed)).status_code == 201


def test_what_is_shipped_is_in_spanish_alone() -> None:
    assert set(load_words(ROOT / "data" / "widget")) == {"es"}


def test_every_language_has_every_word_and_the_same_places(widget: Widget) -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"\{\w+\}", text))

    for language, words in widget.words.items():
        for name, text in widget.words["es"].items():
            assert words[name].strip(), f"{language}: {name}"
            assert places(words[name]) == places(text), f"{language}: {name}"


def test_every_word_that_a_script_asks_for_is_there(widget: Widget) -> None:
    asked: set[str] = set()
    for script in (ROOT / "bot" / "web" / "chat").glob("*.js"):
        asked |= set(re.findall(r'\bwords\("(\w+)"', script.read_text("utf-8")))
    assert asked
    assert asked <= set(widget.words["es"])


@pytest.mark.parametrize(
    ("content", "problem"),
    [("open: [1]", "needs a text"), ("{", "not a YAML"), ("open: Abrir", "more or fewer names: close")],
)
def test_a_file_of_words_that_cannot_be_used_is_named(tmp_path: Path, content: str, problem: str) -> None:
    (tmp_path / "es.yml").write_text("open: Abrir\nclose: Cerrar\n", "utf-8")
    (tmp_path / "qu.yml").write_text(content, "utf-8")
    with pytest.raises(WordsInvalid, match=problem) as raised:
        load_words(tmp_path)
    assert raised.value.where.endswith("qu.yml")


def test_a_style_for_a_shadow_tree_hangs_on_its_host_and_on_the_readers_own_size() -> None:
    style = in_shadow(
        ":root {\n  --a: 1;\n}\n@media (prefers-color-scheme: dark) {\n  :root {\n    --a: 2;\n  }\n}\n"
        "@media (min-width: 30rem) {\n  .b {\n    margin: -0.5rem 1rem;\n  }\n}\n"
    )
    assert ":root" not in style
    assert "@media (min-width: 30rem)" in style
    assert "margin: calc(-0.5 * var(--rem, 16px)) calc(1 * var(--rem, 16px));" in style
    assert ":host(:not([data-scheme=light])) {\n    --a: 2;" in style
    assert ":host([data-scheme=dark]) {\n    --a: 2;" in style
