"""The models on disk: how one is named, whether a file is whole, which is the newest.

`<data_dir>/models/cardwise-<hash>.tar.gz` is what Rasa packed; the `.json` beside it says what went in and how the
archive must hash, so that a damaged or foreign archive is noticed before it is loaded.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from nlu.settings import CONFIG_FILE
from nlu.training_data import DATA_DIR, training_files

_ARCHIVE, _ABOUT = ".tar.gz", ".json"

# One that somebody gave another name is theirs to remove.
_NAME_BY_HASH = re.compile(rf"cardwise-[0-9a-f]{{12}}{re.escape(_ARCHIVE)}")

MODELS_KEPT = 3
"""How many models stay: today's, and two to compare with or go back to."""

# The modules that decide what a model learns and how it reads; a change elsewhere in `nlu/` trains nothing anew.
_SOURCES = """
analysis candidates concepts decision features graph_component graph_entities graph_intent graph_text lexicon network
ngrams normalise numerals phrases rasa_importer settings spelling tagger tense tokens training_data
"""


@dataclass(frozen=True, slots=True)
class About:
    """What the file beside an archive says."""

    name: str
    code: str
    sha256: str
    seconds: float
    sentences: int
    intents: int


def models_dir(data_dir: Path) -> Path:
    """Where the models of `data_dir` are."""
    return data_dir / "models"


def archive_path(data_dir: Path, name: str) -> Path:
    """Where the archive of the model called `name` is or will be."""
    return models_dir(data_dir) / f"{name}{_ARCHIVE}"


def model_name(training_dir: Path = DATA_DIR, config_file: Path = CONFIG_FILE) -> str:
    """The name of the model that today's training data, settings, components and lexicons give."""
    digest = hashlib.sha256(f"rasa {version('rasa')}".encode())
    for label, path in _ingredients(training_dir, config_file):
        content = path.read_bytes()
        digest.update(f"\0{label}\0{len(content)}\0".encode())
        digest.update(content)
    return f"cardwise-{digest.hexdigest()[:12]}"


@lru_cache(maxsize=1)
def code_hash() -> str:
    """What tells whether a model was made by components like today's: others would read it wrongly."""
    digest = hashlib.sha256(f"rasa {version('rasa')}".encode())
    for module in _SOURCES.split():
        digest.update((Path(__file__).with_name(f"{module}.py")).read_bytes())
    return digest.hexdigest()[:12]


def _ingredients(training_dir: Path, config_file: Path) -> Iterable[tuple[str, Path]]:
    source = Path(__file__).parent
    yield "config", config_file
    for path in training_files(training_dir):
        yield f"data/{path.parent.name}/{path.name}", path
    for path in sorted((source / "lexicon").glob("*.yml")):
        yield f"lexicon/{path.name}", path
    for module in _SOURCES.split():
        yield f"source/{module}", source / f"{module}.py"


def whole_model(archive: Path) -> About | None:
    """What is known of `archive`; None when it is missing, damaged, or not one that we trained."""
    try:
        about = About(**json.loads(_about_path(archive).read_text(encoding="utf-8")))
        ours = about.name == archive.name.removesuffix(_ARCHIVE) and about.code == code_hash()
        if ours and about.sha256 == file_hash(archive):
            return about
    except (OSError, ValueError, TypeError):
        pass
    return None


def put_in_place(packed: Path, archive: Path, about: About) -> None:
    """Move a finished archive to its place; whoever looks sees the old one or the new one, never a part."""
    _flush(packed)
    os.replace(packed, archive)
    described = packed.with_name(f"{packed.name}.about")
    described.write_text(json.dumps(asdict(about), indent=1), encoding="utf-8")
    _flush(described)
    os.replace(described, _about_path(archive))
    _flush(archive.parent)


def remove_old_models(archive: Path, kept: int = MODELS_KEPT) -> None:
    """Remove all models beside `archive` but the `kept` newest; it is one of those, however the clock stands."""
    named = [path for path in archive.parent.glob(f"cardwise-*{_ARCHIVE}") if _NAME_BY_HASH.fullmatch(path.name)]
    others = sorted((path for path in named if path != archive), key=_changed, reverse=True)
    for old in others[kept - 1 :]:
        for path in (old, _about_path(old)):
            with suppress(OSError):  # a file that somebody holds open goes next time
                path.unlink(missing_ok=True)


def newest_model(data_dir: Path) -> Path | None:
    """The archive of the newest model of `data_dir` that is whole; None when there is none."""
    archives = sorted(models_dir(data_dir).glob(f"cardwise-*{_ARCHIVE}"), key=_changed, reverse=True)
    return next((archive for archive in archives if whole_model(archive)), None)


def _changed(path: Path) -> float:
    """When a file was written; long ago when another process has just removed it."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def file_hash(path: Path) -> str:
    """The SHA-256 of a file's content. Raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _about_path(archive: Path) -> Path:
    return archive.with_name(archive.name.removesuffix(_ARCHIVE) + _ABOUT)


def _flush(path: Path) -> None:
    """Have the disk take what was written; folders cannot be opened for that on every system."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
