"""What our Rasa graph components have in common: settings that are checked, and messages that are worked on one by one.

The work itself is done by classes that know nothing of Rasa (`normalise`, `tokens`, `ngrams`, `linear`, `tagger`); a
component only takes messages apart, keeps its data in Rasa's model storage and puts the results back.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

PLAIN, ANALYSIS, VECTOR = "cardwise_plain", "cardwise_analysis", "cardwise_vector"
"""Under which names the components leave their results in a message for those that come after them."""

Settings = TypeVar("Settings")


class CardwiseComponent(GraphComponent):
    """A component whose settings are a dataclass: `settings_class` names it."""

    settings_class: ClassVar[type[Any]]

    def __init__(self, settings: Any, storage: ModelStorage, resource: Resource) -> None:
        self.settings = settings
        self._storage = storage
        self._resource = resource

    @classmethod
    def get_default_config(cls) -> dict[str, Any]:
        return asdict(cls.settings_class())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CardwiseComponent":
        """A component that has learned nothing yet. Raises `InvalidConfigException` for settings it does not know."""
        return cls(checked_settings(cls.settings_class, config, cls.__name__), model_storage, resource)

    def process(self, messages: list[Message]) -> list[Message]:
        """Work on each message, and hand them on."""
        for message in messages:
            self.work_on(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Work on each training sentence, and hand them on."""
        self.process(training_data.training_examples)
        return training_data

    def work_on(self, message: Message) -> None:
        """What the component does to one message."""
        raise NotImplementedError


def checked_settings(settings_class: type[Settings], config: Mapping[str, Any], component: str) -> Settings:
    """`config` as a `settings_class`. Raises `InvalidConfigException` that says which key of config.yml is wrong and why."""
    known = {field.name: field for field in fields(settings_class)}  # type: ignore[arg-type]
    for key, value in config.items():
        if key not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes none"
            raise InvalidConfigException(f"config.yml: {component} has no setting {key!r}; {takes}")
        wanted = (int, float) if known[key].type is float else known[key].type
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            name = getattr(known[key].type, "__name__", known[key].type)
            raise InvalidConfigException(f"config.yml: {component}: {key} must be a {name}, not {value!r}")
    return settings_class(**config)


def write_json(path: Path, content: Any) -> None:
    """Keep `content` in a model."""
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def read_json(path: Path) -> Any:
    """What `write_json` kept."""
    return json.loads(path.read_text(encoding="utf-8"))
