"""A model is trained once for the same data, by one at a time, and a broken one is replaced."""

import json
import os
import threading
import time
from pathlib import Path

import pytest

from nlu import training
from nlu.interpreter import Interpreter
from nlu.model_files import (
    About,
    archive_path,
    code_hash,
    model_name,
    models_dir,
    newest_model,
    put_in_place,
    whole_model,
)
from nlu.rasa_interpreter import RasaInterpreter
from nlu.training import Model, TrainingFailed, ensure_model
from nlu.training_data import BadTrainingData
from tests.nlu.conftest import SENTENCES, small_config, write_sentences


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, Path]:
    """Training data and settings of our own."""
    return write_sentences(tmp_path / "data", SENTENCES), small_config(tmp_path)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A training that takes a moment and writes a file instead of a model; gives the archives it was asked for."""
    asked: list[Path] = []

    def quick(sentences: object, archive: Path, **_: object) -> None:
        asked.append(archive)
        time.sleep(0.2)
        archive.write_bytes(b"model")

    monkeypatch.setattr(training, "train_archive", quick)
    return asked


def ensured(folder: Path, place: tuple[Path, Path], force: bool = False) -> Model:
    return ensure_model(folder, training_dir=place[0], config_file=place[1], force=force)


def test_what_was_trained_says_so(small_model: Model) -> None:
    assert small_model.trained
    assert small_model.path.name == f"{small_model.name}.tar.gz"
    assert (small_model.sentences, small_model.intents) == (20, 4)
    assert whole_model(small_model.path) is not None


def test_nothing_is_left_beside_the_model(small_model: Model) -> None:
    left = {path.name for path in small_model.path.parent.iterdir()}
    assert left <= {small_model.path.name, f"{small_model.name}.json", ".training.lock"}


def test_nothing_changed_nothing_trained(tmp_path: Path, place: tuple[Path, Path], counted: list[Path]) -> None:
    first, second = ensured(tmp_path, place), ensured(tmp_path, place)
    assert (first.trained, second.trained) == (True, False)
    assert second.reason == "nothing changed"
    assert ensured(tmp_path, place, force=True).trained
    assert len(counted) == 2


def test_a_new_sentence_or_setting_makes_another_model(tmp_path: Path, place: tuple[Path, Path]) -> None:
    data, config = place
    names = {model_name(data, config)}
    (data / "zh" / "greet.yml").write_text('version: "3.1"\nnlu: []\n', encoding="utf-8")
    names.add(model_name(data, config))
    config.write_text(config.read_text(encoding="utf-8").replace("threshold: 0.", "threshold: 0.1"), encoding="utf-8")
    names.add(model_name(data, config))
    assert len(names) == 3


def test_two_at_once_train_once(tmp_path: Path, place: tuple[Path, Path], counted: list[Path]) -> None:
    models: list[Model] = []
    threads = [threading.Thread(target=lambda: models.append(ensured(tmp_path, place))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counted) == 1
    assert sorted(model.trained for model in models) == [False, False, False, True]
    assert {model.path for model in models} == {models[0].path}


def test_a_damaged_model_is_replaced(tmp_path: Path, place: tuple[Path, Path], counted: list[Path]) -> None:
    path = ensured(tmp_path, place).path
    path.write_bytes(b"half of a mod")
    assert newest_model(tmp_path) is None
    again = ensured(tmp_path, place)
    assert again.trained
    assert again.reason == "the model on disk was damaged or foreign"
    assert newest_model(tmp_path) == path


def test_a_foreign_model_is_replaced(tmp_path: Path, place: tuple[Path, Path], counted: list[Path]) -> None:
    foreign = archive_path(tmp_path, model_name(*place))
    foreign.parent.mkdir()
    foreign.write_bytes(b"some other model")
    assert ensured(tmp_path, place).trained


def test_a_model_of_other_components_is_not_taken(
    tmp_path: Path, place: tuple[Path, Path], counted: list[Path]
) -> None:
    path = ensured(tmp_path, place).path
    described = path.with_name(path.name.replace(".tar.gz", ".json"))
    told = json.loads(described.read_text(encoding="utf-8"))
    described.write_text(json.dumps({**told, "code": "0" * 12}), encoding="utf-8")
    assert newest_model(tmp_path) is None
    described.write_text(json.dumps(told), encoding="utf-8")
    assert newest_model(tmp_path) == path


def test_the_newest_whole_model_is_found(tmp_path: Path) -> None:
    assert newest_model(tmp_path) is None
    models_dir(tmp_path).mkdir()
    for name in ("cardwise-one", "cardwise-two"):
        packed = tmp_path / "packed"
        packed.write_bytes(b"model")
        digest = "9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4"
        put_in_place(packed, archive_path(tmp_path, name), About(name, code_hash(), digest, 1.0, 2, 2))
        time.sleep(0.02)
    assert newest_model(tmp_path) == archive_path(tmp_path, "cardwise-two")


def test_a_mistake_in_the_data_is_told(tmp_path: Path, place: tuple[Path, Path]) -> None:
    (place[0] / "zh" / "greet.yml").write_text("nlu: [", encoding="utf-8")
    with pytest.raises(BadTrainingData, match=r"greet\.yml:\d"):
        ensured(tmp_path, place)


def test_a_mistake_in_the_settings_is_told(tmp_path: Path, place: tuple[Path, Path]) -> None:
    text = place[1].read_text(encoding="utf-8")
    place[1].write_text(text.replace("hidden: 64", "hiden: 64"), encoding="utf-8")
    with pytest.raises(TrainingFailed, match=r"IntentClassifier has no setting 'hiden'; it takes .*hidden"):
        ensured(tmp_path, place)


def test_one_intent_is_too_few(tmp_path: Path) -> None:
    data = write_sentences(tmp_path / "data", {"greet": ["你好", "hi"]})
    with pytest.raises(TrainingFailed, match="at least two intents"):
        ensured(tmp_path, (data, small_config(tmp_path)))


def test_progress_goes_from_nothing_to_all(tmp_path: Path, place: tuple[Path, Path]) -> None:
    told: list[tuple[str, float]] = []
    model = ensure_model(
        tmp_path, training_dir=place[0], config_file=place[1], progress=lambda *told_: told.append(told_)
    )
    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions)
    assert told[-1] == ("done", 1.0)
    assert {"reading", "tokenising", "features", "classifier", "entities", "saving"} <= {stage for stage, _ in told}
    loaded: Interpreter = RasaInterpreter.load(model.path)
    assert loaded is not None


@pytest.mark.model
def test_the_model_of_everything_knows_every_intent(model_path: Path) -> None:
    about = whole_model(model_path)
    assert about is not None
    assert about.intents == 58


def test_old_models_go_and_todays_stays(tmp_path: Path, place: tuple[Path, Path], counted: list[Path]) -> None:
    todays = ensured(tmp_path, place).path
    models = []
    for age in range(1, 6):
        model = archive_path(tmp_path, f"cardwise-{age:012x}")
        model.write_bytes(b"model")
        model.with_name(f"cardwise-{age:012x}.json").write_text("{}", encoding="utf-8")
        os.utime(model, (time.time() + 3600 - age, time.time() + 3600 - age))
        models.append(model)
    kept_by_hand = archive_path(tmp_path, "cardwise-baseline")
    kept_by_hand.write_bytes(b"model")
    assert ensured(tmp_path, place, force=True).path == todays
    assert kept_by_hand.exists()
    kept_by_hand.unlink()
    left = {path.name for path in todays.parent.glob("cardwise-*")}
    assert left == {todays.name, f"{todays.name[:-7]}.json"} | {
        name for age in (1, 2) for name in (f"cardwise-{age:012x}.tar.gz", f"cardwise-{age:012x}.json")
    }
