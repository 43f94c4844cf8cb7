"""Load the library as a whole: either every file is right, or there is no library."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from content import checks
from content.kinds import FOLDERS, KINDS, Kind
from content.learning import AdvertWords
from content.library import Library
from content.problems import Problem
from content.reading import Document, Keys, data_of, read
from content.schema import Hotlines, Interface, Safety

CONTENT_FOLDER = Path(__file__).parent
RELEASED_FOLDER = "released"  # what `cardwise check-ad --diff` compares with
SCHEMAS_FOLDER = "schemas"  # for editors: content/scaffold.py writes them

M = TypeVar("M", bound=BaseModel)


class ContentIsBroken(Exception):
    """At least one content file has a mistake; `problems` names them all."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load(folder: Path = CONTENT_FOLDER) -> Library:
    """The library in `folder`. Raises ContentIsBroken with every mistake found."""
    library, problems = inspect(folder)
    if problems or library is None:
        raise ContentIsBroken(problems)
    return library


def inspect(folder: Path = CONTENT_FOLDER) -> tuple[Library | None, list[Problem]]:
    """The library, when every file has the right shape, and all problems, sorted by file and line."""
    reader = _Reader(folder)
    folders: dict[str, Any] = {kind.folder: reader.folder(kind) for kind in KINDS}
    hotlines = reader.file("hotlines.yml", Hotlines)
    interface = reader.file("interface.yml", Interface)
    safety = reader.file("safety.yml", Safety)
    adverts = reader.file("adverts.yml", AdvertWords)
    reader.check_strays()
    if hotlines is None or interface is None or safety is None or adverts is None:
        return None, sorted(reader.problems)
    library = Library(
        **folders,
        hotlines={line.number: line for line in hotlines.hotlines},
        texts=interface.texts,
        menu=interface.menu,
        danger=safety.zh + safety.en,
        harmless=safety.harmless,
        adverts=adverts,
        documents=reader.documents,
        broken=frozenset(reader.broken),
    )
    reader.problems.extend(checks.check(library))
    return library, sorted(set(reader.problems))


def left_behind(path: Path) -> bool:
    """Whether an editor or the operating system put the file there: open files, backups, folder settings."""
    return path.name.startswith((".", "#")) or path.name.endswith("~") or path.name in ("Thumbs.db", "desktop.ini")


class _Reader:
    """Collects what was read and what was wrong."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        self.broken: set[str] = set()

    def folder(self, kind: Kind) -> dict[str, BaseModel]:
        name = kind.folder
        found: dict[str, BaseModel] = {}
        paths = sorted(path for path in (self.root / name).glob("*.yml") if not left_behind(path))
        if not paths:
            self.problems.append(Problem(self.root / name, 1, "", "the folder is missing or holds no .yml file"))
        for path in paths:
            if not checks.ID.fullmatch(path.stem):
                self.problems.append(
                    Problem(path, 1, "", "rename the file: small letters, digits, - and _ only, at most 32")
                )
            item = self._load(path, f"{name}/{path.stem}", kind.model)
            if item is not None:
                found[path.stem] = item
            else:
                self.broken.add(f"{name}/{path.stem}")
        return found

    def file(self, name: str, model: type[M]) -> M | None:
        return self._load(self.root / name, name.removesuffix(".yml"), model)

    def check_strays(self) -> None:
        for path in self.root.rglob("*"):
            relative = path.relative_to(self.root)
            if (
                path.is_dir()
                or path.suffix == ".py"
                or left_behind(path)
                or relative.parts[0] in ("__pycache__", SCHEMAS_FOLDER, RELEASED_FOLDER)
            ):
                continue
            right_ending = path.suffix == ".yml"
            right_place = (
                relative.parts[0] in FOLDERS
                if len(relative.parts) == 2
                else relative.name in ("hotlines.yml", "interface.yml", "safety.yml", "adverts.yml")
            )
            if not (right_ending and right_place):
                self.problems.append(
                    Problem(path, 1, "", "nothing reads this file: move, rename (.yml) or remove it", warning=True)
                )

    def _load(self, path: Path, key: str, model: type[M]) -> M | None:
        if not path.resolve().is_relative_to(self.root.resolve()):
            # It may be any file of this machine, whose lines would stand in the problems.
            self.problems.append(Problem(path, 1, "", "leads out of the content folder: put the file itself here"))
            return None
        document = read(path)
        if isinstance(document, list):
            self.problems.extend(document)
            return None
        self.documents[key] = document
        item: M | ValueError = _validated(model, document.text)
        if isinstance(item, ValidationError):
            self.problems.extend(translate(document, item))
        elif isinstance(item, ValueError):  # such as a number of ten thousand digits
            self.problems.append(document.problem((), f"a value cannot be read: {item}"))
        else:
            return item
        return None


@lru_cache(maxsize=2048)
def _validated(model: type[M], text: str) -> M | ValueError:
    """The item in a text, or why it is none. Remembered: of hundreds of files an admin changes one."""
    try:
        return model.model_validate(data_of(text))
    except ValueError as error:
        return error


_ADVICE = {
    "missing": "is missing: add it",
    "extra_forbidden": "is not a known field: remove it or mend its spelling",
    "string_too_short": "is empty: write it",
}


def translate(document: Document, error: ValidationError) -> Iterable[Problem]:
    """What pydantic found wrong in a document, each at its line and in words for whoever wrote it."""
    for mistake in error.errors(include_url=False, include_input=False):
        keys: Keys = tuple(mistake["loc"])
        message = _ADVICE.get(mistake["type"], mistake["msg"].removeprefix("Value error, "))
        yield document.problem(keys, message)
