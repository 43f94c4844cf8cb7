"""Rasa graph component that finds entities."""

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.graph_component import ANALYSIS, CardwiseComponent, checked_settings, read_json, write_json
from nlu.lexicon import load_lexicon
from nlu.tagger import EntityTagger, TaggerSettings, plain_surfaces, train_crf
from nlu.training_data import Mention
from nlu.values import ValueBook


class EntityExtractor(CardwiseComponent):
    """Finds entities and their values; see `nlu.tagger` and `nlu.values`."""

    settings_class = TaggerSettings
    tagger: EntityTagger

    def train(self, training_data: TrainingData) -> Resource:
        """Learn where mentions stand and which values their surface forms have."""
        examples = training_data.training_examples
        analyses = [message.get(ANALYSIS) for message in examples]
        mentions = [_mentions(message) for message in examples]
        marked = (found for pair in zip(analyses, mentions, strict=True) for found in plain_surfaces(*pair))
        book = ValueBook.learn(load_lexicon(), marked)
        with self._storage.write_to(self._resource) as folder:
            write_json(folder / "values.json", book.forms)
            train_crf(analyses, mentions, self.settings, folder / "entities.crfsuite")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "EntityExtractor":
        component = cls(checked_settings(TaggerSettings, config, cls.__name__), model_storage, resource)
        with model_storage.read_from(resource) as folder:
            book = ValueBook(read_json(folder / "values.json"))
            component.tagger = EntityTagger((folder / "entities.crfsuite").read_bytes(), book)
        return component

    def work_on(self, message: Message) -> None:
        text = message.get("text") or ""
        found = [
            {
                "entity": mention.entity,
                "value": mention.value,
                "start": mention.start,
                "end": mention.end,
                "extractor": type(self).__name__,
                "text": text[mention.start : mention.end],
            }
            for mention in self.tagger.mentions(message.get(ANALYSIS))
        ]
        message.set("entities", found, add_to_output=True)


def _mentions(message: Message) -> tuple[Mention, ...]:
    """What is marked in a training sentence."""
    return tuple(
        Mention(marked["entity"], marked["value"], marked["start"], marked["end"])
        for marked in message.get("entities") or ()
    )
