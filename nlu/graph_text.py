"""Rasa graph components that read a message: take it in, bring it into plain spelling, take it apart."""

from dataclasses import dataclass
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.analysis import Analyser
from nlu.concepts import Concepts, load_glossary, load_topics
from nlu.graph_component import ANALYSIS, PLAIN, CardwiseComponent, checked_settings, read_json, write_json
from nlu.lexicon import Lexicon, load_lexicon, load_terms
from nlu.normalise import DEFAULT_LIMIT, Normaliser
from nlu.spelling import Spellings, SpellingTables, load_spellings
from nlu.tokens import Tokeniser, domain_dictionary


@dataclass(frozen=True, slots=True)
class NoSettings:
    """For a component that has nothing to set."""


class MessageReader(CardwiseComponent):
    """Takes what the engine is given (anything with a `text`, Rasa's `UserMessage` too) as text and as nothing else.

    Rasa's own converter comes with a handler that obeys messages like `/intent{"entity": "value"}`; this one does not.
    """

    settings_class = NoSettings

    def read(self, messages: list[Any]) -> list[Message]:
        """One Rasa message for each input."""
        return [Message(data={"text": message.text or ""}, output_properties={"text"}) for message in messages]


@dataclass(frozen=True, slots=True)
class NormaliserSettings:
    """`limit`: how many code points of a message are analysed."""

    limit: int = DEFAULT_LIMIT


class MessageNormaliser(CardwiseComponent):
    """Brings messages into plain spelling; see `nlu.normalise`."""

    settings_class = NormaliserSettings
    normaliser: Normaliser

    def train(self, training_data: TrainingData) -> Resource:
        """Keep today's spelling tables with the model."""
        with self._storage.write_to(self._resource) as folder:
            write_json(folder / "spellings.json", load_spellings().tables.as_json())
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "MessageNormaliser":
        settings = checked_settings(NormaliserSettings, config, cls.__name__)
        component = cls(settings, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            tables = SpellingTables(**read_json(folder / "spellings.json"))
        component.normaliser = Normaliser(Spellings(tables), settings.limit)
        return component

    def work_on(self, message: Message) -> None:
        message.set(PLAIN, self.normaliser.normalise(message.get("text") or ""))


class MessageTokeniser(CardwiseComponent):
    """Cuts messages into words and finds what the lexicon knows; see `nlu.tokens` and `nlu.lexicon`."""

    settings_class = NoSettings
    analyser: Analyser

    def train(self, training_data: TrainingData) -> Resource:
        """Keep today's dictionary and lexicon with the model."""
        lexicon = load_lexicon()
        words = domain_dictionary([*lexicon.forms, *load_terms()])
        kept = {
            "dictionary": words,
            "lexicon": lexicon.as_json(),
            "topics": load_topics().forms,
            "glossary": load_glossary().forms,
        }
        with self._storage.write_to(self._resource) as folder:
            for name, content in kept.items():
                write_json(folder / f"{name}.json", content)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "MessageTokeniser":
        component = cls(checked_settings(NoSettings, config, cls.__name__), model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.analyser = Analyser(
                Tokeniser(read_json(folder / "dictionary.json")),
                Lexicon.from_json(read_json(folder / "lexicon.json")),
                Concepts(read_json(folder / "topics.json")),
                Concepts(read_json(folder / "glossary.json")),
            )
        return component

    def work_on(self, message: Message) -> None:
        message.set(ANALYSIS, self.analyser.analyse(message.get(PLAIN)))
