"""What the hub counts, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class HubMetrics:
    """The hub's own numbers, in a registry of their own so that two hubs in one process do not collide.

    Attributes:
        turns: seconds from a message's turn to its committed answer, by ``result``
            (``answered``, ``dropped``, ``failed``).
        messages: messages that reached the log, by ``author``.
        errors: things that went wrong, by ``kind``.
        followers: open event streams.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.turns = Histogram(
            "ventanilla_turn_seconds", "Seconds for one turn", ["result"], buckets=BUCKETS, registry=self.registry
        )
        self.messages = Counter("ventanilla_messages", "Messages in the log", ["author"], registry=self.registry)
        self.errors = Counter("ventanilla_errors", "Things that went wrong", ["kind"], registry=self.registry)
        self.followers = Gauge("ventanilla_followers", "Open event streams", registry=self.registry)
