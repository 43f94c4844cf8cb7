"""Our graph runner and Rasa's own give the same, from the same archive."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.exceptions import GraphRunError
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage

from nlu.graph_runner import StraightGraphRunner
from nlu.rasa_interpreter import RasaInterpreter
from nlu.rasa_setup import MESSAGE_INPUT
from nlu.training import Model
from tests.nlu.conftest import SENTENCES

TEXTS = [sentence for sentences in SENTENCES.values() for sentence in sentences] + ["", "😭", "把两张卡卖500块"]


@dataclass
class Given:
    text: str


def loaded(runner_class: type[Any], model: Model, folder: Path) -> Any:
    folder.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_predict_graph_runner(folder, model.path, LocalModelStorage, runner_class)[1]


def outputs(runner: Any, target: str) -> list[dict[str, Any]]:
    messages = runner.run({MESSAGE_INPUT: [Given(text) for text in TEXTS]}, targets=[target])[target]
    return [message.as_dict(only_output_properties=True) for message in messages]


@pytest.mark.parametrize("target", ["decide", "extract", "classify"])
def test_both_runners_give_the_same(small_model: Model, tmp_path: Path, target: str) -> None:
    ours = outputs(loaded(StraightGraphRunner, small_model, tmp_path / "ours"), target)
    assert ours == outputs(loaded(DaskGraphRunner, small_model, tmp_path / "rasas"), target)
    assert len(ours) == len(TEXTS)


def test_a_missing_input_is_told(small_model: Model, tmp_path: Path) -> None:
    with pytest.raises(GraphRunError, match="__message__"):
        loaded(StraightGraphRunner, small_model, tmp_path / "ours").run({})


def test_many_at_once_are_understood_as_one_by_one(interpreter: RasaInterpreter) -> None:
    assert interpreter.parse_all(TEXTS) == [interpreter.parse_now(text) for text in TEXTS]
    assert interpreter.parse_all([]) == []
