"""From a guide's ``dibujo:`` to a :class:`Drawing`. The keys are Spanish, because support teams write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.guides.draw import model

if TYPE_CHECKING:
    from bot.guides.read import Reader

Element = model.Element
_YES = ("sí", "si", "true", "yes")
_FIELD_KINDS = {"texto": "text", "lista": "list", "clave": "secret", "fecha": "date"}
_ALERT_KINDS = {"bien": "good", "error": "bad", "aviso": "warn"}
_ROOT_KINDS = {"ventana": "window", "correo": "mail", "aviso": "dialog"}
_ROOT_KEYS = (*_ROOT_KINDS, "menu", "de", "asunto", "contenido")


def describe(reader: Reader, data: Mapping[str, Any]) -> model.Drawing | None:
    """Reads one drawing; problems go to the reader, and None comes back when nothing can be drawn."""
    reader.known(data, _ROOT_KEYS, "dibujo.")
    kinds = [key for key in _ROOT_KINDS if key in data]
    if len(kinds) != 1:
        reader.problem("one_kind")
        return None
    elements: list[Element] = []
    for item in reader.mappings(data, "contenido"):
        element = _element(reader, item)
        if element is not None:
            elements.append(element)
    return model.Drawing(
        kind=_ROOT_KINDS[kinds[0]],
        title=reader.text(data, kinds[0], required=True),
        elements=tuple(elements),
        menu=_labels(reader, data, "menu"),
        sender=reader.text(data, "de"),
        subject=reader.text(data, "asunto"),
    )


def _element(reader: Reader, item: Mapping[str, Any]) -> Element | None:
    for name, (make, extras) in _MAKERS.items():
        if name in item:
            reader.known(item, (name, *extras), f"dibujo.{name}.")
            return make(reader, item, name)
    reader.problem("unknown_element", value=", ".join(map(str, item)), allowed=", ".join(_MAKERS))
    return None


def _label(reader: Reader, item: Mapping[str, Any], name: str) -> model.Label:
    return model.Label.read(reader.text(item, name, required=True))


def _labels(reader: Reader, item: Mapping[str, Any], name: str) -> tuple[model.Label, ...]:
    return tuple(model.Label.read(text) for text in reader.texts(item, name))


def _yes(item: Mapping[str, Any], key: str) -> bool:
    return str(item.get(key, "")).strip().lower() in _YES


def _choice(reader: Reader, item: Mapping[str, Any], key: str, choices: Mapping[str, str], default: str) -> str:
    value = reader.text(item, key) or default
    if value not in choices:
        reader.problem("want_one_of", key=f"dibujo.{key}", allowed=", ".join(choices))
        value = default
    return choices[value]


def _heading(reader: Reader, item: Mapping[str, Any], name: str) -> Element:
    return model.Heading(_label(reader, item, name))


def _paragraph(reader: Reader, item: Mapping[str, Any], name: str) -> Element:
    return model.Paragraph(_label(reader, item, name), small=name == "nota")


def _field(reader: Reader, item: Mapping[str, Any], name: str) -> model.Field:
    label, value = _label(reader, item, name), model.Label.read(reader.text(item, "valor"))
    return model.Field(
        label=model.Label(label.text, label.mark or value.mark),
        value=value.text,
        kind=_choice(reader, item, "tipo", _FIELD_KINDS, "texto"),
        required=_yes(item, "obligatorio"),
    )


def _grid(reader: Reader, item: Mapping[str, Any], name: str) -> Element | None:
    """Each entry is a name, or a mapping with the keys of ``campo``."""
    entries = item[name]
    if not isinstance(entries, list):
        reader.problem("want_list", key=f"dibujo.{name}")
        return None
    fields = []
    for entry in entries:
        if isinstance(entry, str):
            fields.append(model.Field(model.Label.read(entry)))
        elif isinstance(entry, Mapping) and "campo" in entry:
            reader.known(entry, ("campo", *_MAKERS["campo"][1]), "dibujo.campos.")
            fields.append(_field(reader, entry, "campo"))
        else:
            reader.problem("want_texts", key=f"dibujo.{name}")
    return model.FieldGrid(tuple(fields))


def _check(reader: Reader, item: Mapping[str, Any], name: str) -> Element:
    return model.Check(_label(reader, item, name), checked=_yes(item, "marcada"))


def _options(reader: Reader, item: Mapping[str, Any], name: str) -> Element:
    return model.Options(_labels(reader, item, name), chosen=reader.text(item, "elegida"))


def _buttons(reader: Reader, item: Mapping[str, Any], name: str) -> Element:
    return model.Buttons(_labels(reader, item, name))


def _links(reader: Reader, item: Mapping[str, Any], name: str) -> Element:
    return model.Links(_labels(reader, item, name))


def _table(reader: Reader, item: Mapping[str, Any], name: str) -> Element | None:
    data = reader.mapping(item, name)
    if data is None:
        return None
    reader.known(data, ("columnas", "filas", "enlaces"), "dibujo.tabla.")
    columns = _labels(reader, data, "columnas")
    rows = []
    for row in data.get("filas") or []:
        if not isinstance(row, list) or len(row) != len(columns):
            reader.problem("bad_row", have=len(row) if isinstance(row, list) else 1, want=len(columns))
            continue
        rows.append(tuple(model.Label.read(str(cell)) for cell in row))
    links = reader.texts(data, "enlaces")
    for link in links:
        if link not in [column.text for column in columns]:
            reader.problem("bad_link_column", value=link)
    return model.Table(columns, tuple(rows), links)


def _alert(reader: Reader, item: Mapping[str, Any], name: str) -> Element:
    return model.Alert(_label(reader, item, name), kind=_choice(reader, item, "tipo", _ALERT_KINDS, "aviso"))


def _tree(reader: Reader, item: Mapping[str, Any], name: str) -> Element:
    return model.Tree(_tree_items(reader, item.get(name)))


def _tree_items(reader: Reader, raw: Any) -> tuple[model.TreeItem, ...]:
    items = []
    for entry in raw if isinstance(raw, list) else [raw]:
        if isinstance(entry, str):
            items.append(model.TreeItem(model.Label.read(entry)))
        elif isinstance(entry, Mapping):
            items += [model.TreeItem(model.Label.read(str(k)), _tree_items(reader, v)) for k, v in entry.items()]
        else:
            reader.problem("want_texts", key="dibujo.arbol")
    return tuple(items)


def _stages(reader: Reader, item: Mapping[str, Any], name: str) -> Element:
    return model.Stages(_labels(reader, item, name), current=reader.number(item, "actual", 1))


def _card(reader: Reader, item: Mapping[str, Any], name: str) -> Element | None:
    data = reader.mapping(item, name)
    if data is None:
        return None
    return model.Card(tuple((model.Label.read(str(key)), " ".join(str(value).split())) for key, value in data.items()))


_Maker = Callable[["Reader", Mapping[str, Any], str], "Element | None"]
_MAKERS: Mapping[str, tuple[_Maker, tuple[str, ...]]] = {
    "titulo": (_heading, ()),
    "texto": (_paragraph, ()),
    "nota": (_paragraph, ()),
    "campo": (_field, ("valor", "tipo", "obligatorio")),
    "campos": (_grid, ()),
    "casilla": (_check, ("marcada",)),
    "opciones": (_options, ("elegida",)),
    "boton": (_buttons, ()),
    "botones": (_buttons, ()),
    "enlace": (_links, ()),
    "enlaces": (_links, ()),
    "tabla": (_table, ()),
    "alerta": (_alert, ("tipo",)),
    "arbol": (_tree, ()),
    "etapas": (_stages, ("actual",)),
    "ficha": (_card, ()),
}
