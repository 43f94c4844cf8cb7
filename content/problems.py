"""A mistake in a content file, said so that the person who made it can mend it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to change. Printed as ``file:line: field: what to change``."""

    path: Path
    line: int
    field: str
    message: str
    warning: bool = False  # worth mending, but no reason not to start
    dead_reference: bool = False  # pages that hold it cannot be shown

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}: {'warning: ' if self.warning else ''}"
        return f"{where}{self.field}: {self.message}" if self.field else f"{where}{self.message}"
