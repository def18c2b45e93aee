"""The planted edits of ``ediciones.yml`` as changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

Edit = Mapping[str, Any]


def planted(which: str) -> list[Edit]:
    """``malas`` or ``buenas``."""
    content = YAML(typ="safe").load((Path(__file__).parent / "ediciones.yml").read_text(encoding="utf-8"))
    return list(content[which])


def as_changes(edit: Edit) -> list[tuple[str, dict[str, Any]]]:
    """Kind and body of each change of an edit."""
    if "nuevo" in edit:
        answer = {"kind": "text", "text": "Se lo explico en seguida."}
        body = {"name": edit["nuevo"], "title": edit["titulo"], "examples": edit["frases"], "answer": answer}
        return [("create_intent", body)]
    if edit["clase"] == "respuesta":
        return [("edit_response", {"name": edit["respuesta"], "before": "", "after": "Con gusto."})]
    if edit["clase"] == "quitar":
        return [("remove_example", {"intent": edit["intencion"], "text": text}) for text in edit["frases"]]
    if edit["clase"] == "correccion":
        return [
            ("edit_example", {"intent": edit["intencion"], "before": edit["antes"], "after": edit["despues"]}),
        ]
    return [("add_examples", {"intent": edit["intencion"], "texts": edit["frases"]})]
