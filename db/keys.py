"""The key of an installation: where it lives, and the separate keys that are derived from it.

User data is encrypted at rest with a key kept apart from the database (Telegram's developer terms, section 4).
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12  # NIST SP 800-38D, 8.2: 96 bits
_KEY_ID_BYTES = 4
_FORMAT = b"\x01"


class KeyProblem(Exception):
    """The key is missing, malformed or not the one this database was made with. The message is for the operator."""


class SealBroken(Exception):
    """An encrypted value was changed, moved to another place, or made with a key we do not have."""


@dataclass(frozen=True)
class _Derived:
    """One master key's children. HKDF (RFC 5869) keeps the purposes apart."""

    key_id: bytes
    encryption: AESGCM = field(repr=False)
    lookup: bytes = field(repr=False)
    links: bytes = field(repr=False)


class KeyRing:
    """Seals and opens values, and makes keyed hashes. The first key is used for writing, all for reading."""

    def __init__(self, master_keys: Iterable[bytes]) -> None:
        self._keys = tuple(_derive(key) for key in master_keys)
        if not self._keys:
            raise KeyProblem("there is no key")
        self._by_id = {key.key_id: key for key in self._keys}

    def __repr__(self) -> str:
        return f"KeyRing({len(self._keys)} keys)"

    def seal(self, value: bytes, place: str) -> bytes:
        """`value` encrypted with AES-256-GCM for `place` (table, column and row) only."""
        key = self._keys[0]
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _FORMAT + key.key_id + nonce + key.encryption.encrypt(nonce, value, place.encode())

    def open(self, box: bytes, place: str) -> bytes:
        """What `seal` was given. Raises SealBroken when the box is damaged, foreign or from another place."""
        key_id, rest = box[1 : 1 + _KEY_ID_BYTES], box[1 + _KEY_ID_BYTES :]
        key = self._by_id.get(key_id)
        if box[:1] != _FORMAT or key is None:
            raise SealBroken("made with a key that is not in the key file")
        try:
            return key.encryption.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], place.encode())
        except InvalidTag:
            raise SealBroken("changed or moved since it was written") from None

    def lookup(self, value: str) -> bytes:
        """The keyed hash (HMAC-SHA-256) by which a person is found without storing who they are."""
        return hmac.digest(self._keys[0].lookup, value.encode(), "sha256")

    def lookups(self, value: str) -> tuple[bytes, ...]:
        """`lookup` under every key, newest first: a row written before a rotation is still found."""
        return tuple(hmac.digest(key.lookup, value.encode(), "sha256") for key in self._keys)

    def link_hash(self, token: str) -> bytes:
        """The keyed hash under which an invitation's token is stored."""
        return hmac.digest(self._keys[0].links, token.encode(), "sha256")

    def link_hashes(self, token: str) -> tuple[bytes, ...]:
        """`link_hash` under every key: printed links outlive a rotation."""
        return tuple(hmac.digest(key.links, token.encode(), "sha256") for key in self._keys)


def _derive(master: bytes) -> _Derived:
    if len(master) != KEY_BYTES:
        raise KeyProblem(f"a key has {KEY_BYTES} bytes, this one has {len(master)}")

    def child(purpose: str) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"cardwise/{purpose}/1".encode()).derive(master)

    key_id = hashlib.sha256(child("key-id")).digest()[:_KEY_ID_BYTES]
    return _Derived(key_id, AESGCM(child("encryption")), child("lookup"), child("links"))


def from_text(text: str) -> bytes:
    """The 32 bytes written as base64 (either alphabet). Raises KeyProblem."""
    try:
        padded = text.strip().replace("-", "+").replace("_", "/")
        key = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise KeyProblem("the key is not base64 text") from None
    if len(key) != KEY_BYTES:
        raise KeyProblem(f"the key must be {KEY_BYTES} random bytes as base64 (44 characters)")
    return key


def new_key_text() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def read_key_file(path: Path) -> KeyRing:
    """The keys in `path`, one base64 line each, the newest first. Raises KeyProblem."""
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
    return KeyRing(from_text(line) for line in lines)


def create_key_file(path: Path) -> KeyRing:
    """A new key in `path`, readable by its owner only. A file made meanwhile by another process wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("# Cardwise: the key to everything stored about people. Without it the database cannot be read.\n")
        file.write("# Keep a copy in a safe place, never beside a backup of the database.\n")
        file.write(new_key_text() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)  # unlike a rename, this never replaces a key that is already there
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    return read_key_file(path)
