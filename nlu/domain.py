"""The names that training data, evaluation data and dialogue handlers share, read from `domain.yml`."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DOMAIN_FILE = Path(__file__).with_name("domain.yml")

Group = Literal["cards", "jobs", "law", "involved", "help", "conversation"]
Kind = Literal["choice", "integer", "number"]
_GROUPS: tuple[Group, ...] = ("cards", "jobs", "law", "involved", "help", "conversation")

OUT_OF_SCOPE = "out_of_scope"


class BadDomain(ValueError):
    """`domain.yml` does not have the shape that its own comments describe."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a student can mean."""

    name: str
    group: Group


@dataclass(frozen=True, slots=True)
class EntityKind:
    """What a message can be about, and which values that may have (none listed for numbers)."""

    name: str
    kind: Kind
    values: tuple[str, ...] = ()

    def allows(self, value: object) -> bool:
        """Whether `value` is one of the listed values, or a number of the right kind."""
        if self.kind == "choice":
            return value in self.values
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return value >= 0 and (self.kind == "number" or float(value).is_integer())


@dataclass(frozen=True, slots=True)
class Domain:
    """Every intent and entity, in the order of the file."""

    intents: tuple[Intent, ...]
    entities: tuple[EntityKind, ...]

    @property
    def intent_names(self) -> tuple[str, ...]:
        return tuple(intent.name for intent in self.intents)

    def entity(self, name: str) -> EntityKind | None:
        """The entity called `name`, None when there is none."""
        return next((entity for entity in self.entities if entity.name == name), None)


@lru_cache(maxsize=4)
def load_domain(path: Path = DOMAIN_FILE) -> Domain:
    """The domain in `path`. Raises `BadDomain` with one line when the file is not as it should be."""
    data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    if not isinstance(data, dict) or set(data) != {"intents", "entities"}:
        raise BadDomain(f"{path}: write exactly the two keys 'intents' and 'entities'")
    return Domain(_intents(path, data["intents"]), _entities(path, data["entities"]))


def _intents(path: Path, groups: object) -> tuple[Intent, ...]:
    if not isinstance(groups, dict) or not set(groups) <= set(_GROUPS):
        raise BadDomain(f"{path}: 'intents' holds the groups {', '.join(_GROUPS)}")
    found = tuple(Intent(name, group) for group in _GROUPS for name in groups.get(group, ()))
    names = [intent.name for intent in found]
    if len(set(names)) != len(names):
        raise BadDomain(f"{path}: an intent is listed twice")
    return found


def _entities(path: Path, entries: object) -> tuple[EntityKind, ...]:
    if not isinstance(entries, dict):
        raise BadDomain(f"{path}: 'entities' holds one line for each entity")
    found = []
    for name, values in entries.items():
        if isinstance(values, list):
            found.append(EntityKind(name, "choice", tuple(values)))
        elif values in ("integer", "number"):
            found.append(EntityKind(name, values))
        else:
            raise BadDomain(f"{path}: {name} is a list of values, 'integer' or 'number'")
    return tuple(found)
