"""The key of an installation: where it lives, and the separate keys that are derived from it.

User data is encrypted at rest with a key kept apart from the database (Telegram's developer terms, section 4).
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

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

    def __init__(
        self, master_keys: Iterable[bytes], refresh: "Callable[[], tuple[bytes, ...] | None] | None" = None
    ) -> None:
        """`refresh` gives the keys there are by now, None when they are those it gave before. Raises KeyProblem."""
        self._refresh = refresh
        self._use(master_keys)

    def _use(self, master_keys: Iterable[bytes]) -> None:
        keys = tuple(_derive(key) for key in master_keys)
        if not keys:
            raise KeyProblem("there is no key")
        self._keys = keys
        self._by_id = {key.key_id: key for key in keys}

    def __repr__(self) -> str:
        return f"KeyRing({len(self._keys)} keys)"

    def refresh(self) -> bool:
        """Take over the keys there are by now: a rotation may be under way. Whether they are others than before."""
        changed = self._refresh() if self._refresh is not None else None
        if changed is None:
            return False
        before = self.key_ids
        self._use(changed)
        return self.key_ids != before

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of the keys, the one for writing first: 8 hexadecimal digits each, which tell nothing of the key."""
        return tuple(key.key_id.hex() for key in self._keys)

    def seal(self, value: bytes, place: str) -> bytes:
        """`value` encrypted with AES-256-GCM for `place` (table, column and row) only."""
        key = self._keys[0]
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _FORMAT + key.key_id + nonce + key.encryption.encrypt(nonce, value, place.encode())

    def open(self, box: bytes, place: str) -> bytes:
        """What `seal` was given. Raises SealBroken when the box is damaged, foreign or from another place."""
        made_with, rest = box[1 : 1 + _KEY_ID_BYTES], box[1 + _KEY_ID_BYTES :]
        key = self._by_id.get(made_with)
        if key is None:
            with suppress(KeyProblem):
                self.refresh()
            key = self._by_id.get(made_with)
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

    made_id = hashlib.sha256(child("key-id")).digest()[:_KEY_ID_BYTES]
    return _Derived(made_id, AESGCM(child("encryption")), child("lookup"), child("links"))


def sealed_with(box: bytes) -> str:
    """The id of the key that `box` was sealed with."""
    return box[1 : 1 + _KEY_ID_BYTES].hex()


class Pseudonyms:
    """Gives whatever it is told a number that says nothing of it: the same in every process, whatever the keys are."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def __repr__(self) -> str:
        return "Pseudonyms()"

    def number(self, value: str) -> int:
        """A number from 2**32 to 2**63 - 1, by HMAC-SHA-256; smaller ones are free for other uses."""
        drawn = int.from_bytes(hmac.digest(self._secret, value.encode(), "sha256")[:8])
        return drawn % (2**63 - 2**32) + 2**32


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


def several_from_text(text: str) -> tuple[bytes, ...]:
    """The keys in `text`, separated by commas, the one for writing first. Raises KeyProblem."""
    return tuple(from_text(one) for one in text.split(","))


def key_id(key: bytes) -> str:
    """The id under which values sealed with `key` name it."""
    return _derive(key).key_id.hex()


def new_key_text() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
