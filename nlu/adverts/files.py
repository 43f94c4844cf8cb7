"""The advert model on disk: trained when there is none for today's adverts, one training at a time."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from nlu.adverts.data import ADVERTS, read_adverts
from nlu.adverts.features import Hints
from nlu.adverts.model import AdvertModel, train
from nlu.lexicon import LEXICON_DIR
from nlu.model_files import models_dir
from nlu.normalise import Normaliser
from nlu.spelling import load_spellings
from nlu.training_data import read_training_data

Progress = Callable[[str, float], None]

_SOURCES = (
    *("adverts/data.py", "adverts/features.py", "adverts/model.py", "adverts/pieces.py", "network.py", "normalise.py"),
    *("concepts.py", "lexicon.py", "phrases.py", "spelling.py", "tokens.py"),
)
_KEPT = 2
_ONE_IN = 25


def advert_model_path(data_dir: Path, adverts: Path = ADVERTS) -> Path:
    """Where the model of today's adverts is or will be."""
    digest = hashlib.sha256()
    nlu = Path(__file__).parent.parent
    for path in (
        *sorted(adverts.glob("*.yml")),
        *sorted(LEXICON_DIR.glob("*.yml")),
        *(nlu / source for source in _SOURCES),
    ):
        content = path.read_bytes()
        digest.update(f"\0{path.name}\0{len(content)}\0".encode() + content)
    return models_dir(data_dir) / f"adverts-{digest.hexdigest()[:12]}.npz"


def ensure_advert_model(
    data_dir: Path, hints: Hints, progress: Progress | None = None, adverts: Path = ADVERTS
) -> AdvertModel:
    """The model of today's adverts; trains it when it is missing or damaged. Raises BadAdvert."""
    path = advert_model_path(data_dir, adverts)
    found = _loaded(path)
    if found is not None:
        return found
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.parent / ".adverts.lock"):
        found = _loaded(path)  # another process may have trained it while we waited
        if found is not None:
            return found
        if progress is not None:
            progress("adverts", 0.0)
        model = train(read_adverts(adverts), Normaliser(load_spellings()), hints, _questions())
        _put_in_place(model.to_bytes(), path)
    if progress is not None:
        progress("adverts", 1.0)
    return model


def _questions() -> list[str]:
    """Some of what students write, from every meaning: what an advert is not."""
    return [sentence.text for sentence in read_training_data()][::_ONE_IN]


def _loaded(path: Path) -> AdvertModel | None:
    try:
        return AdvertModel.from_file(path)
    except (OSError, ValueError, KeyError, EOFError):
        return None


def _put_in_place(data: bytes, path: Path) -> None:
    """Whoever looks sees no model or a whole one."""
    packed = path.with_suffix(".part")
    packed.write_bytes(data)
    os.replace(packed, path)
    others = sorted(
        (one for one in path.parent.glob("adverts-*.npz") if one != path), key=lambda one: one.stat().st_mtime
    )
    for old in others[: max(len(others) - (_KEPT - 1), 0)]:
        old.unlink(missing_ok=True)
