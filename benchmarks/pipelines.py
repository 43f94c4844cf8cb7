"""The two pipelines as things to train and measure, each measurement in a process of its own."""

import hashlib
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, CalledProcessError, Popen, run

import yaml

from benchmarks.engines import DEFAULT, OURS
from benchmarks.environment import default_python, worker_environment
from benchmarks.worker import Figures
from nlu.domain import PROJECT_ROOT
from nlu.model_files import model_name
from nlu.settings import CONFIG_FILE
from nlu.training_data import training_files

_DEFAULT_CONFIG = Path(__file__).with_name("rasa_default.yml")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One of the two: its name, the Python it runs in, its settings, where its model is, the epochs of DIET."""

    name: str
    python: Path
    config: Path
    archive: Path
    epochs: int | None = None

    def train(self, data_dir: Path) -> Figures:
        """Train, unless the model of these sentences and settings is there; what its training took."""
        note, key = self.archive.with_name(f"{self.name}.json"), self._model_key(data_dir)
        if note.exists() and (known := json.loads(note.read_text(encoding="utf-8"))).pop("key") == key:
            figures: Figures = known
            return figures
        note.unlink(missing_ok=True)
        began, processor = time.perf_counter(), _children_seconds()
        self._run("train", data_dir, self.config)
        took = {"train_seconds": time.perf_counter() - began, "train_cpu_seconds": _children_seconds() - processor}
        note.write_text(json.dumps({"key": key, **took}), encoding="utf-8")
        return took

    def measure(self, what: str) -> Figures:
        """The figures of `quality` or `speed`. Raises `CalledProcessError`."""
        figures: Figures = json.loads(self._run(what))
        return figures

    def start(self) -> tuple[float, float]:
        """Seconds until a fresh process has parsed one message, and its memory (MB) after some more."""
        command = self._command("start")
        began = time.perf_counter()
        with Popen(command, cwd=PROJECT_ROOT, env=worker_environment(), stdout=PIPE, text=True) as process:
            assert process.stdout
            process.stdout.readline()
            seconds = time.perf_counter() - began
            rest = process.stdout.read()
        if process.returncode:
            raise CalledProcessError(process.returncode, command)
        return seconds, float(json.loads(rest)["resident_mb"])

    def _command(self, what: str, *more: Path) -> list[str]:
        worker = [str(self.python), "-m", "benchmarks.worker"]
        return [*worker, what, self.name, str(self.archive), *map(str, more)]

    def _run(self, what: str, *more: Path) -> bytes:
        command = self._command(what, *more)
        return run(command, cwd=PROJECT_ROOT, env=worker_environment(), stdout=PIPE, check=True).stdout

    def _model_key(self, data_dir: Path) -> str:
        """What the model is made of: sentences and settings, and for ours its components and lexicons."""
        if self.name == OURS:
            return model_name(data_dir, self.config)
        digest = hashlib.sha256()
        for path in [self.config, *training_files(data_dir)]:
            digest.update(path.read_bytes())
        return digest.hexdigest()


def our_pipeline(folder: Path) -> Pipeline:
    """Ours, in the environment this runs in; its model goes into `folder`."""
    return Pipeline(OURS, Path(sys.executable), CONFIG_FILE, folder / f"{OURS}.tar.gz")


def default_pipeline(folder: Path, epochs: int | None) -> Pipeline:
    """Rasa's, in its own environment; DIET learns for so many epochs, or for as many as Rasa's settings say."""
    config = yaml.safe_load(_DEFAULT_CONFIG.read_text(encoding="utf-8"))
    diet = next(step for step in config["pipeline"] if "epochs" in step)
    diet["epochs"] = epochs or diet["epochs"]
    settings = folder / _DEFAULT_CONFIG.name
    settings.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return Pipeline(DEFAULT, default_python(), settings, folder / f"{DEFAULT}.tar.gz", diet["epochs"])


def _children_seconds() -> float:
    """The processor time of the processes started and ended so far; other programs on the machine do not change it."""
    times = os.times()
    return times.children_user + times.children_system
