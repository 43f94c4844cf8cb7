"""Find what is wrong with the training sentences: every problem at once, each with its file and line."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from nlu.domain import OUT_OF_SCOPE, PROJECT_ROOT, Domain, load_domain
from nlu.lexicon import load_lexicon
from nlu.normalise import Normaliser
from nlu.spelling import load_spellings
from nlu.training_data import DATA_DIR, LANGUAGES, BadTrainingData, Sentence, read_file, training_files

HELD_OUT_DIR = PROJECT_ROOT / "tests" / "nlu"
FEWEST_SENTENCES = 60
FEWEST_OFF_TOPIC = 400

# Only these are looked for unmarked: the forms of the others mean too many things.
_LOOKED_FOR = ("item", "job")
_TIMES_MORE_MARKED = 4


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to change."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def check_training_data(
    data_dir: Path = DATA_DIR, held_out_dir: Path = HELD_OUT_DIR, domain: Domain | None = None
) -> list[Problem]:
    """Every problem of the training data in `data_dir`, sorted by file and line. Never raises for bad data."""
    domain = domain or load_domain()
    sentences: list[Sentence] = []
    problems: list[Problem] = []
    for path in training_files(data_dir):
        try:
            sentences += read_file(path)
        except BadTrainingData as error:
            problems.append(_unreadable(path, str(error)))
    problems += _missing_files(data_dir, domain)
    problems += _too_few(sentences, domain)
    problems += _repeated(sentences)
    problems += _held_out(sentences, held_out_dir)
    for sentence in sentences:
        problems += _unknown_names(sentence, domain)
    problems += _unmarked(sentences, _no_mentions(data_dir))
    return sorted(problems)


def _unreadable(path: Path, message: str) -> Problem:
    line, _, reason = message.removeprefix(f"{path}:").partition(": ")
    return Problem(path, int(line), reason)


def _missing_files(data_dir: Path, domain: Domain) -> Iterator[Problem]:
    for intent in domain.intent_names:
        for language in LANGUAGES:
            path = data_dir / language / f"{intent}.yml"
            if not path.exists():
                yield Problem(path, 1, f"write this file: {intent} has no sentences in {language}")


def _too_few(sentences: Sequence[Sentence], domain: Domain) -> Iterator[Problem]:
    files: dict[Path, int] = defaultdict(int)
    for sentence in sentences:
        files[sentence.path] += 1
    for path, count in files.items():
        fewest = FEWEST_OFF_TOPIC if path.stem == OUT_OF_SCOPE else FEWEST_SENTENCES
        if path.stem in domain.intent_names and count < fewest:
            yield Problem(path, 1, f"{count} sentences: write at least {fewest}")


def _repeated(sentences: Sequence[Sentence]) -> Iterator[Problem]:
    """The same sentence twice, in one intent or in two. Case, spaces and marks make no difference."""
    first: dict[str, Sentence] = {}
    for sentence in sentences:
        earlier = first.setdefault(_bare(sentence.text), sentence)
        if earlier is sentence:
            continue
        where = f"{earlier.path.parent.name}/{earlier.path.name}:{earlier.line}"
        if earlier.intent == sentence.intent:
            yield Problem(sentence.path, sentence.line, f"the same sentence as {where}: remove one")
        else:
            yield Problem(
                sentence.path, sentence.line, f"the same sentence as {where}, which is {earlier.intent}: keep one"
            )


def _held_out(sentences: Sequence[Sentence], held_out_dir: Path) -> Iterator[Problem]:
    """A sentence that measures the model must not have trained it."""
    held_out = {_bare(text): path.name for path in sorted(held_out_dir.glob("*.jsonl")) for text in _texts(path)}
    for sentence in sentences:
        name = held_out.get(_bare(sentence.text))
        if name:
            yield Problem(sentence.path, sentence.line, f"also in tests/nlu/{name}: remove it here or there")


def _texts(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield str(json.loads(line)["text"])


def _unknown_names(sentence: Sentence, domain: Domain) -> Iterator[Problem]:
    if sentence.intent not in domain.intent_names:
        yield Problem(sentence.path, sentence.line, f"no intent {sentence.intent!r} in nlu/domain.yml")
    elif sentence.intent != sentence.path.stem:
        yield Problem(sentence.path, sentence.line, f"{sentence.intent} belongs in {sentence.intent}.yml")
    for mention in sentence.mentions:
        kind = domain.entity(mention.entity)
        if kind is None:
            yield Problem(sentence.path, sentence.line, f"no entity {mention.entity!r} in nlu/domain.yml")
        elif not kind.allows(mention.value):
            wanted = f"one of {', '.join(kind.values)}" if kind.values else f"a {kind.kind}"
            yield Problem(sentence.path, sentence.line, f"{mention.entity} is {wanted}, not {mention.value!r}")
    if any(bracket in sentence.text for bracket in "[]{}"):
        yield Problem(sentence.path, sentence.line, "a bracket is left over: is a mark written wrongly?")


def _no_mentions(data_dir: Path) -> frozenset[str]:
    """The sentences that `no_mention.yml` lists: what looks like a mention there is none."""
    path = data_dir / "no_mention.yml"
    return (
        frozenset(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or ()) if path.exists() else frozenset()
    )


def _unmarked(sentences: Iterable[Sentence], passed_over: frozenset[str]) -> Iterator[Problem]:
    """What nobody marked here, though the same words are marked nearly everywhere else."""
    marked: Counter[str] = Counter()
    unmarked: dict[str, list[tuple[Sentence, str]]] = defaultdict(list)
    for sentence, form, entity, is_marked in _lexicon_mentions(sentences):
        if is_marked:
            marked[form] += 1
        elif sentence.text not in passed_over:
            unmarked[form].append((sentence, entity))
    for form, found in unmarked.items():
        if marked[form] >= _TIMES_MORE_MARKED * len(found):
            for sentence, entity in found:
                advice = f"mark {form!r} as {entity}, or list the sentence in no_mention.yml if it is none"
                yield Problem(sentence.path, sentence.line, advice)


def _lexicon_mentions(sentences: Iterable[Sentence]) -> Iterator[tuple[Sentence, str, str, bool]]:
    """Every item and job that the lexicon is sure of: where, in which words, what, and whether anything marks it."""
    normaliser, lexicon = Normaliser(load_spellings()), load_lexicon()
    for sentence in sentences:
        plain = normaliser.normalise(sentence.text)
        for match in lexicon.matches(plain.text):
            if match.meaning.sure and match.meaning.entity in _LOOKED_FOR:
                start, end = plain.original_span(match.start, match.end)
                is_marked = any(mention.start < end and start < mention.end for mention in sentence.mentions)
                yield sentence, plain.text[match.start : match.end], match.meaning.entity, is_marked


def _bare(text: str) -> str:
    """`text` without case, spaces and marks; as it is when nothing else is in it."""
    return "".join(letter for letter in text.lower() if letter.isalnum()) or text
