"""Train the model when there is none for today's data, and only then; one training at a time, whoever asks."""

import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout

from nlu.model_files import (
    About,
    archive_path,
    code_hash,
    file_hash,
    model_name,
    newest_model,
    put_in_place,
    remove_old_models,
    whole_model,
)
from nlu.rasa_setup import quiet_rasa
from nlu.settings import CONFIG_FILE
from nlu.training_data import DATA_DIR, Sentence, read_training_data

__all__ = ["Model", "Progress", "TrainingFailed", "ensure_model", "model_name", "newest_model", "train_archive"]

Progress = Callable[[str, float], None]
"""Told the stage that begins and how much of the whole is done, from 0 to 1."""

# What each node of the training graph does, and its share of the whole time (measured). Rasa chooses the order of nodes
# that do not need each other.
_STAGES = {
    "read": ("reading", 0.04),
    "learn_spelling": ("reading", 0.02),
    "normalise": ("tokenising", 0.04),
    "learn_words": ("tokenising", 0.04),
    "tokenise": ("tokenising", 0.12),
    "learn_ngrams": ("features", 0.18),
    "learn_entities": ("entities", 0.08),
    "learn_intents": ("classifier", 0.46),
}


_ALMOST_ALL = 0.97


class TrainingFailed(RuntimeError):
    """The model could not be trained; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model that is whole. `trained`: whether this call trained it; `reason`: why, or why not."""

    path: Path
    name: str
    trained: bool
    seconds: float
    sentences: int
    intents: int
    reason: str


def ensure_model(
    data_dir: Path,
    *,
    progress: Progress | None = None,
    force: bool = False,
    training_dir: Path = DATA_DIR,
    config_file: Path = CONFIG_FILE,
) -> Model:
    """The model of today's data, settings, components and lexicons; trains it when it is missing or not whole.

    A second caller waits for the first and takes its model. `force` trains even though nothing changed. Raises
    `BadTrainingData` naming file and line, `TrainingFailed` for anything else that is wrong with data or settings.
    """
    tell = progress or (lambda stage, fraction: None)
    asked = time.time()
    archive = archive_path(data_dir, model_name(training_dir, config_file))
    about = whole_model(archive)
    if about and not force:
        return _model(archive, about, trained=False, reason="nothing changed")
    archive.parent.mkdir(parents=True, exist_ok=True)
    with _lock(archive.parent, tell):
        # The data may have changed while we waited.
        archive = archive_path(data_dir, model_name(training_dir, config_file))
        about = whole_model(archive)
        if about and (not force or archive.stat().st_mtime > asked):
            return _model(archive, about, trained=False, reason="trained meanwhile by another process")
        reason = _why_train(archive, about)
        tell(reason, 0.0)
        about = _train(archive, read_training_data(training_dir), config_file, tell)
    tell("done", 1.0)
    return _model(archive, about, trained=True, reason=reason)


def _why_train(archive: Path, about: About | None) -> str:
    if about:
        return "asked for"
    return "the model on disk was damaged or foreign" if archive.exists() else "no model for this data yet"


def _model(archive: Path, about: About, *, trained: bool, reason: str) -> Model:
    return Model(archive, about.name, trained, about.seconds, about.sentences, about.intents, reason)


def _lock(folder: Path, tell: Progress) -> FileLock:
    lock = FileLock(folder / ".training.lock")
    try:
        lock.acquire(timeout=0)
        lock.release()
    except Timeout:
        tell("waiting for another training", 0.0)
    return lock


def _train(archive: Path, sentences: list[Sentence], config_file: Path, tell: Progress) -> About:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=".training-", dir=archive.parent) as folder:
        packed = Path(folder) / "packed.tar.gz"
        train_archive(sentences, packed, config_file=config_file, progress=tell)
        about = About(
            archive.name.removesuffix(".tar.gz"),
            code_hash(),
            file_hash(packed),
            round(time.monotonic() - started, 2),
            len(sentences),
            len({sentence.intent for sentence in sentences}),
        )
        put_in_place(packed, archive, about)
    remove_old_models(archive)
    return about


def train_archive(
    sentences: Sequence[Sentence], archive: Path, *, config_file: Path = CONFIG_FILE, progress: Progress | None = None
) -> None:
    """Train on `sentences` with Rasa's own trainer and pack the model into `archive`. Raises `TrainingFailed`."""
    if len({sentence.intent for sentence in sentences}) < 2:
        raise TrainingFailed("the training data needs sentences of at least two intents")
    with (
        tempfile.TemporaryDirectory(prefix=".rasa-", dir=archive.parent) as folder,
        quiet_rasa(Path(folder) / "cache"),
        _garbage_left_alone(),
    ):
        from rasa.engine.caching import LocalTrainingCache
        from rasa.engine.recipes.graph_recipe import GraphV1Recipe
        from rasa.engine.storage.local_model_storage import LocalModelStorage
        from rasa.engine.training.graph_trainer import GraphTrainer
        from rasa.shared.data import TrainingType
        from rasa.shared.exceptions import RasaException

        from nlu.rasa_importer import FixedImporter

        storage = Path(folder) / "storage"
        storage.mkdir()
        runner = _telling_runner(progress or (lambda stage, fraction: None))
        try:
            config = yaml.load(config_file.read_text(encoding="utf-8"), yaml.CSafeLoader)
            graph = GraphV1Recipe().graph_config_for_recipe(config, {}, TrainingType.NLU)
            trainer = GraphTrainer(LocalModelStorage.create(storage), LocalTrainingCache(), runner)
            trainer.train(graph, FixedImporter(sentences), archive, force_retraining=True)
        except RasaException as error:
            raise TrainingFailed(str(error.__cause__ or error)) from error


@contextmanager
def _garbage_left_alone() -> Iterator[None]:
    """Training makes millions of small things and no cycles: looking for cycles would take a sixth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _telling_runner(tell: Progress) -> Any:
    """Rasa's graph runner, telling which stage begins whenever a node of the training graph does."""
    from rasa.engine.graph import GraphNodeHook
    from rasa.engine.runner.dask import DaskGraphRunner

    done = 0.0

    class TellStage(GraphNodeHook):
        def on_before_node(self, node_name: str, *_: Any, **__: Any) -> dict[str, Any]:
            if node_name in _STAGES:
                tell(_STAGES[node_name][0], round(done, 2))
            return {}

        def on_after_node(self, node_name: str, *_: Any, **__: Any) -> None:
            nonlocal done
            done += _STAGES.get(node_name, ("", 0.0))[1]
            if done > _ALMOST_ALL:
                tell("saving", round(done, 2))

    class TellingRunner(DaskGraphRunner):
        @classmethod
        def create(
            cls, graph_schema: Any, model_storage: Any, execution_context: Any, hooks: Any = None
        ) -> "TellingRunner":
            return cls(graph_schema, model_storage, execution_context, [*(hooks or []), TellStage()])

    return TellingRunner
