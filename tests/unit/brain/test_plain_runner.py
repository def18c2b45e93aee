"""The plain runner gives what Rasa's runner gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.brain.rasa_bends import bend_rasa

bend_rasa()

from rasa.engine.exceptions import GraphRunError  # noqa: E402
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode  # noqa: E402
from rasa.engine.runner.dask import DaskGraphRunner  # noqa: E402
from rasa.engine.storage.local_model_storage import LocalModelStorage  # noqa: E402

from bot.brain.plain_runner import PlainGraphRunner  # noqa: E402


class Adder(GraphComponent):
    """Adds what it is given, and counts how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    @classmethod
    def create(cls, *_args: Any, **_kwargs: Any) -> Adder:
        return cls()

    def add(self, left: int, right: int) -> int:
        self.calls += 1
        return left + right


def node(left: str, right: str) -> SchemaNode:
    return SchemaNode({"left": left, "right": right}, Adder, "create", "add", {}, eager=True)


# «late» is written before what it needs; «aside» is needed by nobody.
GRAPH = GraphSchema({"late": node("early", "x"), "early": node("x", "y"), "aside": node("x", "x")})


def runner(kind: Any, folder: Path) -> Any:
    return kind.create(GRAPH, LocalModelStorage.create(folder), ExecutionContext(GRAPH))


@pytest.mark.parametrize("targets", [["late"], ["early"], ["late", "aside"]])
def test_the_outputs_are_those_of_rasas_own_runner(tmp_path: Path, targets: list[str]) -> None:
    inputs = {"x": 2, "y": 3}
    expected = runner(DaskGraphRunner, tmp_path).run(inputs=dict(inputs), targets=targets)
    assert runner(PlainGraphRunner, tmp_path).run(inputs=dict(inputs), targets=targets) == expected


def test_only_what_a_target_needs_is_run_and_each_node_once(tmp_path: Path) -> None:
    plain = runner(PlainGraphRunner, tmp_path)
    for _ in range(2):
        plain.run(inputs={"x": 1, "y": 1}, targets=["late"])
    calls = {name: each._component.calls for name, each in plain._nodes.items()}
    assert calls == {"late": 2, "early": 2, "aside": 0}


def test_an_input_with_the_name_of_a_node_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GraphRunError, match="early"):
        runner(PlainGraphRunner, tmp_path).run(inputs={"x": 1, "early": 2}, targets=["late"])


def test_a_missing_input_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(GraphRunError, match="'y'"):
        runner(PlainGraphRunner, tmp_path).run(inputs={"x": 1}, targets=["late"])


def test_rasa_takes_its_runner_from_where_the_plain_one_is_put() -> None:
    import rasa.core.processor

    assert rasa.core.processor.DaskGraphRunner is PlainGraphRunner
