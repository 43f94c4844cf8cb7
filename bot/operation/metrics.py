"""Counters for Prometheus. They know topics and outcomes, never who or what was written."""

import time
from collections.abc import Awaitable, Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.replies import Reply
from bot.turns import Turn
from nlu.interpreter import FALLBACK, Interpreter, Parse

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

Answer = Callable[[Turn], Awaitable[tuple[Reply, ...]]]


class Metrics:
    """What one process has done since it started, and what waits."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        to = self.registry
        self._messages = Counter("cardwise_messages", "What people sent, by kind", ["kind"], registry=to)
        self._failed = Counter("cardwise_failed", "Messages whose handling failed", registry=to)
        self._intents = Counter("cardwise_intents", "What messages were understood as", ["intent"], registry=to)
        self._fallbacks = Counter("cardwise_fallbacks", "Messages that were not understood", registry=to)
        self._parsing = Histogram("cardwise_parse_seconds", "Understanding one message", buckets=_SECONDS, registry=to)
        self._answering = Histogram(
            "cardwise_answer_seconds",
            "From its turn to its answer, without sending",
            buckets=_SECONDS,
            registry=to,
        )
        self._sends = Counter("cardwise_sends", "Calls that send or change a message", ["lane", "outcome"], registry=to)
        self._queue = Gauge("cardwise_queue", "Updates that are stored and not answered yet", registry=to)
        self._oldest = Gauge("cardwise_queue_oldest_seconds", "How long the oldest of them has waited", registry=to)
        self._processes = Gauge("cardwise_processes", "Bot processes on this database", registry=to)
        self._model = Gauge("cardwise_model_ready", "Whether free text can be understood now", registry=to)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)

    def answering(self, answer: Answer) -> Answer:
        """The same answers, counted and timed."""

        async def counted(turn: Turn) -> tuple[Reply, ...]:
            self._messages.labels(turn.kind.value).inc()
            started = time.perf_counter()
            try:
                return await answer(turn)
            except Exception:
                self._failed.inc()
                raise
            finally:
                self._answering.observe(time.perf_counter() - started)

        return counted

    def understanding(self, interpreter: Callable[[], Interpreter | None]) -> Callable[[], Interpreter | None]:
        """The same interpreter, counted and timed."""

        def counted() -> Interpreter | None:
            now = interpreter()
            return _Counted(now, self) if now is not None else None

        return counted

    def understood(self, parse: Parse, seconds: float) -> None:
        self._parsing.observe(seconds)
        if parse.intent == FALLBACK:
            self._fallbacks.inc()
        self._intents.labels(parse.intent).inc()

    def sent(self, lane: str, outcome: str) -> None:
        self._sends.labels(lane, outcome).inc()

    def seen(self, *, queue: int, oldest: float, processes: int, model: bool) -> None:
        """How it stands now."""
        self._queue.set(queue)
        self._oldest.set(oldest)
        self._processes.set(processes)
        self._model.set(model)


class _Counted:
    def __init__(self, interpreter: Interpreter, metrics: Metrics) -> None:
        self._interpreter = interpreter
        self._metrics = metrics

    async def parse(self, text: str) -> Parse:
        started = time.perf_counter()
        parse = await self._interpreter.parse(text)
        self._metrics.understood(parse, time.perf_counter() - started)
        return parse
