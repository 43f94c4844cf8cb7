"""Which questions a round of the quiz asks."""

from collections.abc import Mapping, Sequence
from random import Random

from bot.dialogue.progress import Score

PER_ROUND = 5
LEVELS = ("easy", "medium", "hard")
# At most so many of a round were wrong the last time, as long as there is something new: a round is no punishment.
_MISSED = 3
_FOR_BEGINNERS = ("easy", "easy", "easy", "medium", "medium")
_FOR_OTHERS = ("easy", "medium", "medium", "hard", "hard")


def choose(
    levels: Mapping[str, str], scores: Mapping[str, Score], chance: Random, count: int = PER_ROUND
) -> tuple[str, ...]:
    """`count` different questions (all, if there are fewer), in the order in which they are asked.

    `levels` maps every question to its level. First come some that were wrong the last time, then new ones of mixed
    levels, then the rest. Whoever has not yet answered a whole round gets easy ones, the easiest first.
    """
    known = [name for name in levels if name in scores]
    missed = _drawn([name for name in known if scores[name].missed], scores, chance)
    right = _drawn([name for name in known if not scores[name].missed], scores, chance)
    beginner = len(known) < PER_ROUND
    picked = missed[: min(_MISSED, count)]
    unseen = [name for name in levels if name not in scores]
    wanted = _FOR_BEGINNERS if beginner else _FOR_OTHERS
    picked += _mixed(unseen, levels, _without(wanted, [levels[name] for name in picked]), chance)[: count - len(picked)]
    picked += [*missed[min(_MISSED, count) :], *right][: count - len(picked)]
    chance.shuffle(picked)
    return tuple(sorted(picked, key=lambda name: LEVELS.index(levels[name])) if beginner else picked)


def shuffled(count: int, chance: Random) -> tuple[int, ...]:
    """The places of `count` options in a new order."""
    return tuple(chance.sample(range(count), count))


def _drawn(names: Sequence[str], scores: Mapping[str, Score], chance: Random) -> list[str]:
    """`names` in a random order in which those that were wrong more often tend to come earlier."""
    # Efraimidis and Spirakis: sorting by random() ** (1 / weight) draws without repeats in proportion to the weights.
    weights = {name: (1 + scores[name].wrong) / (1 + scores[name].right) for name in names}
    keys = {name: chance.random() ** (1 / weights[name]) for name in names}
    return sorted(names, key=lambda name: keys[name], reverse=True)


def _mixed(names: Sequence[str], levels: Mapping[str, str], wanted: Sequence[str], chance: Random) -> list[str]:
    """All `names` in a random order that begins with the `wanted` levels, or those nearest to them."""
    left = chance.sample(list(names), len(names))
    picked = []
    for level in wanted[: len(left)]:
        picked.append(_nearest(left, levels, level))
        left.remove(picked[-1])
    return picked + left


def _nearest(names: Sequence[str], levels: Mapping[str, str], level: str) -> str:
    return min(names, key=lambda name: abs(LEVELS.index(levels[name]) - LEVELS.index(level)))


def _without(levels: Sequence[str], taken: Sequence[str]) -> list[str]:
    left = list(levels)
    for level in taken:
        if level in left:
            left.remove(level)
    return left
