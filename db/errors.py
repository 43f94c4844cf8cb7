"""What can be wrong with the database, said for the operator."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError


class DatabaseProblem(Exception):
    """The database cannot be used; the message tells the operator why and what to do."""


def first_line(error: BaseException) -> str:
    """What the driver says, in one line. Parameters are hidden by the engine.

    Of an error that came of another one it is the first: SQLite gives up a transaction when the disk is full, and
    whatever is tried in it afterwards fails for want of it.
    """
    while isinstance(error.__context__, OperationalError):
        error = error.__context__
    return str(getattr(error, "orig", error)).splitlines()[0] if str(error) else type(error).__name__


@contextmanager
def as_database_problem() -> Iterator[None]:
    """A locked, full, damaged or unreachable database becomes a `DatabaseProblem`."""
    try:
        yield
    except OperationalError as error:
        raise DatabaseProblem(f"the database cannot be used: {first_line(error)}") from error
