"""All that the bot can say, loaded and checked as a whole: either every file is right, or there is no library."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from content import checks
from content.problems import Problem
from content.reading import Document, Keys, read
from content.schema import Answer, Case, Guide, Hotline, Hotlines, Interface, Language, Law, Safety, Text, Topic, When

CONTENT_FOLDER = Path(__file__).parent

M = TypeVar("M", bound=BaseModel)


class ContentIsBroken(Exception):
    """At least one content file has a mistake; `problems` names them all."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} mistakes in the content files")
        self.problems = problems


@dataclass(frozen=True)
class Library:
    """The checked content. Mappings are by id, which is the file's name without its ending."""

    topics: Mapping[str, Topic]
    laws: Mapping[str, Law]
    cases: Mapping[str, Case]
    guides: Mapping[str, Guide]
    hotlines: Mapping[str, Hotline]
    texts: Mapping[str, Text]
    menu: tuple[str, ...] = ()
    danger: tuple[str, ...] = ()
    documents: Mapping[str, Document] = field(repr=False, default_factory=dict)

    def text(self, key: str, language: Language, **values: object) -> str:
        """The interface sentence `key`, with `{name}` places filled. Raises KeyError for an unknown key."""
        sentence = self.texts[key][language]
        return sentence.format(**values) if values else sentence

    def answer(self, intent: str, entities: Mapping[str, Iterable[Any]]) -> Answer | None:
        """The answer to `intent` that fits the entities best: the one with most conditions, all of them met.

        `entities` maps an entity's name to the values found in the message. None when the intent has no topic.
        """
        topic = self.topics.get(intent)
        if topic is None:
            return None
        fitting = [answer for answer in topic.answers if answer.when is None or _fits(answer.when, entities)]
        return max(fitting, key=lambda answer: _conditions(answer.when))

    def find_answer(self, reference: str) -> tuple[str, Answer] | None:
        """The intent and answer named by `intent` (its default) or `intent.answer`; None when there is none."""
        intent, _, answer_id = reference.partition(".")
        topic = self.topics.get(intent)
        if topic is None:
            return None
        for answer in topic.answers:
            if answer.id == answer_id or (not answer_id and answer.when is None):
                return intent, answer
        return None


def _conditions(when: When | None) -> int:
    return 0 if when is None else sum(bool(value) for _, value in when)


def _fits(when: When, entities: Mapping[str, Iterable[Any]]) -> bool:
    for name, wanted in when:
        if not wanted:
            continue
        found = list(entities.get(name, ()))
        if name == "age":
            if not any(wanted.from_ <= age <= wanted.to for age in found):
                return False
        elif not set(found) & set(wanted):
            return False
    return True


def load(folder: Path = CONTENT_FOLDER) -> Library:
    """The library in `folder`. Raises ContentIsBroken with every mistake found."""
    library, problems = inspect(folder)
    if problems or library is None:
        raise ContentIsBroken(problems)
    return library


def inspect(folder: Path = CONTENT_FOLDER) -> tuple[Library | None, list[Problem]]:
    """The library, when every file has the right shape, and all problems, sorted by file and line."""
    reader = _Reader(folder)
    topics = reader.folder("topics", Topic)
    laws = reader.folder("laws", Law)
    cases = reader.folder("cases", Case)
    guides = reader.folder("guides", Guide)
    hotlines = reader.file("hotlines.yml", Hotlines)
    interface = reader.file("interface.yml", Interface)
    safety = reader.file("safety.yml", Safety)
    reader.check_strays()
    if hotlines is None or interface is None or safety is None:
        return None, sorted(reader.problems)
    library = Library(
        topics=topics,
        laws=laws,
        cases=cases,
        guides=guides,
        hotlines={line.number: line for line in hotlines.hotlines},
        texts=interface.texts,
        menu=interface.menu,
        danger=safety.zh + safety.en,
        documents=reader.documents,
    )
    reader.problems.extend(checks.check(library))
    return library, sorted(set(reader.problems))


class _Reader:
    """Collects what was read and what was wrong."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}

    def folder(self, name: str, model: type[M]) -> dict[str, M]:
        found: dict[str, M] = {}
        paths = sorted((self.root / name).glob("*.yml"))
        if not paths:
            self.problems.append(Problem(self.root / name, 1, "", "the folder is missing or holds no .yml file"))
        for path in paths:
            if not checks.ID.fullmatch(path.stem):
                self.problems.append(
                    Problem(path, 1, "", "rename the file: small letters, digits, - and _ only, at most 32")
                )
            item = self._load(path, f"{name}/{path.stem}", model)
            if item is not None:
                found[path.stem] = item
        return found

    def file(self, name: str, model: type[M]) -> M | None:
        return self._load(self.root / name, name.removesuffix(".yml"), model)

    def check_strays(self) -> None:
        known = {"topics", "laws", "cases", "guides"}
        for path in self.root.rglob("*"):
            relative = path.relative_to(self.root)
            if path.is_dir() or path.suffix == ".py" or "__pycache__" in relative.parts:
                continue
            right_ending = path.suffix == ".yml"
            right_place = (
                relative.parts[0] in known
                if len(relative.parts) == 2
                else relative.name in ("hotlines.yml", "interface.yml", "safety.yml")
            )
            if not (right_ending and right_place):
                self.problems.append(Problem(path, 1, "", "nothing reads this file: move, rename (.yml) or remove it"))

    def _load(self, path: Path, key: str, model: type[M]) -> M | None:
        document = read(path)
        if isinstance(document, list):
            self.problems.extend(document)
            return None
        self.documents[key] = document
        try:
            return model.model_validate(document.data)
        except ValidationError as error:
            self.problems.extend(_translate(document, error))
            return None


_ADVICE = {
    "missing": "is missing: add it",
    "extra_forbidden": "is not a known field: remove it or mend its spelling",
    "string_too_short": "is empty: write it",
}


def _translate(document: Document, error: ValidationError) -> Iterable[Problem]:
    for mistake in error.errors(include_url=False, include_input=False):
        keys: Keys = tuple(mistake["loc"])
        message = _ADVICE.get(mistake["type"], mistake["msg"].removeprefix("Value error, "))
        yield document.problem(keys, message)
