"""The public pages: every guide whole, linkable to a step, printable, without anything inline or from elsewhere."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.guide_pages import guide_routes, listing, preview
from bot.guides.interfaces import GuideUnknown
from bot.guides.service import LibraryGuides
from bot.platforms import Platform


@pytest.fixture
async def site(guides: LibraryGuides) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=guide_routes(guides)))
    async with httpx.AsyncClient(transport=transport, base_url="http://ventanilla.example.org") as client:
        yield client


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag == name]


async def test_the_list_links_to_every_guide(site: httpx.AsyncClient, guides: LibraryGuides) -> None:
    page = await site.get("/guias")
    assert page.status_code == 200
    links = {attrs["href"] for attrs in Tags(page.text).all("a")}
    assert {f"/guias/{guide.id}" for guide in guides.all()} <= links


async def test_every_guide_has_its_steps_pictures_remedies_and_sources(
    site: httpx.AsyncClient, guides: LibraryGuides
) -> None:
    for guide in guides.all():
        page = await site.get(f"/guias/{guide.id}")
        tags = Tags(page.text)
        ids = [attrs["id"] for _, attrs in tags.tags if "id" in attrs]
        assert len(ids) == len(set(ids)), guide.id
        assert {f"paso-{n}" for n in range(1, len(guide.steps) + 1)} <= set(ids)
        pictures = {attrs["src"]: attrs["alt"] for attrs in tags.all("img")}
        for step in guide.steps:
            assert (f"/guias/{guide.id}/{step.id}.svg" in pictures) == (step.drawing is not None)
        assert all(pictures.values())
        troubles = sum(len(step.troubles) for step in guide.steps)
        assert len(tags.all("details")) == len(guide.steps) + troubles + len(guide.facts)


async def test_every_link_and_picture_of_every_page_leads_somewhere(
    site: httpx.AsyncClient, guides: LibraryGuides
) -> None:
    wanted: set[str] = set()
    for guide in guides.all():
        tags = Tags((await site.get(f"/guias/{guide.id}")).text)
        wanted |= {str(attrs["href"]).partition("#")[0] for attrs in tags.all("a")}
        wanted |= {str(attrs["src"]) for attrs in tags.all("img")}
    for address in sorted(wanted - {"", "/"}):
        assert (await site.get(address)).status_code == 200, address


async def test_pages_allow_nothing_inline_and_nothing_from_elsewhere(site: httpx.AsyncClient) -> None:
    for address in ("/guias", "/guias/soce/agregar-perfil", "/guias?buscar=rup"):
        page = await site.get(address)
        policy = page.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        tags = Tags(page.text)
        assert not tags.all("script")
        assert not tags.all("style")
        assert not [attrs for _, attrs in tags.tags if "style" in attrs or any(k.startswith("on") for k in attrs)]


async def test_the_print_version_has_everything_open(site: httpx.AsyncClient) -> None:
    tags = Tags((await site.get("/guias/soce/agregar-perfil?imprimir=1")).text)
    assert all("open" in attrs for attrs in tags.all("details"))
    assert not any("loading" in attrs for attrs in tags.all("img"))


async def test_searching_finds_an_answer_and_the_steps(site: httpx.AsyncClient) -> None:
    page = (await site.get("/guias", params={"buscar": "¿el RUP es obligatorio?"})).text
    assert "el RUP es opcional" in page
    page = (await site.get("/guias", params={"buscar": "¿dónde está el botón Aumentar menú?"})).text
    assert "/guias/soce/agregar-perfil#paso-3" in page
    page = (await site.get("/guias", params={"buscar": "jirafas voladoras"})).text
    assert "No encontramos nada" in page


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "x" * 5000, "\x00"])
async def test_a_search_for_anything_is_shown_as_text(site: httpx.AsyncClient, query: str) -> None:
    page = await site.get("/guias", params={"buscar": query})
    assert page.status_code == 200
    assert not Tags(page.text).all("script")
    assert not Tags(page.text).all("img")


async def test_drawings_come_as_svg_and_png_and_are_not_sent_twice(site: httpx.AsyncClient) -> None:
    for kind, content in (("svg", "image/svg+xml"), ("png", "image/png")):
        address = f"/guias/soce/agregar-perfil/aumentar.{kind}"
        first = await site.get(address)
        assert first.headers["content-type"].startswith(content)
        assert "unsafe" not in first.headers["content-security-policy"]
        again = await site.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "address",
    [
        "/guias/soce/nada",
        "/guias/nada/agregar-perfil",
        "/guias/soce/agregar-perfil/nada.svg",
        "/guias/seace/vencimiento/fecha.png",
        "/guias/..%2f..%2fetc/passwd",
    ],
)
async def test_what_does_not_exist_is_not_found(site: httpx.AsyncClient, address: str) -> None:
    assert (await site.get(address)).status_code == 404


def test_a_preview_is_one_file_that_needs_no_server(guides: LibraryGuides) -> None:
    html = preview(guides, "soce/agregar-perfil")
    tags = Tags(html)
    assert all(str(attrs["src"]).startswith("data:image/svg+xml;base64,") for attrs in tags.all("img"))
    assert re.findall(r'(?:href|src)="(/[^"]*)"', html) == []
    with pytest.raises(GuideUnknown):
        preview(guides, "soce/nada")


def test_the_listing_names_every_guide_of_a_platform(guides: LibraryGuides) -> None:
    assert len(listing(guides)) == len(guides.all()) >= 25
    assert all(line[0].startswith("seace/") for line in listing(guides, Platform.SEACE))


def test_the_mail_gets_every_step_with_its_link_and_picture(guides: LibraryGuides) -> None:
    facts = guides.mail_facts("soce/agregar-perfil", "https://ventanilla.example.org/")
    assert facts["link"] == "https://ventanilla.example.org/guias/soce/agregar-perfil"
    assert facts["steps"][2]["link"].endswith("/guias/soce/agregar-perfil#paso-3")
    assert facts["steps"][2]["image"] == "https://ventanilla.example.org/guias/soce/agregar-perfil/aumentar.png"
    assert facts["steps"][2]["alt"]
