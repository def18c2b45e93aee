"""Each bend of the loading still takes hold of something in Rasa, and a model is the same with it."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, get_type_hints

from bot.brain.loading_bends import JSON_NAME, bend_loading
from bot.brain.rasa_bends import bend_rasa
from bot.settings import ROOT

bend_rasa()


class OneFolder:
    """A model's storage with one component in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write_to(self, _resource: object) -> OneFolder:
        return self

    read_from = write_to

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(self, *_error: object) -> None:
        return None


def test_a_domain_is_the_same_by_rasas_reading_and_by_either_of_ours(tmp_path: Path) -> None:
    from rasa.graph_components.providers.domain_provider import DomainProvider
    from rasa.shared.core.domain import Domain

    bend_loading()
    storage = OneFolder(tmp_path)
    domain = Domain.from_file(str(ROOT / "domain.yml"))
    for file in sorted((ROOT / "data" / "responses").glob("*.yml")):
        domain = domain.merge(Domain.from_file(str(file)))
    DomainProvider(storage, None)._persist(domain)
    expected = Domain.from_path(str(tmp_path))
    quick = DomainProvider.load({}, storage, None, None)._domain
    (tmp_path / JSON_NAME).unlink()
    older = DomainProvider.load({}, storage, None, None)._domain
    assert quick.as_dict() == older.as_dict() == expected.as_dict()
    for found in (quick, older):
        assert found.fingerprint() == expected.fingerprint()
        assert [slot.name for slot in found.slots] == [slot.name for slot in expected.slots]
    assert len(expected.responses) > 100


def test_a_bent_component_says_the_types_that_rasa_asks_for_before_it_trains() -> None:
    from rasa.engine.graph import ExecutionContext
    from rasa.engine.storage.storage import ModelStorage
    from rasa.graph_components.providers.domain_provider import DomainProvider

    bend_loading()
    bend_loading()
    hints = get_type_hints(DomainProvider.load)
    assert (hints["model_storage"], hints["execution_context"]) == (ModelStorage, ExecutionContext)
    assert hints["config"] == dict[str, Any] or str(hints["config"]) == "typing.Dict[str, typing.Any]"


def test_rasa_still_reads_and_writes_a_models_domain_there() -> None:
    from rasa.graph_components.providers import domain_provider

    source = inspect.getsource(domain_provider)
    assert "Domain.from_path(resource_directory)" in source
    assert 'domain.persist(resource_directory / "domain.yml")' in source
