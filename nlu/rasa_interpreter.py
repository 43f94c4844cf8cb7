"""The interpreter that runs a trained model through Rasa's graph runner, in one worker thread off the event loop."""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from nlu.interpreter import FALLBACK, Entity, Parse, Ranked
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
        self._target = target
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="nlu")
        self._lock = Lock()

    @classmethod
    def load(cls, model_path: Path) -> "RasaInterpreter":
        """The interpreter of the model in `model_path`; takes about two seconds. Raises `ModelUnusable`."""
        with quiet_rasa():
            from rasa.engine.loader import load_predict_graph_runner
            from rasa.engine.runner.dask import DaskGraphRunner
            from rasa.engine.storage.local_model_storage import LocalModelStorage

            # The components keep what they need in memory, so the unpacked archive can go at once.
            with tempfile.TemporaryDirectory(prefix="cardwise-model-") as folder:
                try:
                    about, runner = load_predict_graph_runner(
                        Path(folder), model_path, LocalModelStorage, DaskGraphRunner
                    )
                except Exception as error:
                    raise ModelUnusable(
                        f"{model_path}: cannot be loaded ({type(error).__name__}); train again"
                    ) from error
        return cls(runner, about.nlu_target)

    async def parse(self, text: str) -> Parse:
        """What `text` means, computed in the worker thread. Never raises because of a text."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, self.parse_now, text)

    def parse_now(self, text: str) -> Parse:
        """Like `parse`, in the calling thread: for batches."""
        # The CRF keeps the message it is working on, so two threads must not share it at once.
        with self._lock:
            result = self._runner.run({MESSAGE_INPUT: [_Question(text)]}, targets=[self._target])
        return _parse(text, result[self._target][0])

    def close(self) -> None:
        """Wait until the worker thread has finished what it was given, and end it."""
        self._worker.shutdown(wait=True)


def _parse(text: str, message: Any) -> Parse:
    ranking = tuple(Ranked(ranked["name"], ranked["confidence"]) for ranked in message.get("intent_ranking"))
    found = tuple(
        Entity(entity["entity"], entity["value"], entity["text"], entity["start"], entity["end"])
        for entity in message.get("entities")
    )
    decided: str = message.get("intent")["name"]
    return Parse(text, detect_language(text), decided or FALLBACK, ranking[0].confidence, ranking[:RANKED], found)


RANKED = 5
"""How many intents a parse ranks."""
