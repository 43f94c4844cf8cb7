"""What may be told of groups of people: nothing by which one of them could be found."""

from collections.abc import Mapping

FEWEST = 5
"""Groups under so many people are never shown."""

Cells = dict[str, int | None]
"""Counts by name; None: too few to be shown."""


def hidden(parts: Mapping[str, int]) -> Cells:
    """The parts of a whole that is known, without those that are too small, and without what would give them away."""
    small = {name for name, count in parts.items() if 0 < count < FEWEST}
    if small:
        others = sorted((count, name) for name, count in parts.items() if name not in small and count)
        # Alone, a hidden part would be the rest; together, hidden parts must be a group that is large enough.
        while others and (len(small) < 2 or sum(parts[name] for name in small) < FEWEST):
            small.add(others.pop(0)[1])
    return {name: None if name in small else count for name, count in parts.items()}
