"""Drawings: nothing overflows or overlaps, everything can be read in both palettes, at 320 pixels, and aloud."""

from __future__ import annotations

import struct
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.guides.draw import model
from bot.guides.draw.alt import alt_text
from bot.guides.draw.layout import WIDTH, layout
from bot.guides.draw.metrics import width, wrap
from bot.guides.draw.palette import DARK, LIGHT, contrast
from bot.guides.draw.preview import NotADrawing, preview, svg_of
from bot.guides.draw.scene import Box, Line, Mark, Scene, faults
from bot.guides.draw.svg import render, style_sheet
from bot.guides.interfaces import GuideUnknown
from bot.guides.load import load_library
from bot.guides.service import LibraryGuides

from .conftest import DATA

DRAWINGS = {
    f"{guide.id}/{step.id}": step.drawing
    for guide in load_library(DATA).guides.values()
    for step in guide.steps
    if step.drawing
}
BOTH = [dict(LIGHT), dict(DARK)]


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_has_no_fault_in_light_or_dark(name: str) -> None:
    scene = layout(DRAWINGS[name])
    assert list(faults(scene, BOTH)) == []
    assert scene.broken == []
    assert scene.marks
    assert len({mark.number for mark in scene.marks}) == len(scene.marks)
    assert min(line.size for line in scene.lines) * 320 / WIDTH >= 11
    assert scene.height < 2.2 * WIDTH


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_well_formed_and_says_what_it_shows(name: str) -> None:
    drawing = DRAWINGS[name]
    alt = alt_text(drawing)
    root = ElementTree.fromstring(render(layout(drawing), alt))
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") == alt
    assert root.get("role") == "img"
    for mark in layout(drawing).marks:
        assert f"Marcado con el {mark.number}" in alt
    assert {element.tag.removeprefix(space) for element in root.iter()} <= {
        *("svg", "title", "style", "rect", "path", "circle", "text")
    }


def test_every_role_reads_on_its_ground_in_both_palettes() -> None:
    assert LIGHT.keys() == DARK.keys()
    for palette in BOTH:
        for kind in ("good", "bad", "warn"):
            assert contrast(palette[f"on-{kind}"], palette[kind]) >= 4.5
        assert contrast(palette["mark"], palette["window"]) >= 3
        assert contrast(palette["mark"], palette["menu"]) >= 3


def test_the_checks_notice_what_is_wrong() -> None:
    scene = Scene(100, 100)
    box = Box(0, 0, 20, 20)
    scene.lines = [
        Line("uno", 0, 12, 12, 60, "text", "window", box),
        Line("dos", 10, 14, 12, 30, "line", "window", Box(0, 0, 90, 90)),
        Line("tres", 80, 50, 12, 40, "text", "window", Box(0, 0, 200, 90)),
    ]
    scene.marks = [Mark(1, Box(5, 5, 20, 20), Box(20, 0, 20, 20))]
    found = " | ".join(faults(scene, BOTH))
    for part in (
        *("'uno' leaves its box", "'tres' leaves the picture", "'uno' and 'dos'", "contrast: line on window"),
        *("badge 1 and 'uno'", "ring 1 cuts 'uno'"),
    ):
        assert part in found


_LABELS = st.text(alphabet="abcdeñáéí ABC«».0123456789", min_size=1, max_size=60).map(str.strip).filter(bool)


@settings(max_examples=60, deadline=None)
@given(labels=st.lists(_LABELS, min_size=1, max_size=6, unique=True), marked=st.integers(0, 5))
def test_any_labels_stay_in_their_places(labels: list[str], marked: int) -> None:
    shown = [model.Label(text, 1 if number == marked else 0) for number, text in enumerate(labels)]
    drawing = model.Drawing(
        "window",
        labels[0],
        (
            model.Buttons(shown),
            model.Links([model.Label(text) for text in labels]),
            model.Field(model.Label(labels[0]), value=labels[-1], kind="list", required=True),
            model.FieldGrid([model.Field(model.Label(text)) for text in labels]),
            model.Alert(model.Label(labels[-1])),
            model.Tree([model.TreeItem(model.Label(text)) for text in labels]),
            model.Card([(model.Label(text), text) for text in labels]),
        ),
        menu=[model.Label(text[:20].strip() or "a") for text in labels],
    )
    assert list(faults(layout(drawing))) == []


def test_a_wide_table_is_cut_into_bands() -> None:
    columns = [model.Label(name) for name in ("Contraseña", "Presupuesto", "Usuario", "Activación", "Identificación")]
    table = model.Table(columns, [[model.Label("ltorres04")] * 5])
    scene = layout(model.Drawing("window", "Tabla", (table,)))
    tops = {round(line.y) for line in scene.lines if line.bold and line.text in {c.text for c in columns}}
    assert len(tops) == 2
    assert list(faults(scene)) == []


@given(st.text(max_size=200), st.floats(30, 300))
def test_wrapped_lines_keep_the_limit_and_every_letter(text: str, limit: float) -> None:
    lines, _ = wrap(text, 14, limit)
    assert all(width(line, 14) <= limit or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_the_web_picture_follows_light_and_dark_and_the_fixed_one_does_not(guides: LibraryGuides) -> None:
    svg = guides.svg("seace/nueva-contrasena", "vinculo")
    assert "prefers-color-scheme:dark" in svg
    assert style_sheet() in svg
    fixed = render(layout(DRAWINGS["seace/nueva-contrasena/vinculo"]), "x", "light")
    assert "<style" not in fixed
    assert "class=" not in fixed


def test_texts_are_escaped() -> None:
    drawing = model.Drawing("window", '<script>"&', (model.Links([model.Label("a < b & c")]),))
    svg = render(layout(drawing), 'x"<y>')
    assert "<script" not in svg
    ElementTree.fromstring(svg)


def test_the_png_is_the_drawing_at_twice_its_size(guides: LibraryGuides) -> None:
    png = guides.png("soce/agregar-perfil", "aumentar")
    assert png.startswith(b"\x89PNG")
    wide, high = struct.unpack(">II", png[16:24])
    scene = layout(DRAWINGS["soce/agregar-perfil/aumentar"])
    assert wide == 720
    assert abs(high - 2 * scene.height) <= 2
    assert guides.png("soce/agregar-perfil", "aumentar") is png


def test_a_step_without_drawing_has_none(guides: LibraryGuides) -> None:
    for step in ("fecha", "nada"):
        with pytest.raises(GuideUnknown):
            guides.svg("seace/vencimiento", step)
    with pytest.raises(GuideUnknown):
        guides.png("soce/nada", "nada")


def test_a_drawing_that_is_being_written_is_the_one_that_the_guide_will_show(guides: LibraryGuides) -> None:
    data = YAML(typ="base").load((DATA / "soce" / "agregar-perfil.yml").read_text(encoding="utf-8"))
    for step in data["pasos"]:
        shown = preview(step.get("dibujo"))
        assert shown is not None
        assert shown.alt == guides.alt("soce/agregar-perfil", step["id"])
        assert svg_of(shown.packed, "auto") == guides.svg("soce/agregar-perfil", step["id"])


@pytest.mark.parametrize("data", [None, "x", {}, {"ventana": "A", "correo": "B"}, {"contenido": "x"}])
def test_what_cannot_be_drawn_yet_is_no_drawing(data: object) -> None:
    assert preview(data) is None


@pytest.mark.parametrize("packed", ["", "x", "%%", "ñ", "eJyrVgIAASMAqA", "eJyLBgAAXgBe"])
def test_an_address_that_holds_no_drawing_is_told_so(packed: str) -> None:
    with pytest.raises(NotADrawing):
        svg_of(packed, "auto")
