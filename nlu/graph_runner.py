"""Run a Rasa graph straight through its nodes: the order is found once, when the model is loaded.

Rasa's own `DaskGraphRunner` builds a new dask graph and a debug line with the whole schema for every message, which
costs more than reading the message does. This one is another implementation of the same public interface.
"""

from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage


class StraightGraphRunner(GraphRunner):
    """Runs every node once, each after those it needs."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        """`nodes`: those of the `schema`, ready to run."""
        self._nodes = nodes
        self._needs = {name: tuple(node.needs.values()) for name, node in schema.nodes.items()}
        self._targets = list(schema.target_names)
        self._orders: dict[tuple[str, ...], list[str]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> "StraightGraphRunner":
        """A runner of `graph_schema` whose nodes have loaded what they need."""
        nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        return cls(graph_schema, nodes)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The output of each of `targets` (by default the schema's own). Raises Rasa's `GraphRunError` and others."""
        wanted = tuple(targets or self._targets)
        outputs = {name: (name, value) for name, value in (inputs or {}).items()}
        for name in self._order(wanted):
            outputs[name] = self._nodes[name](*[outputs.get(need, need) for need in self._needs[name]])
        return {name: outputs[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[str]:
        """The nodes that `targets` need, in an order in which they can run."""
        if targets not in self._orders:
            needed: dict[str, tuple[str, ...]] = {}
            waiting = list(targets)
            while waiting:
                name = waiting.pop()
                if name in self._nodes and name not in needed:
                    needed[name] = self._needs[name]
                    waiting += needed[name]
            sorted_names = TopologicalSorter(needed).static_order()
            self._orders[targets] = [name for name in sorted_names if name in self._nodes]
        return self._orders[targets]
