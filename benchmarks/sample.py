"""The sentences that both pipelines learn from: all of them, or a sample in which every intent keeps its share."""

import random
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from nlu.training_data import DATA_DIR, Sentence, read_training_data, training_files

_FEWEST = 2
_SEED = 20261125


def write_sentences(folder: Path, count: int | None) -> list[Sentence]:
    """Put about `count` sentences (all when None) into `folder`, as training files; what stands there now goes."""
    if folder.exists():
        shutil.rmtree(folder)
    sentences = read_training_data()
    kept = sentences if count is None else stratified(sentences, count)
    lines: dict[Path, set[int]] = defaultdict(set)
    for sentence in set(sentences) - set(kept):
        lines[sentence.path].add(sentence.line)
    for path in training_files():
        copy = folder / path.relative_to(DATA_DIR)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(_without(path, lines[path]), encoding="utf-8")
    return read_training_data(folder)


def stratified(sentences: Iterable[Sentence], count: int) -> list[Sentence]:
    """About `count` of `sentences`, the same every time; each intent and language keeps its share and at least two."""
    groups: dict[tuple[str, str], list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        groups[sentence.intent, sentence.language].append(sentence)
    share = count / sum(map(len, groups.values()))
    chance = random.Random(_SEED)
    kept = []
    for key in sorted(groups):
        members = groups[key]
        kept += chance.sample(members, min(len(members), max(_FEWEST, round(len(members) * share))))
    return kept


def _without(path: Path, dropped: set[int]) -> str:
    """The text of a file without the lines of those numbers."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return "\n".join(line for number, line in enumerate(lines, 1) if number not in dropped)
