"""Reading YAML with line numbers: any file gives data or clear problems, never an exception."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import PROJECT
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


@pytest.mark.parametrize("bomb", ["- ", "{b: ", "[", "? "])
def test_what_is_nested_a_hundred_thousand_times_kills_nothing(tmp_path: Path, bomb: str) -> None:
    """libyaml builds by calling itself: in a process of its own, because a failure would end this one."""
    path = tmp_path / "deep.yml"
    path.write_text("x:\n" + bomb * 100_000 + "y", encoding="utf-8")
    code = f"from pathlib import Path; from content.reading import read; print(read(Path({str(path)!r}))[0].message)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=PROJECT)
    assert done.returncode == 0, done.stderr
    assert "nested too deeply" in done.stdout or "not valid YAML" in done.stdout


@pytest.mark.parametrize("value", ["!!timestamp today", '!!int ""', '!!float ""', "!!bool maybe", "2026-13-45"])
def test_a_value_that_makes_the_loader_fall_over_is_a_problem(tmp_path: Path, value: str) -> None:
    path = tmp_path / "odd.yml"
    path.write_text(f"x: {value}\n", encoding="utf-8")
    found = read(path)
    assert isinstance(found, list)
    assert "\n" not in str(found[0])


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    found = read(tmp_path / "pipe.yml")
    assert isinstance(found, list)
    assert "not a file" in found[0].message
