"""Reading YAML with line numbers: any file gives data or clear problems, never an exception."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.problems import Problem
from content.reading import LARGEST_FILE_BYTES, Document, parse, read

HERE = Path("topics/x.yml")


def problem(text: str) -> str:
    result = parse(HERE, text)
    assert isinstance(result, list), result
    return str(result[0])


def test_every_value_knows_its_line() -> None:
    document = parse(HERE, "a:\n  b:\n    - one\n    - c: two\n")
    assert isinstance(document, Document)
    assert document.line(("a", "b", 1, "c")) == 4
    assert document.line(("a", "b", 0)) == 3
    assert document.line(("a", "missing")) == 1
    assert str(document.problem(("a", "b", 1, "c"), "wrong")) == "topics/x.yml:4: a.b.1.c: wrong"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\na: 2\n", "topics/x.yml:2: a: stands twice"),
        ("a: [1\nb: 2\n", "not valid YAML here"),
        ("- a\n- b\n", "`key: value`"),
        ("", "`key: value`"),
        ("a: &x 1\nb: *x\n", "topics/x.yml:2: write the text out"),
        ("a: !!python/object/apply:os.system ['true']\n", "a value cannot be read"),
        ("a: 2026-13-45\n", "a value cannot be read"),
        ("a:\tb: c\n\t- x", "not valid YAML here"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, says: str) -> None:
    assert says in problem(text)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    binary, large = tmp_path / "b.yml", tmp_path / "l.yml"
    binary.write_bytes("a: 中文\nb: ".encode() + b"\xff\xfe")
    large.write_text("a: " + "x" * LARGEST_FILE_BYTES)
    assert ":2: not UTF-8" in str(read(binary)[0])  # type: ignore[index]
    assert "larger than" in str(read(large)[0])  # type: ignore[index]
    assert "cannot be read" in str(read(tmp_path / "missing.yml")[0])  # type: ignore[index]


def test_deep_nesting_and_bombs_are_refused() -> None:
    assert isinstance(parse(HERE, "a: " + "[" * 5000), list)
    assert isinstance(parse(HERE, "a: " + "{b: " * 3000 + "1" + "}" * 3000), list)


@given(st.text(max_size=300))
def test_any_text_gives_data_or_problems(text: str) -> None:
    result = parse(HERE, text)
    assert isinstance(result, Document) or (result and all(isinstance(p, Problem) for p in result))
