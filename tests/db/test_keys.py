"""The key: sealing, look-up hashes, and the file it lives in."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.key_file import create_key_file, read_key_file
from db.keys import KeyProblem, KeyRing, SealBroken, from_text, new_key_text

A, B = bytes(32), bytes([1]) * 32


@given(st.binary(max_size=200), st.text(max_size=40))
def test_a_sealed_value_opens_in_its_place_only(value: bytes, place: str) -> None:
    ring = KeyRing([A])
    box = ring.seal(value, place)
    assert ring.open(box, place) == value
    assert len(value) < 4 or value not in box
    with pytest.raises(SealBroken):
        ring.open(box, place + "x")


@given(st.integers(min_value=0), st.binary(min_size=1, max_size=1))
def test_a_changed_box_does_not_open(at: int, byte: bytes) -> None:
    ring = KeyRing([A])
    box = ring.seal(b"student", "person.address.1")
    at %= len(box)
    changed = box[:at] + byte + box[at + 1 :]
    if changed != box:
        with pytest.raises(SealBroken):
            ring.open(changed, "person.address.1")


def test_an_older_key_still_opens_and_finds() -> None:
    old, both = KeyRing([A]), KeyRing([B, A])
    assert both.open(old.seal(b"x", "p"), "p") == b"x"
    assert old.lookup("telegram:1") in both.lookups("telegram:1")
    assert both.lookup("telegram:1") != old.lookup("telegram:1")
    with pytest.raises(SealBroken, match="not in the key file"):
        old.open(both.seal(b"x", "p"), "p")


def test_look_up_and_link_hashes_are_separate() -> None:
    ring = KeyRing([A])
    assert ring.lookup("same") != ring.link_hash("same")


def test_the_key_never_shows() -> None:
    text = new_key_text()
    assert text not in repr(KeyRing([from_text(text)]))
    assert repr(KeyRing([from_text(text)])) == "KeyRing(1 keys)"


def test_a_key_file_is_private_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "key"
    first = create_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    box = first.seal(b"x", "p")
    assert create_key_file(path).open(box, "p") == b"x"
    assert os.listdir(path.parent) == ["key"]


@pytest.mark.parametrize(
    ("content", "says"),
    [("", "holds no key"), ("hello\n", "base64"), ("aGVsbG8=\n", "32 random bytes"), ("# only a comment\n", "no key")],
)
def test_a_wrong_key_file_is_named(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyProblem, match=says):
        read_key_file(path)


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(new_key_text())
    path.chmod(0o644)
    with pytest.raises(KeyProblem, match="chmod 600"):
        read_key_file(path)
    with pytest.raises(KeyProblem, match="no key file"):
        read_key_file(tmp_path / "other")
