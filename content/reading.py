"""Read one YAML file into plain data that remembers the line of every value."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from content.problems import Problem

# A content file is a page of text; a larger one is a mistake, or meant to exhaust memory.
LARGEST_FILE_BYTES = 512 * 1024

_DEEPEST = 40

Keys = tuple[str | int, ...]


class _Loader(yaml.CSafeLoader):
    """libyaml's safe loader: no Python objects can be built from a content file."""


@dataclass
class Document:
    """The data of one file, and where each part of it stands."""

    path: Path
    data: dict[str, Any]
    lines: dict[Keys, int] = field(default_factory=dict)
    text: str = field(default="", repr=False)

    def line(self, keys: Keys) -> int:
        """The line of the value under `keys`, or of the nearest part around it that exists."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return self.lines.get(keys, 1)

    def problem(self, keys: Keys, message: str, *, warning: bool = False) -> Problem:
        return Problem(self.path, self.line(keys), ".".join(map(str, keys)), message, warning)

    def dead_reference(self, keys: Keys, message: str) -> Problem:
        """A problem with something that is named under `keys` and does not exist."""
        return replace(self.problem(keys, message), dead_reference=True)


def read(path: Path) -> Document | list[Problem]:
    """The document at `path`, or every reason why it cannot be read. Never raises for bad content."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device would be waited for without end
            return [Problem(path, 1, "", "not a file: remove it")]
        if status.st_size > LARGEST_FILE_BYTES:
            return [Problem(path, 1, "", f"the file is larger than {LARGEST_FILE_BYTES // 1024} KiB: split it")]
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return [Problem(path, line, "", "not UTF-8: save the file with the encoding UTF-8")]
    except OSError as error:
        return [Problem(path, 1, "", f"cannot be read: {error.strerror}")]
    return parse(path, text)


def parse(path: Path, text: str) -> Document | list[Problem]:
    """Like `read`, for a text already in hand."""
    parsed = _parsed(text)
    if isinstance(parsed, _Parsed):
        return Document(path, parsed.data, parsed.lines, text)
    return [Problem(path, line, field, message) for line, field, message in parsed]


@dataclass(frozen=True)
class _Parsed:
    """What a text holds. Shared by all who read the same text: nobody changes it."""

    data: dict[str, Any]
    lines: dict[Keys, int]


_Mistakes = list[tuple[int, str, str]]
"""Line, field, and what to change."""


def data_of(text: str) -> dict[str, Any]:
    """The data of a text that has been read without a problem."""
    parsed = _parsed(text)
    assert isinstance(parsed, _Parsed)
    return parsed.data


@lru_cache(maxsize=2048)
def _parsed(text: str) -> _Parsed | _Mistakes:
    """What was read once is remembered: of hundreds of files an admin changes one."""
    loader = _Loader(text)
    try:
        _refuse_bombs(text)
        return _built(loader, loader.get_single_node())
    except _Refused as refused:
        return [(refused.line, "", refused.message)]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return [(line, "", f"not valid YAML here: {error.problem or error.context}")]
    except yaml.YAMLError as error:
        return [(1, "", f"not valid YAML: {' '.join(str(error).split())}")]
    finally:
        loader.dispose()


class _Refused(Exception):
    """Something that no content file needs and that could exhaust memory or stack."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def _refuse_bombs(text: str) -> None:
    """Look at the events first: they need no stack, while libyaml builds what is nested by calling itself."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(line, f"write the text out instead of the YAML alias *{event.anchor}")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise _Refused(line, "nested too deeply")


def _built(loader: _Loader, root: yaml.Node | None) -> _Parsed | _Mistakes:
    if not isinstance(root, yaml.MappingNode):
        return [(1, "", "the file must hold `key: value` lines")]
    lines: dict[Keys, int] = {}
    mistakes = list(_walk(lines, root, ()))
    if mistakes:
        return mistakes
    try:
        return _Parsed(loader.construct_document(root), lines)
    except Exception as error:  # noqa: BLE001 - a tag on a value can make the loader raise anything
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        return [(line, "", f"a value cannot be read: {' '.join(str(error).split())}")]


def _walk(lines: dict[Keys, int], node: yaml.Node, keys: Keys) -> Iterator[tuple[int, str, str]]:
    """Note the line of every value, and name every key that stands twice."""
    lines[keys] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield from _walk(lines, child, (*keys, index))
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key_node, child in node.value:
            key = str(key_node.value)
            if key in seen:
                yield key_node.start_mark.line + 1, key, "stands twice: keep one of them"
            seen.add(key)
            yield from _walk(lines, child, (*keys, key))
            lines[(*keys, key)] = key_node.start_mark.line + 1
