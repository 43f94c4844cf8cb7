"""The two pipelines behind one interface: train on a folder of sentences, load, parse.

Rasa is imported inside the functions, so that a measurement pays only for the pipeline it measures.
"""

import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from nlu.interpreter import FALLBACK, Entity, Parse, Ranked, Value
from nlu.language import detect_language
from nlu.numerals import plain_number
from nlu.rasa_setup import MESSAGE_INPUT, quiet_rasa

OURS, DEFAULT = "ours", "default"

_RANKED = 5
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class Engine(Protocol):
    """A loaded model."""

    def parse_now(self, text: str) -> Parse: ...

    def parse_all(self, texts: Sequence[str]) -> list[Parse]: ...


def train(name: str, archive: Path, data_dir: Path, config: Path) -> None:
    """Train the pipeline called `name`, described by `config`, on the sentences in `data_dir`, into `archive`."""
    if name == OURS:
        _train_ours(archive, data_dir, config)
    else:
        _train_default(archive, data_dir, config)


def _train_ours(archive: Path, data_dir: Path, config: Path) -> None:
    from nlu.training import train_archive
    from nlu.training_data import read_training_data

    def tell(stage: str, fraction: float) -> None:
        print(f"  {fraction:4.0%} {stage}", file=sys.stderr, flush=True)

    train_archive(read_training_data(data_dir), archive, config_file=config, progress=tell)


def _train_default(archive: Path, data_dir: Path, config: Path) -> None:
    """As `rasa train nlu` does."""
    with tempfile.TemporaryDirectory(prefix=".rasa-", dir=archive.parent) as folder, quiet_rasa(Path(folder)):
        from rasa.model_training import train_nlu

        train_nlu(str(config), str(data_dir), str(archive.parent), fixed_model_name=archive.name)


def load(name: str, archive: Path) -> Engine:
    """The model of the pipeline called `name`, ready to parse."""
    if name == DEFAULT:
        return DefaultPipeline(archive)
    from nlu.rasa_interpreter import RasaInterpreter

    return RasaInterpreter.load(archive)


class DefaultPipeline:
    """Rasa's default pipeline on Rasa's own graph runner: what its server does for a message, without the server."""

    def __init__(self, archive: Path) -> None:
        # Stock components may read from the unpacked archive later: it stays as long as the model does.
        self._folder = tempfile.TemporaryDirectory(prefix="rasa-default-")
        with quiet_rasa():
            from rasa.core.channels.channel import UserMessage
            from rasa.engine.loader import load_predict_graph_runner
            from rasa.engine.runner.dask import DaskGraphRunner
            from rasa.engine.storage.local_model_storage import LocalModelStorage

            about, self._runner = load_predict_graph_runner(
                Path(self._folder.name), archive, LocalModelStorage, DaskGraphRunner
            )
        self._message: Any = UserMessage
        self._target: str = about.nlu_target

    def parse_now(self, text: str) -> Parse:
        """What `text` means."""
        return self.parse_all([text])[0]

    def parse_all(self, texts: Sequence[str]) -> list[Parse]:
        """What each of `texts` means: one run of the graph for all of them."""
        inputs = {MESSAGE_INPUT: [self._message(text) for text in texts]}
        messages = self._runner.run(inputs, targets=[self._target])[self._target]
        return [_parse(text, message) for text, message in zip(texts, messages, strict=True)]


def _parse(text: str, message: Any) -> Parse:
    listed = [Ranked(one["name"], one["confidence"]) for one in message.get("intent_ranking") or []]
    # FallbackClassifier puts its own decision at the head of the ranking.
    ranking = tuple(ranked for ranked in listed if ranked.intent != FALLBACK)[:_RANKED] or (Ranked(FALLBACK, 0.0),)
    found = tuple(
        Entity(one["entity"], _value(one["value"]), text[one["start"] : one["end"]], one["start"], one["end"])
        for one in message.get("entities") or []
    )
    decided = message.get("intent")["name"] or FALLBACK
    return Parse(text, detect_language(text), decided, ranking[0].confidence, ranking, found)


def _value(value: Any) -> Value:
    """DIET and the synonym mapper know only strings; a value of digits is the number that the questions ask for."""
    return plain_number(float(value)) if _NUMBER.fullmatch(str(value)) else str(value)
