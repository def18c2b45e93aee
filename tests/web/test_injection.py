"""Whatever anybody writes, in whatever field, is text: nothing runs, nothing is fetched from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author
from tests.contracts.web_chat.brains import GREETING
from tests.web.embedding import Site
from tests.web.helpers import PageBrain, announced, browser, needs_chromium, say, shows
from tests.web.injections import ADDRESSES, TEXTS

pytestmark = needs_chromium

LOOK = """() => {
  const root = document.querySelector('ventanilla-chat')?.shadowRoot ?? document;
  const every = [...root.querySelectorAll('#mensajes *, #anuncios *')];
  const names = new Set(every.map(element => element.localName));
  return {
    hits: window.hits.length,
    names: [...names].sort(),
    schemes: [...new Set([...root.querySelectorAll('#mensajes a')].map(link => link.protocol))].sort(),
    handlers: every.flatMap(element => element.getAttributeNames()).filter(name => name.startsWith('on')),
    pictures: [...new Set([...root.querySelectorAll('#mensajes img')].map(each => new URL(each.src).origin))],
  };
}"""
NAMES = {"a", "button", "div", "h2", "h3", "img", "li", "ol", "p", "progress", "section", "span", "time", "ul"}


def card(text: str) -> dict[str, Any]:
    """A card with the same words in all its fields."""
    fields = dict.fromkeys(("type", "guide", "guide_title", "title", "number", "total", "source", "kind"), text)
    return {**fields, "lines": [text, text], "see": [text], "items": [text, {"label": text, "value": text}]}


async def fill(hub: ConversationHub, conversation: str) -> int:
    """Puts every text into every field; returns the newest message's number."""
    async with hub.writing() as writing:
        for number, text in enumerate(TEXTS):
            address = ADDRESSES[number % len(ADDRESSES)]
            await writing.send(conversation, Author.AGENT, text, image={"src": address, "alt": text})
            buttons = [{"title": text, "payload": text}]
            last = await writing.send(conversation, Author.BOT, text, card=card(text), buttons=buttons)
        last = await writing.send(
            conversation, Author.SYSTEM, "fin", image={"src": "/web/shared/icono.svg", "alt": "x"}
        )
    return last.seq


@pytest.mark.parametrize("embedded", [False, True])
async def test_no_words_of_anybody_are_ever_run(
    address: str, site: Site, hub: ConversationHub, brain: PageBrain, embedded: bool
) -> None:
    async with browser() as chromium:
        page = await chromium.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.add_init_script("window.hits = []; window.hit = value => window.hits.push(value)")
        site.attributes = "data-open"
        await page.goto(site.origin if embedded else address)
        await page.wait_for_selector(".opciones button")
        await say(page, TEXTS[0])
        await shows(page, GREETING, TEXTS[0], f"1: {TEXTS[0]}")
        conversation = brain.turns[0].conversation
        for number, text in enumerate(TEXTS):
            await hub.receive(conversation, f"00000000-0000-4000-8000-{number:012}", text=text)
        await fill(hub, conversation)
        await page.wait_for_selector("#mensajes .de-system:has-text('fin')")
        seen = await page.evaluate(LOOK)
        assert seen["hits"] == 0
        assert set(seen["names"]) <= NAMES
        assert set(seen["schemes"]) <= {"https:", "mailto:", "tel:"}
        assert seen["handlers"] == []
        assert set(seen["pictures"]) <= {address, "null"}
        assert [url for url in asked if not url.startswith((address, site.origin, "data:image/"))] == []
        # What is shown and said is what was written, sign by sign.
        for author in (Author.AGENT, Author.BOT, Author.USER):
            shown = await page.locator(f"#mensajes .de-{author.value} > .burbuja").all_text_contents()
            assert shown == [message.text for message in await all_of(hub, conversation) if message.author is author]
        assert any(text.strip() in said for said in await announced(page) for text in TEXTS)
        # Neither does a press or a pass of the pointer run anything.
        await page.locator("#mensajes a").first.hover()
        await page.reload()
        await page.wait_for_selector("#mensajes .de-system:has-text('fin')")
        assert (await page.evaluate(LOOK))["hits"] == 0
        assert errors == []


async def all_of(hub: ConversationHub, conversation: str) -> list[Any]:
    """The whole log."""
    log: list[Any] = []
    while page := await hub.messages(conversation, len(log)):
        log += page
    return log


def test_there_are_enough_of_them() -> None:
    # Said by the person, the bot and an agent, and put into buttons, cards and pictures.
    assert len(set(TEXTS)) >= 100
    assert len(set(TEXTS)) * 3 + len(ADDRESSES) >= 200


async def test_a_title_given_by_the_page_is_text_too(address: str, site: Site) -> None:
    async with browser() as chromium:
        page = await chromium.new_page()
        await page.add_init_script("window.hits = []; window.hit = value => window.hits.push(value)")
        words = "&quot;&gt;&lt;img src=x onerror=window.hit(1)&gt;"
        site.attributes = (
            f'data-open data-title="{words}" data-subtitle="{words}" data-label="{words}" data-color="{words}"'
        )
        await page.goto(site.origin)
        await page.wait_for_selector(".opciones button")
        assert await page.text_content(".cabecera h2") == '"><img src=x onerror=window.hit(1)>'
        assert await page.evaluate("window.hits.length") == 0
