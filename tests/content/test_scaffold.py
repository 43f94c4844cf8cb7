"""What admins start from: new files, and the schemas by which their editors help them."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from content.kinds import KINDS, Kind
from content.loading import CONTENT_FOLDER, SCHEMAS_FOLDER, inspect
from content.reading import read
from content.scaffold import scaffold, schema_line, schemas, write_schemas


class AsEditorsRead(yaml.CSafeLoader):
    """YAML as editors read it: a date is a string."""


AsEditorsRead.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def test_the_schemas_are_those_of_today(tmp_path: Path) -> None:
    """Run `cardwise content schema` when this fails."""
    for name, text in schemas().items():
        assert (CONTENT_FOLDER / SCHEMAS_FOLDER / f"{name}.json").read_text(encoding="utf-8") == text, name
    assert len(write_schemas(tmp_path)) == len(schemas())
    assert write_schemas(tmp_path) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.folder)
def test_an_editor_finds_nothing_to_underline(kind: Kind) -> None:
    validator = jsonschema.Draft7Validator(json.loads(schemas()[kind.singular]))
    for path in (CONTENT_FOLDER / kind.folder).glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(schema_line(kind.singular, 1)), path
        # A loader of our own, and a safe one.
        data: Any = yaml.load(text, AsEditorsRead)
        assert [error.message for error in validator.iter_errors(data)] == [], path


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.folder)
def test_a_new_file_is_refused_until_it_is_filled_in(kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / kind.folder / "new-one.yml"
    path.parent.mkdir()
    path.write_text(scaffold(kind), encoding="utf-8")
    assert not isinstance(read(path), list)  # good YAML
    found = [problem for problem in inspect(tmp_path)[1] if problem.path == path]
    assert any("is empty: write it" in problem.message or "Input should be" in problem.message for problem in found)
    assert not any("is not a known field" in problem.message for problem in found)
