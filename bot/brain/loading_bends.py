"""Where Rasa's loading of a model is bent: a model is loaded beside the one that answers, and must not hold it up.

``tests/unit/brain/test_loading_bends.py`` fails when Rasa no longer has what a bend takes hold of.

===============  ====================================================================================================
bend             why
===============  ====================================================================================================
domain as JSON   Rasa reads the domain that it wrote itself six times over as YAML and validates it twice: nine tenths
                 of the time that loading takes. A model holds it as JSON, too; of an older one the YAML is read once
===============  ====================================================================================================
"""

from __future__ import annotations

import json
from functools import wraps
from pathlib import Path
from typing import Any

YAML_NAME, JSON_NAME = "domain.yml", "domain.json"


def bend_loading() -> None:
    """Applies every bend, to processes that load models and to those that train them; twice changes nothing."""
    from rasa.graph_components.providers.domain_provider import DomainProvider

    if DomainProvider._persist is not _persist:
        # Rasa checks the types that a component's functions say of themselves before it trains.
        DomainProvider.load = classmethod(wraps(DomainProvider.load.__func__)(_load))
        DomainProvider._persist = _persist


def _load(cls: Any, /, config: Any, model_storage: Any, resource: Any, execution_context: Any, **_more: Any) -> Any:
    from rasa.shared.core.domain import Domain

    with model_storage.read_from(resource) as folder:
        return cls(model_storage, resource, Domain.from_dict(_written(Path(folder))))


def _persist(self: Any, domain: Any) -> None:
    with self._model_storage.write_to(self._resource) as folder:
        domain.persist(folder / YAML_NAME)
        # Of what was written, not of the domain: a model answers alike whichever of the two it is loaded from.
        content = json.dumps(_yaml(Path(folder)), ensure_ascii=False)
        (Path(folder) / JSON_NAME).write_text(content, encoding="utf-8")


def _written(folder: Path) -> dict[str, Any]:
    file = folder / JSON_NAME
    content = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else _yaml(folder)
    return dict(content)


def _yaml(folder: Path) -> Any:
    from rasa.shared.utils.io import read_yaml

    return read_yaml((folder / YAML_NAME).read_text(encoding="utf-8"))
