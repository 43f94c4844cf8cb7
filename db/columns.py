"""Column types: moments in UTC, and values that are encrypted before they reach the database."""

from datetime import UTC, datetime
from typing import Any, overload

from sqlalchemy import DateTime, Dialect, inspect
from sqlalchemy.orm import object_session
from sqlalchemy.types import TypeDecorator

from db.keys import KeyRing

KEYRING = "keyring"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always with its time zone in Python; SQLite, which has no such type, stores it as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Sealed:
    """An attribute kept encrypted in the column `<name>_sealed`, bound to its table, column and row.

    A SQLAlchemy column type cannot see the row it writes to, so this is a descriptor over a binary column. The object
    must be in a session (which carries the key ring), and its primary key must be set by us, not by the database.
    """

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._name = name
        self._column = f"{name}_sealed"

    def _opened(self, row: object) -> bytes | None:
        box = getattr(row, self._column)
        return None if box is None else _keyring(row).open(box, self._place(row))

    def _store(self, row: object, value: bytes | None) -> None:
        setattr(row, self._column, None if value is None else _keyring(row).seal(value, self._place(row)))

    def _place(self, row: object) -> str:
        mapper = inspect(type(row))
        key = mapper.primary_key_from_instance(row)
        if any(part is None for part in key):
            raise ValueError("an encrypted value needs its row's key first")
        return f"{mapper.local_table.name}.{self._name}.{'/'.join(map(str, key))}"


class Encrypted(_Sealed):
    """A text that is encrypted."""

    @overload
    def __get__(self, row: None, owner: type[Any]) -> "Encrypted": ...
    @overload
    def __get__(self, row: object, owner: type[Any]) -> str | None: ...
    def __get__(self, row: object | None, owner: type[Any]) -> "Encrypted | str | None":
        if row is None:
            return self
        value = self._opened(row)
        return None if value is None else value.decode()

    def __set__(self, row: object, value: str | None) -> None:
        self._store(row, None if value is None else value.encode())


class EncryptedBytes(_Sealed):
    """Bytes, such as a picture, that are encrypted."""

    @overload
    def __get__(self, row: None, owner: type[Any]) -> "EncryptedBytes": ...
    @overload
    def __get__(self, row: object, owner: type[Any]) -> bytes | None: ...
    def __get__(self, row: object | None, owner: type[Any]) -> "EncryptedBytes | bytes | None":
        return self if row is None else self._opened(row)

    def __set__(self, row: object, value: bytes | None) -> None:
        self._store(row, value)


def sealed_in(table: type[Any]) -> tuple[str, ...]:
    """The names of a mapped class's encrypted attributes."""
    return tuple(name for name, value in vars(table).items() if isinstance(value, _Sealed))


def _keyring(row: object) -> KeyRing:
    session = object_session(row)
    if session is None:
        raise ValueError("add the object to a session before touching its encrypted values")
    ring: KeyRing = session.info[KEYRING]
    return ring
