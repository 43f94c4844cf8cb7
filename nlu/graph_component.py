"""What our Rasa graph components have in common: settings that are checked, and messages that are worked on one by one.

The work itself is done by classes that know nothing of Rasa (`normalise`, `tokens`, `ngrams`, `network`, `tagger`); a
component only takes messages apart, keeps its data in Rasa's model storage and puts the results back.
"""

import json
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.settings import BadSetting, checked

PLAIN, ANALYSIS, VECTOR = "cardwise_plain", "cardwise_analysis", "cardwise_vector"
"""Under which names the components leave their results in a message for those that come after them."""

Component = TypeVar("Component", bound="CardwiseComponent")
Learning = TypeVar("Learning", bound="Learner")


@dataclass(frozen=True, slots=True)
class NoSettings:
    """For a component that has nothing to set."""


class CardwiseComponent(GraphComponent):
    """A component whose settings are a dataclass: `settings_class` names it."""

    settings_class: ClassVar[type[Any]] = NoSettings

    def __init__(self, settings: Any, storage: ModelStorage, resource: Resource) -> None:
        self.settings = settings
        self._storage = storage
        self._resource = resource

    @classmethod
    def get_default_config(cls) -> dict[str, Any]:
        return asdict(cls.settings_class())

    @classmethod
    def create(
        cls: type[Component],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Component:
        """A component that has learned nothing yet. Raises `InvalidConfigException` for settings it does not know."""
        try:
            return cls(checked(cls.settings_class, config, cls.__name__), model_storage, resource)
        except BadSetting as error:
            raise InvalidConfigException(str(error)) from error


class MessageWorker(CardwiseComponent, ABC):
    """A component that works on messages, one by one."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Work on each message, and hand them on."""
        for message in messages:
            self.work_on(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Work on each training sentence, and hand them on."""
        self.process(training_data.training_examples)
        return training_data

    @abstractmethod
    def work_on(self, message: Message) -> None:
        """What the component does to one message."""


class Learner(MessageWorker):
    """A component that learns from the training sentences before it works on messages."""

    @classmethod
    def load(
        cls: type[Learning],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Learning:
        """A component that knows what `train` kept in `resource`."""
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            component.restore(folder)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn, and keep what was learned in the model."""
        with self._storage.write_to(self._resource) as folder:
            self.learn(training_data, folder)
        return self._resource

    @abstractmethod
    def learn(self, training_data: TrainingData, folder: Path) -> None:
        """Learn from the training data, and keep what was learned in `folder`."""

    @abstractmethod
    def restore(self, folder: Path) -> None:
        """Take from `folder` what `learn` kept there."""


def write_json(path: Path, content: Any) -> None:
    """Keep `content` in a model."""
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def read_json(path: Path) -> Any:
    """What `write_json` kept."""
    return json.loads(path.read_text(encoding="utf-8"))
