"""Runs a model's graph node after node, where Rasa's own runner plans every run anew with dask."""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage


class PlainGraphRunner(GraphRunner):
    """A runner for prediction: the order of the nodes is found once for each set of targets.

    Args:
        schema: the graph.
        nodes: its nodes by name, ready to be called.
    """

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        self._schema = schema
        self._nodes = nodes
        self._orders: dict[tuple[str, ...], list[str]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> PlainGraphRunner:
        """A runner whose components are loaded."""
        nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        return cls(graph_schema, nodes)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Runs what the targets need.

        Args:
            inputs: what the graph is given, by the name under which its nodes ask for it.
            targets: the nodes whose output is wanted; the graph's own targets when none are named.

        Returns:
            The output of each target by its name.

        Raises:
            GraphRunError: an input has the name of a node, or a node's input is not to be had.
        """
        wanted = tuple(targets or self._schema.target_names)
        outputs = {name: (name, value) for name, value in (inputs or {}).items()}
        if clash := outputs.keys() & self._nodes.keys():
            raise GraphRunError(f"Input values {sorted(clash)} have the names of nodes of the graph.")
        for name in self._order(wanted):
            needs = self._schema.nodes[name].needs.values()
            outputs[name] = self._nodes[name](*(outputs.get(need, need) for need in needs))
        return {name: outputs[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[str]:
        """The nodes that the targets need, each after those that it needs itself."""
        if targets not in self._orders:
            order: dict[str, None] = {}
            for target in targets:
                self._visit(target, order)
            self._orders[targets] = list(order)
        return self._orders[targets]

    def _visit(self, name: str, order: dict[str, None]) -> None:
        if name in order or name not in self._schema.nodes:
            return
        for need in self._schema.nodes[name].needs.values():
            self._visit(need, order)
        order[name] = None
