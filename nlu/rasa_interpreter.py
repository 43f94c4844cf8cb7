"""The interpreter that runs a trained model through Rasa's graph runner, in one worker thread off the event loop."""

import asyncio
import gc
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from nlu.interpreter import Entity, Parse, Ranked
from nlu.language import detect_language
from nlu.rasa_setup import MESSAGE_INPUT, quiet_rasa


class ModelUnusable(Exception):
    """The archive cannot be loaded: missing, damaged, or not a model of ours. The message is one line."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What the graph is given. Rasa logs its inputs: this one does not show its text."""

    text: str = field(repr=False)


class RasaInterpreter:
    """Tells what messages mean. Close it when done; closing twice is fine."""

    def __init__(self, runner: Any, target: str) -> None:
        """`runner`: a loaded graph runner; `target`: the node that decides. Use `load` instead."""
        self._runner = runner
        self._targets = [target]
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="nlu")

    @classmethod
    def load(cls, model_path: Path) -> "RasaInterpreter":
        """The interpreter of the model in `model_path`; takes about two seconds. Raises `ModelUnusable`."""
        with quiet_rasa():
            from rasa.engine.loader import load_predict_graph_runner
            from rasa.engine.storage.local_model_storage import LocalModelStorage

            from nlu.graph_runner import StraightGraphRunner

            # The components keep what they need in memory, so the unpacked archive can go at once.
            with tempfile.TemporaryDirectory(prefix="cardwise-model-") as folder:
                try:
                    about, runner = load_predict_graph_runner(
                        Path(folder), model_path, LocalModelStorage, StraightGraphRunner
                    )
                except Exception as error:
                    raise ModelUnusable(
                        f"{model_path}: cannot be loaded ({type(error).__name__}); train again"
                    ) from error
        _leave_to_rest()
        # One message is far too little for several threads: they would only spin, each on a processor of its own.
        threadpool_limits(1, user_api="blas")
        return cls(runner, about.nlu_target)

    async def parse(self, text: str) -> Parse:
        """What `text` means, computed in the worker thread. Never raises because of a text."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, self.parse_now, text)

    def parse_now(self, text: str) -> Parse:
        """Like `parse`, in the calling thread. Safe from several threads."""
        return self.parse_all([text])[0]

    def parse_all(self, texts: Sequence[str]) -> list[Parse]:
        """What each of `texts` means, in their order, in the calling thread: one run of the graph for all of them."""
        result = self._runner.run({MESSAGE_INPUT: [_Question(text) for text in texts]}, targets=self._targets)
        return [_parse(text, message) for text, message in zip(texts, result[self._targets[0]], strict=True)]

    def close(self) -> None:
        """Wait until the worker thread has finished what it was given, and end it."""
        self._worker.shutdown(wait=True)


def _leave_to_rest() -> None:
    """Spare Python's garbage collector what a model keeps for good: going through it stops everything for 50 ms."""
    gc.collect()
    gc.freeze()


def _parse(text: str, message: Any) -> Parse:
    data = message.data
    ranking = tuple([Ranked(ranked["name"], ranked["confidence"]) for ranked in data["intent_ranking"]])
    found = tuple(
        [Entity(one["entity"], one["value"], one["text"], one["start"], one["end"]) for one in data["entities"]]
    )
    return Parse(text, detect_language(text), data["intent"]["name"], ranking[0].confidence, ranking, found)
