"""Read one YAML file into plain data that remembers the line of every value."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from content.problems import Problem

# A content file is a page of text; a larger one is a mistake, or meant to exhaust memory.
LARGEST_FILE_BYTES = 512 * 1024

Keys = tuple[str | int, ...]


class _Loader(yaml.CSafeLoader):
    """libyaml's safe loader: no Python objects can be built from a content file."""


@dataclass
class Document:
    """The data of one file, and where each part of it stands."""

    path: Path
    data: dict[str, Any]
    lines: dict[Keys, int] = field(default_factory=dict)

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
        if path.stat().st_size > LARGEST_FILE_BYTES:
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
    try:
        aliases = [event for event in yaml.parse(text, _Loader) if isinstance(event, yaml.AliasEvent)]
        if aliases:
            mark = aliases[0].start_mark
            line = mark.line + 1 if mark else 1
            return [Problem(path, line, "", f"write the text out instead of the YAML alias *{aliases[0].anchor}")]
        return _document(path, text, yaml.compose(text, _Loader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return [Problem(path, line, "", f"not valid YAML here: {error.problem or error.context}")]
    except yaml.YAMLError as error:
        return [Problem(path, 1, "", f"not valid YAML: {error}")]
    except RecursionError:
        return [Problem(path, 1, "", "nested too deeply")]


def _document(path: Path, text: str, root: yaml.Node | None) -> Document | list[Problem]:
    if not isinstance(root, yaml.MappingNode):
        return [Problem(path, 1, "", "the file must hold `key: value` lines")]
    document = Document(path, {})
    problems = list(_walk(document, root, ()))
    if problems:
        return problems
    try:
        document.data = yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        return [Problem(path, line, "", f"a value cannot be read: {error}".replace("\n", " "))]
    return document


def _walk(document: Document, node: yaml.Node, keys: Keys) -> Iterator[Problem]:
    document.lines[keys] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield from _walk(document, child, (*keys, index))
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key_node, child in node.value:
            key = str(key_node.value)
            if key in seen:
                yield Problem(document.path, key_node.start_mark.line + 1, key, "stands twice: keep one of them")
            seen.add(key)
            yield from _walk(document, child, (*keys, key))
            document.lines[(*keys, key)] = key_node.start_mark.line + 1
