"""The key file: base64 lines, the key that writes first; replaced as a whole, readable by its owner alone."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from db.keys import KeyProblem, KeyRing, from_text, key_id, new_key_text

_ABOUT = (
    "# Cardwise: the key to everything stored about people. Without it the database cannot be read.\n"
    "# Keep a copy in a safe place, never beside a backup of the database.\n"
    "# The first line writes, all of them read. Change it with `cardwise key` only.\n"
)


def read_key_file(path: Path) -> KeyRing:
    """The keys in `path`, the newest first; the ring follows the file when it changes. Raises KeyProblem."""
    return KeyRing(_keys(path), _Follow(path))


class _Follow:
    """Tells the keys in a file anew when it has been replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._state()

    def __call__(self) -> tuple[bytes, ...] | None:
        state = self._state()
        if state is None or state == self._seen:
            return None  # a file that is gone for a moment changes nothing for a bot that runs
        keys = _keys(self._path)
        self._seen = state
        return keys

    def _state(self) -> tuple[int, int] | None:
        try:
            about = self._path.stat()
        except OSError:
            return None
        return about.st_mtime_ns, about.st_ino


def _keys(path: Path) -> tuple[bytes, ...]:
    try:
        text = path.read_text(encoding="ascii")
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise KeyProblem(f"there is no key file at {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyProblem(f"the key file {path} cannot be read: {error}") from None
    if os.name == "posix" and mode & 0o077:
        raise KeyProblem(f"the key file {path} can be read by others: run `chmod 600 {path}`")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise KeyProblem(f"the key file {path} holds no key")
    return tuple(from_text(line) for line in lines)


def create_key_file(path: Path) -> KeyRing:
    """A new key in `path`, readable by its owner only. A file made meanwhile by another process wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = _written(path, [new_key_text()])
    try:
        os.link(temporary, path)  # unlike a rename, this never replaces a key that is already there
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    return read_key_file(path)


def add_key(path: Path, text: str) -> None:
    """Put a key into the file as the last: it reads, and does not write yet. Raises KeyProblem."""
    lines = _lines(path)
    if key_id(from_text(text)) not in _ids(lines):
        _replace(path, [*lines, text])


def write_with(path: Path, chosen: str) -> None:
    """From now on the key with the id `chosen` writes. Raises KeyProblem when it is not there."""
    lines = _lines(path)
    ids = _ids(lines)
    if chosen not in ids:
        raise KeyProblem(f"the key {chosen} is not in {path}")
    first = lines[ids.index(chosen)]
    if lines[0] != first:
        _replace(path, [first, *(line for line in lines if line != first)])


def drop_keys(path: Path, dropped: Sequence[str]) -> None:
    """Take the keys with these ids out of the file; the first, which writes, always stays."""
    lines = _lines(path)
    kept = [line for number, line in enumerate(lines) if number == 0 or _ids([line])[0] not in dropped]
    if kept != lines:
        _replace(path, kept)


def _lines(path: Path) -> list[str]:
    _keys(path)  # says what is wrong with the file, if anything
    text = path.read_text(encoding="ascii")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _ids(lines: Sequence[str]) -> list[str]:
    return [key_id(from_text(line)) for line in lines]


def _replace(path: Path, lines: Sequence[str]) -> None:
    temporary = _written(path, lines)
    try:
        os.replace(temporary, path)
    except OSError:
        temporary.unlink()
        raise
    _sync_folder(path.parent)


def _written(path: Path, lines: Sequence[str]) -> Path:
    """The lines in a temporary file beside `path`, on disk for good."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(_ABOUT + "".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
